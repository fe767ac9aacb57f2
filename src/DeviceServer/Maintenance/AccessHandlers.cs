using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.DeviceServer.Maintenance;

/// <summary>REPORT TARGET PORT GROUPS (SPC-6). Access states change implicitly, by the framework.</summary>
internal static class AccessHandlers
{
    private const byte ImplicitChange = 2;
    private const SupportedAccessStates States = SupportedAccessStates.ActiveOptimized
        | SupportedAccessStates.ActiveNonOptimized | SupportedAccessStates.Standby | SupportedAccessStates.Unavailable
        | SupportedAccessStates.Transitioning;

    public static IReadOnlyList<SupportedCommand> Rows { get; } =
    [
        SupportedCommand.DataIn<EmulatedUnit>(PrimaryCommands.ReportTargetPortGroups, ReservationAccess.UnlessReserved,
            Report, Conditions.NoMedium | Conditions.Unavailable | Conditions.Transitioning | Conditions.Formatting,
            dataLengthMax: 1 << 16),
    ];

    private static CommandOutcome Report(EmulatedUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        var format = command.Cdb[1] >> 5;
        if (format > 1) return CommandOutcome.InvalidFieldInCdb(1, bit: 7);
        var port = command.Itl.Nexus.Port;
        List<TargetPortGroupDescriptor> groups = [];
        foreach (var group in unit.PortGroups.Groups)
        {
            // A group nobody has filled yet holds at least the port that is asking.
            IReadOnlyList<ushort> ports = group.Ports.IsEmpty && group.Identifier == port.TargetPortGroup
                ? [port.RelativePortIdentifier]
                : group.Ports;
            groups.Add(new(group.Identifier, group.State, group.Preferred,
                States, ImplicitChange, ports));
        }
        TargetPortGroupsData.Write(ref data, groups, extendedHeader: format == 1);
        return CommandOutcome.Good;
    }
}
