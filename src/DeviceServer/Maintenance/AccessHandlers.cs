using System.Buffers.Binary;
using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.DeviceServer.Maintenance;

/// <summary>
/// REPORT and SET TARGET PORT GROUPS (SPC-6). Access states are the framework's: it changes them by itself, and where
/// it says that it may, an initiator asks for others.
/// </summary>
internal static class AccessHandlers
{
    private const byte ChangedBySet = 1;
    private const byte ChangedImplicitly = 2;
    private const int HeaderLength = 4;
    private const int DescriptorLength = 4;
    private const SupportedAccessStates States = SupportedAccessStates.ActiveOptimized
        | SupportedAccessStates.ActiveNonOptimized | SupportedAccessStates.Standby | SupportedAccessStates.Unavailable
        | SupportedAccessStates.Transitioning;

    public static IReadOnlyList<SupportedCommand> Rows { get; } =
    [
        SupportedCommand.DataIn<EmulatedUnit>(PrimaryCommands.ReportTargetPortGroups, ReservationAccess.UnlessReserved,
            Report, Conditions.NoMedium | Conditions.Unavailable | Conditions.Transitioning | Conditions.Formatting,
            dataLengthMax: 1 << 16),
        SupportedCommand.DataOut<EmulatedUnit>(PrimaryCommands.SetTargetPortGroups, ReservationAccess.WhenWriting, Set,
            Conditions.NoMedium | Conditions.Unavailable | Conditions.Formatting, Ordering.Configuration),
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
                States, unit.AccessWasSet ? ChangedBySet : ChangedImplicitly, ports));
        }
        TargetPortGroupsData.Write(ref data, groups, extendedHeader: format == 1);
        return CommandOutcome.Good;
    }

    private static CommandOutcome Set(EmulatedUnit unit, TaskContext command, ReadOnlySpan<byte> list)
    {
        // A PARAMETER LIST LENGTH of zero changes nothing, and is no error.
        if (list.IsEmpty) return CommandOutcome.Good;
        if (FindMistake(unit, list) is { } mistake) return mistake;
        for (var at = HeaderLength; at < list.Length; at += DescriptorLength)
        {
            var group = BinaryPrimitives.ReadUInt16BigEndian(list[(at + 2)..]);
            var state = (AsymmetricAccessState)(list[at] & 0x0F);
            if (unit.PortGroups.StateOf(group) == state) continue;
            if (!unit.CanChangeAccess || !unit.AccessStateRequest!(group, state))
            {
                return CommandOutcome.Check(
                    SenseKey.HardwareError, AdditionalSense.SetTargetPortGroupsCommandFailed);
            }
            unit.AccessWasSet = true;
        }
        return CommandOutcome.Good;
    }

    // The whole list before anything is changed.
    private static CommandOutcome? FindMistake(EmulatedUnit unit, ReadOnlySpan<byte> list)
    {
        var reader = new ParameterListReader(list);
        reader.Reserved(HeaderLength);
        do
        {
            var at = reader.Position;
            var state = reader.ReadByte();
            if ((AsymmetricAccessState)state is not (AsymmetricAccessState.ActiveOptimized
                or AsymmetricAccessState.ActiveNonOptimized or AsymmetricAccessState.Standby
                or AsymmetricAccessState.Unavailable))
            {
                reader.Refuse(at, state > 0x0F ? System.Numerics.BitOperations.Log2(state) : 3);
            }
            reader.Reserved(1);
            var group = reader.ReadUInt16();
            if (!unit.PortGroups.Groups.Any(known => known.Identifier == group)) reader.Refuse(at + 2);
        }
        while (reader.Failure is null && reader.Remaining > 0);
        return reader.Failure is { } failure ? CommandOutcome.Check(failure) : null;
    }
}
