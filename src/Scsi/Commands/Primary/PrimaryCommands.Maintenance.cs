namespace Lunette.Scsi;

/// <content>MAINTENANCE IN (A3h) and MAINTENANCE OUT (A4h).</content>
public static partial class PrimaryCommands
{
#pragma warning disable CS1591 // The row's name is the standard's.

    public static CommandDescriptor ReportIdentifyingInformation { get; } = In(
        "REPORT IDENTIFYING INFORMATION", 0x05, cdb => cdb.Bits("IDENTIFYING INFORMATION TYPE", 10, 0xFE));

    public static CommandDescriptor ReportTargetPortGroups { get; } = In(
        "REPORT TARGET PORT GROUPS", 0x0A, cdb => cdb.Bits("PARAMETER DATA FORMAT", 1, 0xE0));

    public static CommandDescriptor ReportAliases { get; } = In("REPORT ALIASES", 0x0B, cdb => cdb);

    public static CommandDescriptor ReportSupportedOperationCodes { get; } = In(
        "REPORT SUPPORTED OPERATION CODES", 0x0C, cdb => cdb
            .Bits("RCTD", 2, 0x80).Bits("REPORTING OPTIONS", 2, 0x07).Bytes("REQUESTED OPERATION CODE", 3, 1)
            .Bytes("REQUESTED SERVICE ACTION", 4, 2));

    public static CommandDescriptor ReportSupportedTaskManagementFunctions { get; } = In(
        "REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS", 0x0D, cdb => cdb.Bits("REPD", 2, 0x80));

    public static CommandDescriptor ReportPriority { get; } = In(
        "REPORT PRIORITY", 0x0E, cdb => cdb.Bits("PRIORITY REPORTED", 2, 0xC0));

    public static CommandDescriptor ReportTimestamp { get; } = In("REPORT TIMESTAMP", 0x0F, cdb => cdb);

    public static CommandDescriptor ManagementProtocolIn { get; } = In(
        "MANAGEMENT PROTOCOL IN", 0x10, cdb => cdb
            .Bytes("MANAGEMENT PROTOCOL", 2, 1).Bytes("MANAGEMENT PROTOCOL SPECIFIC1", 3, 3)
            .Bytes("MANAGEMENT PROTOCOL SPECIFIC2", 10, 1));

    public static CommandDescriptor SetIdentifyingInformation { get; } = Out(
        "SET IDENTIFYING INFORMATION", 0x06, cdb => cdb.Bits("IDENTIFYING INFORMATION TYPE", 10, 0xFE));

    public static CommandDescriptor SetTargetPortGroups { get; } = Out("SET TARGET PORT GROUPS", 0x0A, cdb => cdb);

    public static CommandDescriptor ChangeAliases { get; } = Out("CHANGE ALIASES", 0x0B, cdb => cdb);

    public static CommandDescriptor RemoveItNexus { get; } = Out("REMOVE I_T NEXUS", 0x0C, cdb => cdb);

    public static CommandDescriptor SetPriority { get; } = Out(
        "SET PRIORITY", 0x0E, cdb => cdb.Bits("I_T_L NEXUS TO SET", 2, 0xC0));

    public static CommandDescriptor SetTimestamp { get; } = Out("SET TIMESTAMP", 0x0F, cdb => cdb);

    public static CommandDescriptor ManagementProtocolOut { get; } = Out(
        "MANAGEMENT PROTOCOL OUT", 0x10, cdb => cdb
            .Bytes("MANAGEMENT PROTOCOL", 2, 1).Bytes("MANAGEMENT PROTOCOL SPECIFIC1", 3, 3)
            .Bytes("MANAGEMENT PROTOCOL SPECIFIC2", 10, 1));

#pragma warning restore CS1591

    private static CommandDescriptor[] Maintenance =>
    [
        ReportIdentifyingInformation, ReportTargetPortGroups, ReportAliases, ReportSupportedOperationCodes,
        ReportSupportedTaskManagementFunctions, ReportPriority, ReportTimestamp, ManagementProtocolIn,
        SetIdentifyingInformation, SetTargetPortGroups, ChangeAliases, RemoveItNexus, SetPriority, SetTimestamp,
        ManagementProtocolOut,
    ];

    private static CommandDescriptor In(string name, byte serviceAction, Func<CdbLayout, CdbLayout> fields) =>
        new(name, DataPhase.InParameterData,
            fields(new CdbLayout(0xA3, length: 12).Action(serviceAction)
                .Bytes("ALLOCATION LENGTH", 6, 4)).Control())
        { Standard = "SPC-6" };

    private static CommandDescriptor Out(string name, byte serviceAction, Func<CdbLayout, CdbLayout> fields) =>
        new(name, DataPhase.OutParameterList,
            fields(new CdbLayout(0xA4, length: 12).Action(serviceAction)
                .Bytes("PARAMETER LIST LENGTH", 6, 4)).Control())
        { Standard = "SPC-6" };
}
