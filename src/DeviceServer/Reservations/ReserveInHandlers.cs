using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.DeviceServer.Reservations;

/// <summary>PERSISTENT RESERVE IN command (SPC-6).</summary>
internal static class ReserveInHandlers
{
    private const int FullStatusMax = 8 + (PersistentReservations.RegistrantsMax * (24 + TransportId.LengthMax));

    public static IReadOnlyList<SupportedCommand> Rows { get; } =
    [
        Row(PrimaryCommands.PersistentReserveInReadKeys, ReadKeys),
        Row(PrimaryCommands.PersistentReserveInReadReservation, ReadReservation),
        Row(PrimaryCommands.PersistentReserveInReportCapabilities, ReportCapabilities, Conditions.ReservationsLost),
        Row(PrimaryCommands.PersistentReserveInReadFullStatus, ReadFullStatus),
    ];

    private static SupportedCommand Row(CommandDescriptor descriptor, ParameterDataHandler<EmulatedUnit> handler,
        Conditions passes = Conditions.None) =>
        SupportedCommand.DataIn<EmulatedUnit>(descriptor, ReservationAccess.UnlessReserved,
            (EmulatedUnit unit, TaskContext command, ref ParameterDataWriter data) => unit.IsReservedBySpc2
                ? CommandOutcome.ReservationConflict
                : handler(unit, command, ref data),
            Conditions.NoMedium | Conditions.Formatting | passes, FullStatusMax);

    private static CommandOutcome ReadKeys(EmulatedUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        var reservations = unit.Reservations;
        data.WriteUInt32(reservations.Generation);
        var at = data.ReserveUInt32();
        foreach (var registrant in reservations.Registrants) data.WriteUInt64(registrant.Key);
        data.CloseUInt32(at);
        return CommandOutcome.Good;
    }

    private static CommandOutcome ReadReservation(EmulatedUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        var reservations = unit.Reservations;
        data.WriteUInt32(reservations.Generation);
        var at = data.ReserveUInt32();
        if (reservations.Type is { } type)
        {
            data.WriteUInt64(reservations.Holder?.Key ?? 0);
            data.WriteZeros(5);
            data.WriteByte((int)type);
            data.WriteZeros(2);
        }
        data.CloseUInt32(at);
        return CommandOutcome.Good;
    }

    private static CommandOutcome ReportCapabilities(
        EmulatedUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        new PersistentReservationCapabilities
        {
            ReplaceLostReservation = true,
            CompatibleReservationHandling = true,
            SpecifyInitiatorPorts = true,
            AllTargetPorts = true,
            PersistThroughPowerLoss = unit.CanSave,
            PersistThroughPowerLossActivated = unit.Reservations.PersistsThroughPowerLoss,
            TypeMask = PersistentReservationCapabilities.AllTypes,
        }.Write(ref data);
        return CommandOutcome.Good;
    }

    private static CommandOutcome ReadFullStatus(EmulatedUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        var reservations = unit.Reservations;
        data.WriteUInt32(reservations.Generation);
        var at = data.ReserveUInt32();
        foreach (var registrant in reservations.Registrants)
        {
            var holds = reservations.IsHeldBy(registrant);
            data.WriteUInt64(registrant.Key);
            data.WriteZeros(4);
            data.WriteByte((registrant.AllTargetPorts ? 0x02 : 0) | (holds ? 0x01 : 0));
            data.WriteByte(holds ? (int)reservations.Type!.Value : 0);
            data.WriteZeros(4);
            data.WriteUInt16(registrant.TargetPort);
            data.WriteUInt32((uint)registrant.Initiator.Length);
            data.Write(registrant.Initiator.Wire);
        }
        data.CloseUInt32(at);
        return CommandOutcome.Good;
    }
}
