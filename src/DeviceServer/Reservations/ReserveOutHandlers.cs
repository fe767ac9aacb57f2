using Lunette.DeviceServer.Commands;
using Lunette.DeviceServer.SavedState;
using Lunette.Scsi;

namespace Lunette.DeviceServer.Reservations;

/// <summary>PERSISTENT RESERVE OUT command (SPC-6): decided, made durable where asked, done, and only then
/// answered.</summary>
internal static class ReserveOutHandlers
{
    private const int ListLengthMax = 1 << 16;
    private const int InitiatorsAt = ReserveOutParameters.Length + 4;

    private static readonly CommandStep s_saved = Saved;

    public static IReadOnlyList<SupportedCommand> Rows { get; } =
    [
        Row(PrimaryCommands.PersistentReserveOutRegister, ListLengthMax),
        Row(PrimaryCommands.PersistentReserveOutReserve),
        Row(PrimaryCommands.PersistentReserveOutRelease),
        Row(PrimaryCommands.PersistentReserveOutClear),
        Row(PrimaryCommands.PersistentReserveOutPreempt),
        Row(PrimaryCommands.PersistentReserveOutPreemptAndAbort),
        Row(PrimaryCommands.PersistentReserveOutRegisterAndIgnoreExistingKey),
        Row(PrimaryCommands.PersistentReserveOutRegisterAndMove, ListLengthMax),
        Row(PrimaryCommands.PersistentReserveOutReplaceLostReservation, passes: Conditions.ReservationsLost),
    ];

    private static SupportedCommand Row(
        CommandDescriptor descriptor, int dataLengthMax = 4096, Conditions passes = Conditions.None) =>
        SupportedCommand.DataOut<EmulatedUnit>(descriptor, ReservationAccess.UnlessReserved, Handle,
            Conditions.NoMedium | Conditions.Formatting | passes, Ordering.Configuration, dataLengthMax);

    private static CommandOutcome Handle(EmulatedUnit unit, TaskContext command, ReadOnlySpan<byte> list)
    {
        // SPC-2, RESERVE: while the logical unit is reserved so, nobody may use the other kind.
        if (unit.IsReservedBySpc2) return CommandOutcome.ReservationConflict;
        var change = Decide(unit, command, list);
        if (change.Refusal.Status != ScsiStatus.Good) return change.Refusal;
        if (change.Next.PersistsThroughPowerLoss && !unit.CanSave)
            return CommandOutcome.InvalidFieldInParameterList(20, bit: 0);

        command.Change = change;
        var saved = unit.SavedState;
        var content = change.Next.PersistsThroughPowerLoss ? ReservationState.Encode(change.Next) : [];
        if (saved[StateSection.PersistentReservations].SequenceEqual(content))
        {
            unit.ApplyReservations(command, change);
            return CommandOutcome.Pending;
        }
        unit.SaveThen(command, saved.With(StateSection.PersistentReservations, content), s_saved);
        return CommandOutcome.Pending;
    }

    private static ReservationChange Decide(EmulatedUnit unit, TaskContext command, ReadOnlySpan<byte> list)
    {
        var cdb = command.Cdb;
        var action = cdb[1] & 0x1F;
        var (scope, type) = (cdb[2] >> 4, cdb[2] & 0x0F);
        var now = unit.Reservations;
        var asking = command.Itl.Ports;
        // SPC-6, REPLACE LOST RESERVATION: where nothing is lost there is nothing to replace.
        if (action == 0x08 && !unit.HasLostReservations)
            return ReservationChange.Refused(CommandOutcome.InvalidFieldInCdb(1, bit: 4));
        if (action == 0x07)
        {
            return MoveParameters.Read(list, out var move) is { } fault
                ? ReservationChange.Refused(fault)
                : ReserveOut.Move(now, asking, move!);
        }
        if (list.Length < ReserveOutParameters.Length)
            return ReservationChange.Refused(CommandOutcome.ParameterListLengthError);
        if (ReserveOutParameters.Read(list, mayNameInitiators: action == 0x00, out var parameters) is { } wrong)
            return ReservationChange.Refused(wrong);
        if (parameters.SpecifyInitiatorPorts)
        {
            // An iSCSI name without an ISID means every port of that name the logical unit knows of.
            if (unit.PortsOf(parameters.Initiators) is not { } ports)
                return ReservationChange.Refused(CommandOutcome.InvalidFieldInParameterList(InitiatorsAt));
            parameters = parameters with { Initiators = ports };
        }
        if (action is 0x01 or 0x08)
        {
            // SCOPE is the whole logical unit; anything else there has become obsolete.
            if (scope != 0) return ReservationChange.Refused(CommandOutcome.InvalidFieldInCdb(2, bit: 7));
            if (!((PersistentReservationType)type).IsDefined())
                return ReservationChange.Refused(CommandOutcome.InvalidFieldInCdb(2, bit: 3));
        }
        return action switch
        {
            0x00 => ReserveOut.Register(now, asking, parameters, ignoreKey: false, unit.TargetPorts(asking.TargetPort)),
            0x01 => ReserveOut.Reserve(now, asking, parameters, (PersistentReservationType)type),
            0x02 => ReserveOut.Release(now, asking, parameters, scope, type),
            0x03 => ReserveOut.Clear(now, asking, parameters),
            0x04 => ReserveOut.Preempt(now, asking, parameters, scope, type, abort: false),
            0x05 => ReserveOut.Preempt(now, asking, parameters, scope, type, abort: true),
            0x08 => ReserveOut.ReplaceLost(now, asking, parameters, (PersistentReservationType)type),
            _ => ReserveOut.Register(now, asking, parameters, ignoreKey: true, unit.TargetPorts(asking.TargetPort)),
        };
    }

    private static void Saved(EmulatedUnit unit, TaskContext command)
    {
        if (command.SaveSucceeded)
        {
            unit.ApplyReservations(command, (ReservationChange)command.Change!);
            return;
        }
        command.Change = null;
        // Nothing has changed: what could not be kept does not hold.
        unit.Complete(command, CommandOutcome.Check(Sense.Illegal(AdditionalSense.InsufficientRegistrationResources)));
    }
}
