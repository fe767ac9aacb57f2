using Lunette.DeviceServer.Commands;
using Lunette.DeviceServer.Nexuses;
using Lunette.DeviceServer.Tasks;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Contracts.Tasks;

namespace Lunette.DeviceServer;

/// <content>The one decision every command passes, under the lock.</content>
public abstract partial class EmulatedUnit
{
    private long _fullRefusals;

    /// <summary>Commands refused because the task set had as many as it may.</summary>
    public long FullRefusals => Volatile.Read(ref _fullRefusals);

    private TaskContext? Admit(ScsiTask task, ItlNexus itl, SupportedCommand row, ReservationAccess access,
        out bool enabled, ref CommandOutcome refusal)
    {
        if (itl.InventoryTold != itl.Nexus.InventoryGeneration) NoteInventory(itl);
        var obstacles = (_obstacles | itl.Obstacles) & ~row.Passes;
        if (task.IsStep) obstacles &= ~Conditions.UnitAttention;
        if ((obstacles != 0 || (access & itl.Denied) != 0 || task.Attribute == TaskAttribute.Aca
                || _tasks.AcaConcerns(itl))
            && FindObstacle(task, itl, obstacles, access) is { } obstacle)
        {
            refusal = obstacle;
            enabled = false;
            return null;
        }
        if (IsFull(itl) || WouldWaitInVain(task, row))
        {
            // SAM-6, Status codes: TASK SET FULL is for a nexus that has a command in the task set.
            refusal = itl.TaskCount > 0 ? CommandOutcome.TaskSetFull : CommandOutcome.Busy;
            enabled = false;
            return null;
        }
        var context = _pool ?? CreateContext();
        _pool = context.NextInList;
        context.NextInList = null;
        context.Task = task;
        context.Itl = itl;
        context.Command = row;
        context.Step = null;
        context.ReportAborted = false;
        context.VerifiedBytes = 0;
        context.LimitEnds = _durationLimits == DurationLimits.None || !row.Descriptor.HasDurationLimit
            ? long.MaxValue
            : _durationLimits.EndOf(row.Descriptor, task.Cdb, task.ArrivedNanoseconds);
        context.LetsPass = false;
        context.PassesAca = _tasks.AcaConcerns(itl);
        task.ServerState = context;
        enabled = _tasks.Enter(context);
        return context;
    }

    private bool IsFull(ItlNexus itl)
    {
        if (_tasks.Count < Options.TaskSetDepth && itl.TaskCount < Options.TasksPerNexus) return false;
        _fullRefusals++;
        return true;
    }

    private void Leave(TaskContext context, ref Effects effects)
    {
        _tasks.Leave(context, ref effects.Posted);
        effects.Ended(context);
        context.NextInList = _pool;
        _pool = context;
    }

    // The order is the standard's where it has one, and otherwise goes from what is most fundamentally wrong to least.
    private CommandOutcome? FindObstacle(ScsiTask task, ItlNexus itl, Conditions obstacles, ReservationAccess access)
    {
        if (FindAcaObstacle(task, itl) is { } aca) return aca;
        if ((obstacles & Conditions.OutOfService) != 0) return CommandOutcome.Check(_outOfService);
        if ((obstacles & Conditions.Transitioning) != 0)
            return NotReady(AdditionalSense.LogicalUnitNotAccessibleAsymmetricAccessStateTransition);
        // SAM-6, Status precedence: the attentions of resets, then a reservation conflict, then all other conditions.
        var attentive = (obstacles & Conditions.UnitAttention) != 0;
        if (attentive && itl.Attentions.TellsOfReset && TakeAttention(itl, out var reset)) return reset;
        if ((access & itl.Denied) != 0) return CommandOutcome.ReservationConflict;
        if (attentive && TakeAttention(itl, out var attention)) return attention;
        if ((obstacles & Conditions.ReservationsLost) != 0)
            return CommandOutcome.Check(SenseKey.HardwareError, AdditionalSense.PersistentReservationInformationLost);
        if ((obstacles & Conditions.Unavailable) != 0)
            return NotReady(AdditionalSense.LogicalUnitNotAccessibleTargetPortInUnavailableState);
        if ((obstacles & Conditions.Standby) != 0)
            return NotReady(AdditionalSense.LogicalUnitNotAccessibleTargetPortInStandbyState);
        if ((obstacles & Conditions.NotReady) != 0) return CommandOutcome.Check(_notReady);
        return null;
    }

