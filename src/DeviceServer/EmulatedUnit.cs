using Lunette.DeviceServer.Commands;
using Lunette.DeviceServer.ModePages;
using Lunette.DeviceServer.Nexuses;
using Lunette.DeviceServer.Tasks;
using Lunette.Runtime;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Contracts.Tasks;

namespace Lunette.DeviceServer;

/// <summary>
/// The SPC behaviour all emulated logical units share: device server, task manager and task set (SAM-6). A device type
/// derives from it, brings rows for its commands and carries them out.
/// </summary>
/// <remarks>
/// <para><b>The way of a command.</b> <see cref="Submit"/> finds the row, refuses stray bits, and then takes one
/// decision under the leaf lock: conditions in the way (unit attention first), reservations, room in the task set. An
/// enabled task runs its handler at once on its own loop, outside the lock; a dormant one is posted to its loop when it
/// is enabled.
/// </para>
/// <para><b>Writing a handler.</b> Handlers are static and get the logical unit and the <see cref="TaskContext"/>; the
/// row says which kind it is:
/// <list type="bullet">
/// <item><see cref="SupportedCommand.DataIn"/>: write all there is into the writer and return
/// <see cref="CommandOutcome.Good"/>; allocation length, buffer and residual are taken care of.</item>
/// <item><see cref="SupportedCommand.DataOut"/>: the parameter list comes complete; validate all of it before anything
/// is changed. Longer lists than the row's bound never arrive.</item>
/// <item><see cref="SupportedCommand.Plain"/>: no data, or medium data the handler moves itself. It sets
/// <see cref="ScsiTask.CommandTransferLength"/>, uses <see cref="TaskContext.ImmediateData"/> where that covers all,
/// else calls <see cref="RequestDataOut"/> with the step that follows; starts its store request and returns
/// <see cref="CommandOutcome.Pending"/>. When the store request comes back to the loop it calls <see cref="Resume"/>
/// with the next step, and the last step calls <see cref="Complete"/>. Steps are static delegates kept in static
/// fields; what they need stands in the device type's own <see cref="TaskContext"/> (see <see cref="CreateContext"/>),
/// which is pooled: a READ or WRITE allocates nothing.</item>
/// </list>
/// A handler may return <see cref="CommandOutcome.Pending"/> after having completed the command itself.</para>
/// <para><b>Aborts</b> come at any moment and only set a mark. A handler need not look: each step through this class
/// looks for it, and <see cref="TaskContext.Clear"/> is the place to let go of what is held. A store call is never
/// recalled: the task ends as aborted when it has returned, and only then the function that aborted it.</para>
/// <para><b>Waiting for another command</b> (extents): <see cref="Suspend"/> and <see cref="Wake"/>.</para>
/// </remarks>
public abstract partial class EmulatedUnit : LogicalUnit
{
    private readonly Lock _gate = new();        // a leaf: nothing is called out to, awaited or logged while it is held
    private readonly TaskSet _tasks = new();
    private CommandTable<SupportedCommand> _commands;
    private Conditions _obstacles = Conditions.OutOfService;
    private Sense _notReady;
    private ItlNexus? _nexuses;
    private UnitOptions _options;
    private TaskContext? _pool;

    /// <summary>Makes a logical unit; it is out of service until <see cref="OnlineAsync"/>.</summary>
    /// <param name="options">Who it is.</param>
    /// <param name="commands">Its rows, made by <see cref="TableOf"/> once for all logical units of the type.</param>
    /// <param name="modePages">Its mode pages beside those of SPC; one of the same code replaces SPC's.</param>
    protected EmulatedUnit(
        UnitOptions options, CommandTable<SupportedCommand> commands, params IReadOnlyList<ModePage> modePages)
    {
        _options = options;
        _commands = commands;
        Modes = new ModePageSet([.. modePages, .. PrimaryModePages.All.Where(page =>
            !modePages.Any(own => own.Code == page.Code && own.Subpage == page.Subpage))]);
        _control = ControlSettings.Decode(Modes.Current(Modes.IndexOf(PrimaryModePages.Control.Code, 0)).Span);
    }

    /// <summary>Who it is.</summary>
    public UnitOptions Options => Volatile.Read(ref _options);

    /// <summary>
    /// The administrator changes what may change while it is in use: alias, management URL, bounds. Any thread.
    /// </summary>
    protected void ChangeOptions(UnitOptions options)
    {
        Invariant.That(options.Id == Id, "a logical unit keeps its identifier");
        Volatile.Write(ref _options, options);
    }

    /// <inheritdoc/>
    public override LogicalUnitId Id => Options.Id;

    /// <inheritdoc/>
    public override string Alias => Options.Alias;

    /// <inheritdoc/>
    public override string ProviderName => Options.ProviderName;

    /// <summary>The rows of everything it does.</summary>
    public CommandTable<SupportedCommand> Commands => Volatile.Read(ref _commands);

