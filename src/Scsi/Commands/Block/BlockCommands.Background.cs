namespace Lunette.Scsi;

/// <content>Commands about streams, background operations, referrals and storage elements.</content>
public static partial class BlockCommands
{
#pragma warning disable CS1591 // The row's name is the standard's.

    public static CommandDescriptor ReportReferrals { get; } = new("REPORT REFERRALS", DataPhase.InParameterData,
        new CdbLayout(0x9E, length: 16)
            .Action(0x13).Bytes("LOGICAL BLOCK ADDRESS", 2, 8).Bytes("ALLOCATION LENGTH", 10, 4)
            .Bits("ONE_SEG", 14, 0x01).Control())
    { Standard = Sbc };

    public static CommandDescriptor StreamControl { get; } = new("STREAM CONTROL", DataPhase.InParameterData,
        new CdbLayout(0x9E, length: 16)
            .Action(0x14).Bits("STR_CTL", 1, 0x60).Bytes("STR_ID", 4, 2).Bytes("ALLOCATION LENGTH", 10, 4).Control())
    { Standard = Sbc };

    public static CommandDescriptor BackgroundControl { get; } = new("BACKGROUND CONTROL", DataPhase.None,
        new CdbLayout(0x9E, length: 16)
            .Action(0x15).Bits("BO_CTL", 2, 0xC0).Bytes("BO_TIME", 3, 1).Control())
    { Standard = Sbc };

    public static CommandDescriptor GetStreamStatus { get; } = new("GET STREAM STATUS", DataPhase.InParameterData,
        new CdbLayout(0x9E, length: 16)
            .Action(0x16).Bytes("STARTING STREAM IDENTIFIER", 4, 2).Bytes("ALLOCATION LENGTH", 10, 4).Control())
    { Standard = Sbc };

    public static CommandDescriptor GetPhysicalElementStatus { get; } = new("GET PHYSICAL ELEMENT STATUS",
        DataPhase.InParameterData,
        new CdbLayout(0x9E, length: 16)
            .Action(0x17).Bytes("STARTING ELEMENT", 6, 4).Bytes("ALLOCATION LENGTH", 10, 4).Bits("FILTER", 14, 0xC0)
            .Bits("REPORT TYPE", 14, 0x0F).Control())
    { Standard = Sbc };

    public static CommandDescriptor RemoveElementAndTruncate { get; } = new("REMOVE ELEMENT AND TRUNCATE",
        DataPhase.None,
        new CdbLayout(0x9E, length: 16)
            .Action(0x18).Bytes("REQUESTED CAPACITY", 2, 8).Bytes("ELEMENT IDENTIFIER", 10, 4).Control())
    { Standard = Sbc };

    public static CommandDescriptor RestoreElementsAndRebuild { get; } = new("RESTORE ELEMENTS AND REBUILD",
        DataPhase.None,
        new CdbLayout(0x9E, length: 16)
            .Action(0x19).Control())
    { Standard = Sbc };

#pragma warning restore CS1591

    private static CommandDescriptor[] Background =>
    [
        ReportReferrals, StreamControl, BackgroundControl, GetStreamStatus, GetPhysicalElementStatus,
        RemoveElementAndTruncate, RestoreElementsAndRebuild,
    ];
}
