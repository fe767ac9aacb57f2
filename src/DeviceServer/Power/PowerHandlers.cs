using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.DeviceServer.Power;

/// <summary>START STOP UNIT and PREVENT ALLOW MEDIUM REMOVAL (SBC-5).</summary>
internal static class PowerHandlers
{
    private static readonly CommandStep s_stopped = Stopped;

    public static IReadOnlyList<SupportedCommand> Rows { get; } =
    [
        SupportedCommand.Plain<EmulatedUnit>(BlockCommands.StartStopUnit, ReservationAccess.WhenWriting, StartStop,
            Conditions.Stopped, Ordering.Configuration, StartStopAccess).Within(120),
        SupportedCommand.Plain<EmulatedUnit>(PrimaryCommands.PreventAllowMediumRemoval, ReservationAccess.WhenWriting,
            PreventAllow, Conditions.Stopped, Ordering.Independent, PreventAccess),
    ];

    // SBC-5, Reservations: to start is allowed under any persistent reservation of others, all else is not.
    private static ReservationAccess StartStopAccess(ReadOnlySpan<byte> cdb) =>
        (cdb[4] & 0xF1) == 0x01 ? ReservationAccess.UnlessReserved : ReservationAccess.WhenWriting;

    private static ReservationAccess PreventAccess(ReadOnlySpan<byte> cdb) =>
        (cdb[4] & 0x03) == 0 ? ReservationAccess.Always : ReservationAccess.WhenWriting;

    private static CommandOutcome Prevented =>
        CommandOutcome.Check(Sense.Illegal(AdditionalSense.MediumRemovalPrevented));

    private static CommandOutcome StartStop(EmulatedUnit unit, TaskContext command)
    {
        var cdb = command.Cdb;
        var condition = (PowerConditionCode)(cdb[4] >> 4);
        var eject = (cdb[4] & 0x02) != 0;
        var start = (cdb[4] & 0x01) != 0;
        if (condition != PowerConditionCode.StartValid)
        {
            // Idle_a and standby_z are the only ones of their kinds (VPD page 8Ah).
            if ((cdb[3] & 0x0F) != 0) return CommandOutcome.InvalidFieldInCdb(3, bit: 3);
            // SBC-5: with a power condition START and LOEJ mean nothing.
            if (!unit.SetPowerCondition(condition)) return CommandOutcome.InvalidFieldInCdb(4, bit: 7);
            return CommandOutcome.Good;
        }
        if (eject && !unit.IsRemovable) return CommandOutcome.InvalidFieldInCdb(4, bit: 1);
        if (start)
        {
            // A prevented medium is locked in its place, and the place locked with it: nothing comes in either.
            if (eject && unit.IsMediumOut)
            {
                if (unit.IsRemovalPrevented) return Prevented;
                unit.LoadMedium(command.Itl);
            }
            unit.LeaveStopped();
            return CommandOutcome.Good;
        }
        if (eject && unit.IsRemovalPrevented) return Prevented;
        if ((cdb[4] & 0x04) != 0) Stopped(unit, command);
        else unit.FlushBeforeStop(command, s_stopped);
        return CommandOutcome.Pending;
    }

    private static void Stopped(EmulatedUnit unit, TaskContext command)
    {
        var ejected = (command.Cdb[4] & 0x02) != 0;
        if (ejected) unit.EjectMedium();
        unit.EnterStopped(ejected);
        unit.Complete(command, CommandOutcome.Good);
    }

    private static CommandOutcome PreventAllow(EmulatedUnit unit, TaskContext command)
    {
        var prevent = command.Cdb[4] & 0x03;
        if (prevent > 1) return CommandOutcome.InvalidFieldInCdb(4, bit: 1);
        unit.SetPrevent(command.Itl, prevent == 1);
        return CommandOutcome.Good;
    }
}
