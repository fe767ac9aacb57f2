using System.Buffers.Binary;
using Lunette.DeviceServer.Commands;
using Lunette.DeviceServer.Reservations;
using Lunette.Scsi;

namespace Lunette.DeviceServer.Maintenance;

/// <summary>REPORT PRIORITY and SET PRIORITY commands (SPC-6).</summary>
internal static class PriorityHandlers
{
    private const int TransportIdAt = 8;
    private const int ReportLengthMax =
        4 + (NexusPriorities.CountMax * (TransportIdAt + TransportId.LengthMax));

    public static IReadOnlyList<SupportedCommand> Rows { get; } =
    [
        SupportedCommand.DataIn<EmulatedUnit>(PrimaryCommands.ReportPriority, ReservationAccess.UnlessReserved,
            Report, Conditions.NoMedium, dataLengthMax: ReportLengthMax),
        SupportedCommand.DataOut<EmulatedUnit>(PrimaryCommands.SetPriority, ReservationAccess.WhenWriting, Set,
            Conditions.NoMedium, Ordering.Configuration),
    ];

    private static CommandOutcome Report(EmulatedUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        var which = command.Cdb[2] >> 6;
        if (which > 1) return CommandOutcome.InvalidFieldInCdb(2, bit: 7);
        var at = data.ReserveUInt32();
        if (which == 0)
        {
            WriteDescriptor(ref data, command.Itl.Ports, unit.PriorityOf(command.Itl.Ports));
        }
        else
        {
            foreach (var (ports, priority) in unit.AssignedPriorities) WriteDescriptor(ref data, ports, priority);
        }
        data.CloseUInt32(at);
        return CommandOutcome.Good;
    }

    private static void WriteDescriptor(ref ParameterDataWriter data, ItPorts ports, int priority)
    {
        data.WriteByte(priority);
        data.WriteZeros(1);
        data.WriteUInt16(ports.TargetPort);
        data.WriteZeros(2);
        data.WriteUInt16(ports.Initiator.Length);
        data.Write(ports.Initiator.Wire);
    }

    private static CommandOutcome Set(EmulatedUnit unit, TaskContext command, ReadOnlySpan<byte> list)
    {
        var which = command.Cdb[2] >> 6;
        switch (which)
        {
            case 0:
                if (list.IsEmpty) return CommandOutcome.ParameterListLengthError;
                return unit.TrySetPriority(command.Itl.Ports, list[0] & 0x0F, command.Itl)
                    ? CommandOutcome.Good
                    : Sense.Illegal(AdditionalSense.InsufficientResources);
            case 1:
                return SetNamed(unit, command, list);
            case 2:
                unit.ForgetPriorities(command.Itl);
                return CommandOutcome.Good;
            default:
                return CommandOutcome.InvalidFieldInCdb(2, bit: 7);
        }
    }

    private static CommandOutcome SetNamed(EmulatedUnit unit, TaskContext command, ReadOnlySpan<byte> list)
    {
        if (list.IsEmpty) return CommandOutcome.Good;
        if (list.Length < TransportIdAt) return CommandOutcome.ParameterListLengthError;
        var length = BinaryPrimitives.ReadUInt16BigEndian(list[6..]);
        if (list.Length - TransportIdAt < length) return CommandOutcome.ParameterListLengthError;
        if (!TransportId.TryRead(
            list.Slice(TransportIdAt, length), out var initiator, out var consumed, out var errorAt))
        {
            return errorAt < 0
                ? CommandOutcome.ParameterListLengthError
                : CommandOutcome.InvalidFieldInParameterList(TransportIdAt + errorAt);
        }
        if (consumed != length) return CommandOutcome.ParameterListLengthError;
        // A nexus has one initiator port: an iSCSI name alone does not say which.
        if (initiator.Protocol == ProtocolIdentifier.Iscsi && initiator.Isid is null)
            return CommandOutcome.InvalidFieldInParameterList(TransportIdAt);
        var ports = new ItPorts(initiator, BinaryPrimitives.ReadUInt16BigEndian(list[2..]));
        return unit.TrySetPriority(ports, list[0] & 0x0F, command.Itl)
            ? CommandOutcome.Good
            : Sense.Illegal(AdditionalSense.InsufficientResources);
    }
}
