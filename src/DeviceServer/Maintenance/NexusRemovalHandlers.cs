using Lunette.DeviceServer.Commands;
using Lunette.DeviceServer.Reservations;
using Lunette.Scsi;

namespace Lunette.DeviceServer.Maintenance;

/// <summary>REMOVE I_T NEXUS command (SPC-6): nexuses that an initiator names are taken for lost.</summary>
internal static class NexusRemovalHandlers
{
    private const int DescriptorHeaderLength = 4;
    private const int NamedMax = 64;
    private const int ListLengthMax = 4 + (NamedMax * (DescriptorHeaderLength + TransportId.LengthMax));

    public static IReadOnlyList<SupportedCommand> Rows { get; } =
    [
        SupportedCommand.DataOut<EmulatedUnit>(PrimaryCommands.RemoveItNexus, ReservationAccess.WhenWriting, Remove,
            Conditions.NoMedium, Ordering.Configuration, ListLengthMax),
    ];

    private static CommandOutcome Remove(EmulatedUnit unit, TaskContext command, ReadOnlySpan<byte> list)
    {
        if (list.IsEmpty) return CommandOutcome.Good;
        var reader = new ParameterListReader(list);
        reader.Reserved(2);
        var descriptors = reader.Take(reader.ReadUInt16());
        HashSet<ItPorts> named = [];
        while (descriptors.Failure is null && descriptors.Remaining > 0)
        {
            var at = descriptors.Position;
            var port = descriptors.ReadUInt16();
            var bytes = descriptors.ReadBytes(descriptors.ReadUInt16());
            if (descriptors.Failure is not null) break;
            if (!TransportId.TryRead(bytes, out var initiator, out _, out var errorAt))
            {
                if (errorAt < 0) return CommandOutcome.ParameterListLengthError;
                descriptors.Refuse(at + DescriptorHeaderLength + errorAt);
                break;
            }
            // Nobody removes the nexus that he comes through; whom the logical unit does not know is passed over.
            if (!named.Add(new ItPorts(initiator, port))) continue;
            if (command.Itl.Ports == new ItPorts(initiator, port)) descriptors.Refuse(at);
        }
        reader.Join(descriptors);
        if (reader.Failure is { } failure) return failure;
        unit.LoseNexuses(command, named);
        return CommandOutcome.Pending;
    }
}
