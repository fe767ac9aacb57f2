namespace Lunette.Scsi;

/// <summary>REPORTING OPTIONS of REPORT SUPPORTED OPERATION CODES (SPC-6).</summary>
public enum ReportingOptions : byte
{
    /// <summary>Every command.</summary>
    All = 0,

    /// <summary>One operation code that has no service actions.</summary>
    OneOperationCode = 1,

    /// <summary>One operation code and service action.</summary>
    OneServiceAction = 2,

    /// <summary>One operation code, with service action where it has them.</summary>
    OneEitherWay = 3,
}

/// <summary>SUPPORT of the one-command format.</summary>
public enum CommandSupport : byte
{
    /// <summary>Not known at this time.</summary>
    NotAvailable = 0,

    /// <summary>Not supported.</summary>
    NotSupported = 1,

    /// <summary>Supported as the standard says.</summary>
    Supported = 3,

    /// <summary>Supported in a vendor specific manner.</summary>
    VendorSpecific = 5,
}

/// <summary>The answer about one command, as an initiator reads it.</summary>
/// <param name="Support">SUPPORT.</param>
/// <param name="UsageData">CDB USAGE DATA; empty where the command is not supported.</param>
public sealed record OneCommandSupport(CommandSupport Support, ReadOnlyMemory<byte> UsageData);

/// <summary>Command timeouts descriptor, in seconds; zero says nothing.</summary>
/// <param name="NominalSeconds">NOMINAL COMMAND PROCESSING TIMEOUT.</param>
/// <param name="RecommendedSeconds">RECOMMENDED COMMAND TIMEOUT.</param>
public readonly record struct CommandTimeouts(uint NominalSeconds, uint RecommendedSeconds);

/// <summary>REPORT SUPPORTED OPERATION CODES parameter data, both formats (SPC-6).</summary>
public static class SupportedOperationCodesData
{
    /// <summary>Writes the all-commands format.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="commands">The commands supported, with RCTD each with its timeouts; else null.</param>
    public static void WriteAll(
        ref ParameterDataWriter to, IEnumerable<(CommandDescriptor Command, CommandTimeouts? Timeouts)> commands)
    {
        var lengthAt = to.ReserveUInt32();
        foreach (var (command, timeouts) in commands)
        {
            to.WriteByte(command.OperationCode);
            to.WriteByte(0);
            to.WriteUInt16(command.ServiceAction ?? 0);
            to.WriteByte(0);
            to.WriteByte(DurationLimitPage(command) << 2 | VpdPage.Flag(timeouts is not null, 1)
                | VpdPage.Flag(command.ServiceAction is not null, 0));
            to.WriteUInt16(command.Layout.Length);
            WriteTimeouts(ref to, timeouts);
        }

        to.CloseUInt32(lengthAt);
    }

    /// <summary>Writes the one-command format.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="command">The command, or null where it is not supported.</param>
    /// <param name="timeouts">With RCTD: the command's timeouts; else null.</param>
    public static void WriteOne(ref ParameterDataWriter to, CommandDescriptor? command, CommandTimeouts? timeouts)
    {
        to.WriteByte(0);
        if (command is null)
        {
            to.WriteByte((byte)CommandSupport.NotSupported);
            to.WriteUInt16(0);
            return;
        }

        to.WriteByte(VpdPage.Flag(timeouts is not null, 7) | DurationLimitPage(command) << 3
            | (byte)CommandSupport.Supported);
        to.WriteUInt16(command.Layout.Length);
        to.Write(command.Layout.UsageMap);
        WriteTimeouts(ref to, timeouts);
    }

    /// <summary>Reads untrusted all-commands data: operation code and, where it has one, service action.</summary>
    public static IReadOnlyList<(byte OperationCode, ushort? ServiceAction, int CdbLength)> ParseAll(
        ReadOnlySpan<byte> bytes)
    {
        var view = new ParameterDataView(bytes);
        view = view.CutAt(4 + (long)view.UInt32(0));
        List<(byte, ushort?, int)> commands = [];
        for (var at = 4; view.Has(at, 8); at += view.Bit(at + 5, 1) ? 8 + 2 + view.UInt16(at + 8) : 8)
            commands.Add((view[at], view.Bit(at + 5, 0) ? view.UInt16(at + 2) : null, view.UInt16(at + 6)));
        return commands;
    }

    /// <summary>Reads untrusted one-command data; null when the header is cut off.</summary>
    public static OneCommandSupport? ParseOne(ReadOnlySpan<byte> bytes)
    {
        var view = new ParameterDataView(bytes);
        return view.Length < 4
            ? null
            : new((CommandSupport)view.Bits(1, 0, 3), view.Slice(4, view.UInt16(2)).ToArray());
    }

    // CDLP, with RWCDLP zero: the Command Duration Limit A mode page for what reads, B for what writes.
    private static int DurationLimitPage(CommandDescriptor command)
    {
        if (!command.HasDurationLimit) return 0;
        return command.Data == DataPhase.In ? 1 : 2;
    }

    private static void WriteTimeouts(ref ParameterDataWriter to, CommandTimeouts? timeouts)
    {
        if (timeouts is not { } seconds) return;
        to.WriteUInt16(10);
        to.WriteUInt16(0);
        to.WriteUInt32(seconds.NominalSeconds);
        to.WriteUInt32(seconds.RecommendedSeconds);
    }
}
