using System.Collections.Frozen;
using static Lunette.Adapter.Queues.DeviceQueueAction;
using static Lunette.Adapter.Queues.DeviceQueueEvent;
using static Lunette.Adapter.Queues.DeviceQueueState;

namespace Lunette.Adapter.Queues;

/// <summary>
/// The device queue's machine. Every pair of state and event is a row here or declared impossible; both are held
/// against each other by a test. Why the undocumented pairs read as they do stands in the decision record
/// "The adapter's device queue".
/// </summary>
public static class DeviceQueueTable
{
    private static readonly (DeviceQueueState State, (DeviceQueueEvent On, DeviceQueueState Next, DeviceQueueAction
        Action)[] Rows)[] s_rows =
    [
        (Stopped,
        [
            (Start, Starting, BeginStart),
            (Stop, Stopped, RefuseNotStarted),
            (Halt, Stopped, RefuseNotStarted),
            (Plain, Stopped, RefuseUnstarted),
            (Resume, Stopped, RefuseUnstarted),
            (Recovery, Stopped, RefuseUnstarted),
            (QueueClear, Stopped, RefuseUnstarted),
            (QueueResume, Stopped, RefuseUnstarted),
            (ResumeQueueResume, Stopped, RefuseUnstarted),
        ]),
        (Starting,
        [
            (Start, Starting, RefuseInUse),
            (Started, Running, FinishStart),
            (StartFailed, Stopped, FailStart),
            (Stop, Starting, RefuseNotStarted),
            (Halt, Starting, RefuseNotStarted),
            (Reset, Starting, None),
            (Plain, Starting, RefuseUnstarted),
            (Resume, Starting, RefuseUnstarted),
            (Recovery, Starting, RefuseUnstarted),
            (QueueClear, Starting, RefuseUnstarted),
            (QueueResume, Starting, RefuseUnstarted),
            (ResumeQueueResume, Starting, RefuseUnstarted),
        ]),
        (Running,
        [
            (Start, Running, RefuseInUse),
            (Stop, Stopping, BeginStop),
            (Halt, Clearing, BeginClearing),
            (Reset, Clearing, BeginClearing),
            (Plain, Running, Enqueue),
            (Resume, Running, Enqueue),
            (Recovery, Running, Enqueue),
            (QueueClear, Running, RefuseUnexpectedClear),
            (QueueResume, Running, Enqueue),
            (ResumeQueueResume, Running, Enqueue),
            (EndedWell, Running, Return),
            (EndedKeeping, Parked, ReturnKeeping),
            (EndedFlushing, Halted, ReturnAndFlush),
        ]),
        (Halted,
        [
            (Start, Halted, RefuseInUse),
            (Stop, Stopping, BeginStop),
            (Halt, Clearing, BeginClearing),
            (Reset, Clearing, BeginClearing),
            (Plain, Halted, Reject),
            (Resume, Running, Enqueue),
            (Recovery, Running, Enqueue),
            (QueueClear, Halted, RefuseUnexpectedClear),
            (QueueResume, Halted, Reject),
            (ResumeQueueResume, Running, Enqueue),
            (EndedWell, Halted, Return),
            (EndedKeeping, Halted, ReturnAndFlush),
            (EndedFlushing, Halted, ReturnAndFlush),
        ]),
        (Parked,
        [
            (Start, Parked, RefuseInUse),
            (Stop, Stopping, FlushAndBeginStop),
            (Halt, Clearing, BeginClearing),
            (Reset, Clearing, BeginClearing),
            (Plain, Parked, Reject),
            (Resume, Running, EnqueueFirst),
            (Recovery, Recovering, SendRecovery),
            (QueueClear, Halted, ClearParked),
            (QueueResume, Parked, Reject),
            (ResumeQueueResume, Running, ContinueParked),
            (EndedWell, Parked, Return),
            (EndedKeeping, Parked, ReturnKeeping),
            (EndedFlushing, Halted, ReturnAndFlush),
        ]),
        (Recovering,
        [
            (Start, Recovering, RefuseInUse),
            (Stop, Stopping, FlushAndBeginStop),
            (Halt, Clearing, BeginClearing),
            (Reset, Clearing, BeginClearing),
            (Plain, Recovering, Reject),
            (Resume, Recovering, Reject),
            (Recovery, Recovering, Reject),
            (QueueClear, Recovering, Reject),
            (QueueResume, Recovering, Reject),
            (ResumeQueueResume, Recovering, Reject),
            (EndedWell, Recovering, Return),
            (EndedKeeping, Recovering, ReturnKeeping),
            (EndedFlushing, Recovering, ReturnAndFlush),
            (RecoveryEndedWell, Recovered, Return),
            (RecoveryEndedBadly, Parked, ReturnKeeping),
            (RecoveryEndedFlushing, Halted, ReturnAndFlush),
        ]),
        (Recovered,
        [
            (Start, Recovered, RefuseInUse),
            (Stop, Stopping, FlushAndBeginStop),
            (Halt, Clearing, BeginClearing),
            (Reset, Clearing, BeginClearing),
            (Plain, Recovered, Reject),
            (Resume, Running, EnqueueFirst),
            (Recovery, Recovering, SendRecovery),
            (QueueClear, Halted, ClearParked),
            (QueueResume, Running, ContinueParked),
            (ResumeQueueResume, Running, ContinueParked),
            (EndedWell, Recovered, Return),
            (EndedKeeping, Parked, ReturnKeeping),
            (EndedFlushing, Halted, ReturnAndFlush),
        ]),
        (Clearing,
        [
            (Start, Clearing, RefuseInUse),
            (Stop, Stopping, BeginStop),
            (Halt, Clearing, BeginClearing),
            (Reset, Clearing, BeginClearing),
            (ClearingEnded, Halted, FinishClearing),
            (Plain, Clearing, Reject),
            (Resume, Clearing, Reject),
            (Recovery, Clearing, Reject),
            (QueueClear, Clearing, Reject),
            (QueueResume, Clearing, Reject),
            (ResumeQueueResume, Clearing, Reject),
            (EndedWell, Clearing, Return),
            (EndedKeeping, Clearing, Return),
            (EndedFlushing, Clearing, Return),
        ]),
        (Stopping,
        [
            (Start, Stopping, RefuseInUse),
            (Stop, Stopping, RefuseStopping),
            (Drained, Stopped, FinishStop),
            (Halt, Stopping, RefuseStopping),
            (Reset, Stopping, BeginClearing),
            (ClearingEnded, Stopping, FinishClearing),
            (Plain, Stopping, RefuseUnstarted),
            (Resume, Stopping, RefuseUnstarted),
            (Recovery, Stopping, RefuseUnstarted),
            (QueueClear, Stopping, RefuseUnstarted),
            (QueueResume, Stopping, RefuseUnstarted),
            (ResumeQueueResume, Stopping, RefuseUnstarted),
            (EndedWell, Stopping, Return),
            (EndedKeeping, Stopping, ReturnAndFlush),
            (EndedFlushing, Stopping, ReturnAndFlush),
        ]),
    ];

