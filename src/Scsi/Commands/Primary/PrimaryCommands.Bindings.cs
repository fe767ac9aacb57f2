namespace Lunette.Scsi;

/// <content>Commands of logical unit conglomerates.</content>
public static partial class PrimaryCommands
{
#pragma warning disable CS1591 // The row's name is the standard's.

    public static CommandDescriptor ReceiveBindingReport { get; } = new("RECEIVE BINDING REPORT",
        DataPhase.InParameterData,
        new CdbLayout(0x9E, length: 16).Action(0x0F)
            .Bytes("BINDING LIST IDENTIFIER", 4, 4).Bytes("ALLOCATION LENGTH", 12, 2).Control())
    { Standard = "SPC-6" };

    public static CommandDescriptor TestBind { get; } = Binding("TEST BIND", 0x0B, cdb => cdb);

    public static CommandDescriptor PrepareBindingReport { get; } = Binding("PREPARE BINDING REPORT", 0x0C, cdb => cdb);

    public static CommandDescriptor SetAffiliation { get; } = Binding("SET AFFILIATION", 0x0D, cdb => cdb);

    public static CommandDescriptor Bind { get; } = Binding("BIND", 0x0E, cdb => cdb.Bits("NRD", 2, 0x01));

    public static CommandDescriptor Unbind { get; } = Binding("UNBIND", 0x0F, cdb => cdb.Bits("ALL_CONG", 2, 0x01));

#pragma warning restore CS1591

    private static CommandDescriptor[] Bindings =>
        [ReceiveBindingReport, TestBind, PrepareBindingReport, SetAffiliation, Bind, Unbind];

    private static CommandDescriptor Binding(string name, byte serviceAction, Func<CdbLayout, CdbLayout> fields) =>
        new(name, DataPhase.OutParameterList,
            fields(new CdbLayout(0x9F, length: 16).Action(serviceAction)
                .Bytes("PARAMETER LIST LENGTH", 12, 2)).Control())
        { Standard = "SPC-6" };
}