    /// <summary>
    /// The device type does other commands from now on, such as after it was formatted in another way. Any thread.
    /// </summary>
    protected void ReplaceCommands(CommandTable<SupportedCommand> commands) => Volatile.Write(ref _commands, commands);

    /// <summary>A context for a task; device types return their own kind. Called when the pool is empty.</summary>
    protected virtual TaskContext CreateContext() => new();

    /// <inheritdoc/>
    public sealed override void Submit(ScsiTask task)
    {
        var cdb = task.Cdb;
        var itl = ItlOf(task.Nexus);
        if (_commands.Find(cdb) is not { } row)
        {
            Refuse(task, itl, Commands.Refusal(cdb));
            return;
        }
        if (cdb.Length < row.Descriptor.Layout.Length)
        {
            Refuse(task, itl, Sense.Illegal(AdditionalSense.InvalidFieldInCdb));
            return;
        }
        if (row.Descriptor.Check(cdb) is { } stray)
        {
            Refuse(task, itl, stray);
            return;
        }
        var access = row.AccessOf(cdb);
        TaskContext? context;
        bool enabled;
        CommandOutcome refusal = default;
        lock (_gate)
        {
            context = Admit(task, itl, row, access, out enabled, ref refusal);
        }
        if (context is null)
        {
            EndUnadmitted(task, itl, refusal);
        }
        else if (enabled)
        {
            context.Submitting = true;
            row.Start(this, context);
            // Where the command has ended, the context may serve another loop's task by now.
            if (task.ServerState == context) context.Submitting = false;
        }
        else
        {
            // Dormant: whoever enables it posts it to this loop, which is here.
            task.BeginWait(TaskWait.Queue);
        }
    }

    /// <inheritdoc/>
    public sealed override void Continue(ScsiTask task)
    {
        var context = (TaskContext)task.ServerState!;
        task.EndWait();
        context.State = TaskContextState.Running;
        if (task.AbortRequested) EndAborted(context);
        else if (context.Step is not null) Proceed(context);
        else if (IsTooLate(context, out var refusal)) Complete(context, refusal);
        else context.Command.Start(this, context);
    }

    private const Conditions TooLate =
        Conditions.Formatting | Conditions.Sanitizing | Conditions.PowerCycleRequired;

    // SBC-5, Performing a sanitize operation: what has waited in the task set for the medium is refused with the rest.
    private bool IsTooLate(TaskContext context, out CommandOutcome refusal)
    {
        lock (_gate)
        {
            refusal = CommandOutcome.Check(_notReady);
            return (_obstacles & TooLate & ~context.Command.Passes) != 0;
        }
    }

    /// <summary>
    /// A command that goes on by itself, such as a format, holds nobody up any more; who needs the medium is told that
    /// it is not ready. The logical unit has become so.
    /// </summary>
    protected void LetOthersPass(TaskContext command)
    {
        var effects = new Effects();
        lock (_gate) _tasks.LetPass(command, ref effects.Posted);
        effects.Act();
    }

    /// <inheritdoc/>
    public sealed override void DataOutArrived(ScsiTask task, DataOutOutcome outcome)
    {
        var context = (TaskContext)task.ServerState!;
        context.DataOutOutcome = outcome;
        // Where it is posted already, somebody aborts it and the visit to come ends it.
        if (!context.TryMove(TaskContextState.Waiting, TaskContextState.Running)) return;
        task.EndWait();
        if (task.AbortRequested) EndAborted(context);
        else if (outcome == DataOutOutcome.Arrived) Proceed(context);
        else Complete(context, DataOutFailure(outcome));
    }

    /// <inheritdoc/>
    public sealed override void TurnCame(ScsiTask task)
    {
        var context = (TaskContext)task.ServerState!;
        // Where it is posted already, somebody aborts it and the visit to come ends it.
        if (!context.TryMove(TaskContextState.Waiting, TaskContextState.Running)) return;
        task.EndWait();
        Proceed(context);
    }

    /// <summary>
    /// Asks for the first <paramref name="length"/> bytes of Data-Out and goes on with <paramref name="arrived"/> when
    /// they are in <see cref="ScsiTask.DataOut"/>, at once or later. Where they do not come the command ends.
    /// </summary>
    public void RequestDataOut(TaskContext command, int length, CommandStep arrived)
    {
        Invariant.That(length <= command.Task.ExpectedDataOutLength, "nobody is asked for data he has not");
        if (!Park(command, arrived)) return;
        var result = command.Task.RequestDataOut(length);
        if (result == DataOutResult.Pending)
        {
            command.Task.BeginWait(TaskWait.DataOut);
            return;
        }
        if (!command.TryMove(TaskContextState.Waiting, TaskContextState.Running)) return;
        if (result == DataOutResult.NoBuffer)
        {
            Complete(command, CommandOutcome.TaskSetFull);
            return;
        }
        command.DataOutOutcome = DataOutOutcome.Arrived;
        Proceed(command);
    }

