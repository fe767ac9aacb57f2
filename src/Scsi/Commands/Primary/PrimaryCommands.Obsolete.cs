namespace Lunette.Scsi;

/// <content>Commands that earlier standards had. Their rows name them in traces and refuse them on purpose.</content>
public static partial class PrimaryCommands
{
#pragma warning disable CS1591 // The row's name is the standard's.

    public static CommandDescriptor Copy { get; } = Gone("COPY", "SPC-2", "obsolete since SPC-3",
        new CdbLayout(0x18, length: 6).Bytes("PARAMETER LIST LENGTH", 2, 3).Control());

    public static CommandDescriptor Compare { get; } = Gone("COMPARE", "SPC-2", "obsolete since SPC-3",
        new CdbLayout(0x39, length: 10).Bytes("PARAMETER LIST LENGTH", 3, 3).Control());

    public static CommandDescriptor CopyAndVerify { get; } = Gone("COPY AND VERIFY", "SPC-2", "obsolete since SPC-3",
        new CdbLayout(0x3A, length: 10).Bits("BYTCHK", 1, 0x02).Bytes("PARAMETER LIST LENGTH", 3, 3).Control());

    public static CommandDescriptor ChangeDefinition { get; } = Gone("CHANGE DEFINITION", "SPC-2",
        "obsolete since SPC-3",
        new CdbLayout(0x40, length: 10)
            .Bits("SAVE", 2, 0x01).Bits("DEFINITION PARAMETER", 3, 0x7F).Bytes("PARAMETER LIST LENGTH", 8, 1)
            .Control());

    public static CommandDescriptor AccessControlIn { get; } = Gone("ACCESS CONTROL IN", "SPC-4",
        "obsolete since SPC-5; its service actions are one row",
        new CdbLayout(0x86, length: 16)
            .Bits("SERVICE ACTION", 1, 0x1F).Bytes("MANAGEMENT IDENTIFIER KEY", 2, 8)
            .Bytes("ALLOCATION LENGTH", 10, 4).Control());

    public static CommandDescriptor AccessControlOut { get; } = Gone("ACCESS CONTROL OUT", "SPC-4",
        "obsolete since SPC-5; its service actions are one row",
        new CdbLayout(0x87, length: 16)
            .Bits("SERVICE ACTION", 1, 0x1F).Bytes("PARAMETER LIST LENGTH", 10, 4).Control());

#pragma warning restore CS1591

    private static CommandDescriptor[] Obsolete =>
        [Copy, Compare, CopyAndVerify, ChangeDefinition, AccessControlIn, AccessControlOut];

    private static CommandDescriptor Gone(string name, string standard, string note, CdbLayout layout)
    {
        var data = layout.Find("PARAMETER LIST LENGTH") is not null ? DataPhase.OutParameterList
            : layout.Find("ALLOCATION LENGTH") is not null ? DataPhase.InParameterData : DataPhase.None;
        return new(name, data, layout) { Standard = standard, IsObsolete = true, Note = note };
    }
}