    // What cannot happen, by state: a stopped queue has no command and no reset, only a stopping one drains, and so on.
    private static readonly (DeviceQueueState State, DeviceQueueEvent[] Events)[] s_impossible =
    [
        (Stopped,
        [
            Started, StartFailed, Drained, Reset, ClearingEnded, EndedWell, EndedKeeping, EndedFlushing,
            RecoveryEndedWell, RecoveryEndedBadly, RecoveryEndedFlushing,
        ]),
        (Starting,
        [
            Drained, ClearingEnded, EndedWell, EndedKeeping, EndedFlushing,
            RecoveryEndedWell, RecoveryEndedBadly, RecoveryEndedFlushing,
        ]),
        (Running,
        [
            Started, StartFailed, Drained, ClearingEnded, RecoveryEndedWell, RecoveryEndedBadly, RecoveryEndedFlushing,
        ]),
        (Halted,
        [
            Started, StartFailed, Drained, ClearingEnded, RecoveryEndedWell, RecoveryEndedBadly, RecoveryEndedFlushing,
        ]),
        (Parked,
        [
            Started, StartFailed, Drained, ClearingEnded, RecoveryEndedWell, RecoveryEndedBadly, RecoveryEndedFlushing,
        ]),
        (Recovering, [Started, StartFailed, Drained, ClearingEnded]),
        (Recovered,
        [
            Started, StartFailed, Drained, ClearingEnded, RecoveryEndedWell, RecoveryEndedBadly, RecoveryEndedFlushing,
        ]),
        (Clearing,
        [
            Started, StartFailed, Drained, RecoveryEndedWell, RecoveryEndedBadly, RecoveryEndedFlushing,
        ]),
        (Stopping,
        [
            Started, StartFailed, RecoveryEndedWell, RecoveryEndedBadly, RecoveryEndedFlushing,
        ]),
    ];

    private static readonly FrozenDictionary<int, DeviceQueueTransition> s_table = s_rows
        .SelectMany(state => state.Rows, (state, row) => new DeviceQueueTransition(state.State, row.On, row.Next,
            row.Action))
        .ToFrozenDictionary(transition => Key(transition.State, transition.On));

    /// <summary>All transitions.</summary>
    public static IEnumerable<DeviceQueueTransition> Transitions => s_table.Values;

    /// <summary>All pairs declared impossible.</summary>
    public static IEnumerable<(DeviceQueueState State, DeviceQueueEvent On)> Impossible =>
        s_impossible.SelectMany(state => state.Events, (state, on) => (state.State, on));

    /// <summary>The transition of a pair; null where it is impossible.</summary>
    public static DeviceQueueTransition? Find(DeviceQueueState state, DeviceQueueEvent on) =>
        s_table.TryGetValue(Key(state, on), out var transition) ? transition : null;

    private static int Key(DeviceQueueState state, DeviceQueueEvent on) => (int)state << 8 | (int)on;
}

/// <summary>One row of the device queue's machine.</summary>
/// <param name="State">The state it is in.</param>
/// <param name="On">What happens.</param>
/// <param name="Next">The state it is in then.</param>
/// <param name="Action">What is done.</param>
public sealed record DeviceQueueTransition(
    DeviceQueueState State, DeviceQueueEvent On, DeviceQueueState Next, DeviceQueueAction Action);