    /// <summary>
    /// Waits until <see cref="Wake"/>, or until aborted; <see cref="TaskContext.Clear"/> must then undo whatever would
    /// have woken it.
    /// </summary>
    /// <returns>False when the command was aborted already and has ended or is about to.</returns>
    public bool Suspend(TaskContext command, CommandStep next)
    {
        if (!Park(command, next)) return false;
        command.Task.BeginWait(TaskWait.Queue);
        return true;
    }

    /// <summary>
    /// Lets a suspended command go on, on its own loop. Any thread; whoever calls it holds the lock that its
    /// <see cref="TaskContext.Clear"/> takes, so that it does not wake a stranger.
    /// </summary>
    public static void Wake(TaskContext command)
    {
        if (command.TryMove(TaskContextState.Waiting, TaskContextState.Posted))
            command.Task.Nexus.Loop.Post(command.Task);
    }

    /// <summary>
    /// Goes on after a store call has returned to the task's loop: with the next step, or with the end when the task
    /// was aborted meanwhile.
    /// </summary>
    public void Resume(TaskContext command, CommandStep next)
    {
        if (command.Task.AbortRequested) EndAborted(command);
        else next(this, command);
    }

    /// <summary>Ends a command; on its loop, once. One that was aborted meanwhile ends as aborted.</summary>
    public void Complete(TaskContext command, in CommandOutcome outcome)
    {
        Invariant.That(!outcome.IsPending, "a command is completed with an outcome");
        var task = command.Task;
        var naca = outcome.Status == ScsiStatus.CheckCondition && ControlByte.Of(task.Cdb).NormalAca;
        Detach(command);
        var effects = new Effects();
        bool aborted, report;
        lock (_gate)
        {
            aborted = task.AbortRequested;
            report = command.ReportAborted;
            if (!aborted) NoteOutcome(command.Itl, task, outcome, naca, ref effects);
            Count(command, outcome, aborted);
            Leave(command, ref effects);
        }
        // Whoever waited for this task goes on, also where the port cannot take its end.
        try
        {
            if (aborted) task.CompleteAborted(report);
            else Answer(task, outcome);
        }
        finally
        {
            effects.Act();
        }
    }

    private void EndAborted(TaskContext command)
    {
        var task = command.Task;
        Detach(command);
        var effects = new Effects();
        bool report;
        lock (_gate)
        {
            report = command.ReportAborted;
            Leave(command, ref effects);
        }
        try
        {
            task.CompleteAborted(report);
        }
        finally
        {
            // Only now do the functions that aborted it hear of it: what they say comes after what the task had to say.
            effects.Act();
        }
    }

    private static void Detach(TaskContext command)
    {
        command.Clear();
        command.Submitting = false;
        command.Task.ServerState = null;
    }

    // SAM-6, Status precedence: an auto contingent allegiance goes before anything that is wrong with the CDB, so that
    // nobody begins another one in its task set.
    private void Refuse(ScsiTask task, ItlNexus itl, Sense sense)
    {
        CommandOutcome outcome = sense;
        lock (_gate)
        {
            if (_tasks.AcaConcerns(itl) && FindAcaObstacle(task, itl) is { } aca) outcome = aca;
        }
        EndUnadmitted(task, itl, outcome);
    }

    // A command that is refused before it enters the task set.
    private void EndUnadmitted(ScsiTask task, ItlNexus itl, in CommandOutcome outcome)
    {
        var naca = outcome.Status == ScsiStatus.CheckCondition && ControlByte.Of(task.Cdb).NormalAca;
        var control = Control;
        if (naca || task.Attribute == TaskAttribute.Aca || control.QueueErrorManagement != 0
            || control.UnitAttentionInterlock != 0)
        {
            var effects = new Effects();
            lock (_gate) NoteOutcome(itl, task, outcome, naca, ref effects);
            try
            {
                Answer(task, outcome);
            }
            finally
            {
                effects.Act();
            }
            return;
        }
        Answer(task, outcome);
    }

    private void Answer(ScsiTask task, in CommandOutcome outcome)
    {
        if (outcome.HasSense) task.SetSense(outcome.Sense, Control.DescriptorSense);
        task.Complete(outcome.Status);
    }

    private void Proceed(TaskContext command)
    {
        var step = command.Step!;
        command.Step = null;
        Resume(command, step);
    }

    private bool Park(TaskContext command, CommandStep next)
    {
        command.Step = next;
        // Full fence: whoever aborts either sees us waiting, or we see the mark.
        Interlocked.Exchange(ref command.StateValue, (int)TaskContextState.Waiting);
        if (!command.Task.AbortRequested) return true;
        if (command.TryMove(TaskContextState.Waiting, TaskContextState.Running)) EndAborted(command);
        return false;
    }

    private static CommandOutcome DataOutFailure(DataOutOutcome outcome) => CommandOutcome.Check(
        SenseKey.AbortedCommand,
        // RFC 7143 section 11.4.7.2: incorrect amount of data; protocol service CRC error.
        outcome == DataOutOutcome.TimedOut
            ? AdditionalSense.WriteErrorNotEnoughUnsolicitedData
            : (AdditionalSense)0x4705);
}
