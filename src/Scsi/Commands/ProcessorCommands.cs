namespace Lunette.Scsi;

/// <summary>The commands of processor devices (SPC-2, Processor device commands), one row each.</summary>
public static class ProcessorCommands
{
    /// <summary>SEND: data of any meaning to the host that is the processor device.</summary>
    public static CommandDescriptor Send { get; } = new("SEND", DataPhase.OutParameterList,
        new CdbLayout(0x0A, length: 6).Bytes("TRANSFER LENGTH", 2, 3).Control())
    {
        Standard = "SPC-2",
        Note = "AER (byte 1 bit 0), a report of asynchronous events, is refused",
    };
}