    // SAM-6, Handling new commands when ACA is in effect.
    private CommandOutcome? FindAcaObstacle(ScsiTask task, ItlNexus itl)
    {
        if (!_tasks.AcaConcerns(itl))
        {
            return task.Attribute == TaskAttribute.Aca
                ? CommandOutcome.Check(Sense.Illegal(InvalidMessageError))
                : null;
        }
        if (itl.AcaActive)
        {
            return task.Attribute == TaskAttribute.Aca && !_tasks.HasAcaTask(itl)
                ? null
                : CommandOutcome.Of(ScsiStatus.AcaActive);
        }
        // PERSISTENT RESERVE OUT with PREEMPT AND ABORT may come from others, to get rid of a faulted nexus.
        if (task.Cdb is [0x5F, var action, ..] && (action & 0x1F) == 0x05) return null;
        return ControlByte.Of(task.Cdb).NormalAca ? CommandOutcome.Of(ScsiStatus.AcaActive) : CommandOutcome.Busy;
    }

    private const AdditionalSense InvalidMessageError = (AdditionalSense)0x4900;

    private static CommandOutcome NotReady(AdditionalSense code) => CommandOutcome.Check(SenseKey.NotReady, code);

    // What a status does to others (SPC-6, Control mode page: QERR, UA_INTLCK_CTRL; SAM-6, auto contingent allegiance).
    private void NoteOutcome(ItlNexus itl, ScsiTask task, in CommandOutcome outcome, bool naca, ref Effects effects)
    {
        switch (outcome.Status)
        {
            case ScsiStatus.CheckCondition:
                // SAM-6, Clearing an ACA condition: an ACA task that fails ends the condition, or begins the next one.
                if (naca) _tasks.EstablishAca(itl);
                else if (task.Attribute == TaskAttribute.Aca) _tasks.ClearAca(itl, ref effects.Posted);
                AbortByQueueError(itl, task, ref effects);
                break;
            case ScsiStatus.Busy:
                NotePreviousStatus(itl, (AdditionalSense)0x2C07);
                break;
            case ScsiStatus.TaskSetFull:
                NotePreviousStatus(itl, (AdditionalSense)0x2C08);
                break;
            case ScsiStatus.ReservationConflict:
                NotePreviousStatus(itl, (AdditionalSense)0x2C09);
                break;
            default:
                break;
        }
    }

    private void NotePreviousStatus(ItlNexus itl, AdditionalSense code)
    {
        if (Control.UnitAttentionInterlock == 3) Establish(itl, code);
    }

    private void AbortByQueueError(ItlNexus itl, ScsiTask task, ref Effects effects)
    {
        var control = Control;
        if (control.QueueErrorManagement is not (1 or 3)) return;
        for (var context = _tasks.Oldest; context is not null; context = context.Younger)
        {
            if (context.Task == task) continue;
            var own = context.Itl == itl;
            if (!own && (control.QueueErrorManagement == 3 || control.TaskSetPerNexus)) continue;
            AbortOne(context, null, byOther: !own, ref effects);
        }
    }

    // TASK ABORTED, or a unit attention: SPC-6, Control mode page (TAS); SAM-6, Aborting commands.
    private void AbortOne(TaskContext context, TaskAborter? aborter, bool byOther, ref Effects effects)
    {
        var report = byOther && Control.TaskAbortedStatus;
        if (byOther && !report && !context.Task.AbortRequested)
            Establish(context.Itl, AdditionalSense.CommandsClearedByAnotherInitiator);
        TaskSet.Abort(context, aborter, report, ref effects.Posted);
    }

    /// <summary>Begins to keep what belongs to an I_T nexus, as its first command would. On the nexus' loop.</summary>
    public void Know(ItNexus nexus) => ItlOf(nexus);

    private ItlNexus ItlOf(ItNexus nexus)
    {
        return nexus.FindState(Slot) is ItlNexus known && known.Unit == this ? known : Meet(nexus);
    }

    // A nexus that the logical unit has not seen before begins with the power on condition.
    private ItlNexus Meet(ItNexus nexus)
    {
        var itl = new ItlNexus(this, nexus) { InventoryTold = nexus.InventoryGeneration };
        lock (_gate)
        {
            itl.Next = _nexuses;
            if (_nexuses is { } first) first.Previous = itl;
            _nexuses = itl;
            _wasUsed = true;
            Establish(itl, AdditionalSense.PowerOnResetOrBusDeviceResetOccurred);
            itl.Denied = DeniedTo(itl);
            itl.Priority = _priorities[itl.Ports];
            itl.SetAccess(PortGroups.StateOf(nexus.Port.TargetPortGroup));
        }
        nexus.SetState(Slot, itl);
        return itl;
    }

    private void Forget(ItlNexus itl)
    {
        lock (_gate)
        {
            if (itl.Previous is { } previous) previous.Next = itl.Next;
            else _nexuses = itl.Next;
            if (itl.Next is { } next) next.Previous = itl.Previous;
        }
        itl.Nexus.SetState(Slot, null);
    }
}
