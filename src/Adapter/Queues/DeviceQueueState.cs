namespace Lunette.Adapter.Queues;

/// <summary>States of a device queue.</summary>
public enum DeviceQueueState : byte
{
    /// <summary>There is no path: only a start is accepted.</summary>
    Stopped,

    /// <summary>The transport is connecting (SCIOLSTART's login).</summary>
    Starting,

    /// <summary>Structures are queued and sent.</summary>
    Running,

    /// <summary>Nothing is kept; queuing begins again with SC_RESUME.</summary>
    Halted,

    /// <summary>An error under tag queuing: the rest is kept and waits for the head driver.</summary>
    Parked,

    /// <summary>Parked, and the one recovery command is at the device.</summary>
    Recovering,

    /// <summary>Parked, the recovery command has succeeded: SC_Q_CLR or SC_Q_RESUME follows.</summary>
    Recovered,

    /// <summary>Commands are being ended on the device, by an abort or a reset.</summary>
    Clearing,

    /// <summary>SCIOSTOP waits for what is outstanding.</summary>
    Stopping,
}

/// <summary>What can happen to a device queue.</summary>
public enum DeviceQueueEvent : byte
{
    /// <summary>SCIOSTART.</summary>
    Start,

    /// <summary>The path is there.</summary>
    Started,

    /// <summary>The path could not be made.</summary>
    StartFailed,

    /// <summary>SCIOSTOP.</summary>
    Stop,

    /// <summary>Stopping, and nothing is outstanding any more.</summary>
    Drained,

    /// <summary>SCIOHALT.</summary>
    Halt,

    /// <summary>A reset or the recovery of a time-out begins that ends this queue's commands.</summary>
    Reset,

    /// <summary>The last abort or reset that runs for this queue has ended.</summary>
    ClearingEnded,

    /// <summary>A structure without any of the flags below.</summary>
    Plain,

    /// <summary>A structure with SC_RESUME.</summary>
    Resume,

    /// <summary>A structure with SC_RESUME, a command and no tag: the recovery command where there is something to
    /// recover.</summary>
    Recovery,

    /// <summary>A structure with SC_Q_CLR.</summary>
    QueueClear,

    /// <summary>A structure with SC_Q_RESUME alone.</summary>
    QueueResume,

    /// <summary>A structure with SC_RESUME and SC_Q_RESUME.</summary>
    ResumeQueueResume,

    /// <summary>A command ended without an error, or was aborted because its owner alone did not want it any
    /// more.</summary>
    EndedWell,

    /// <summary>A tagged command ended with a SCSI status that is an error: the rest is kept.</summary>
    EndedKeeping,

    /// <summary>A command ended with an error after which the rest is flushed.</summary>
    EndedFlushing,

    /// <summary>The recovery command ended without an error.</summary>
    RecoveryEndedWell,

    /// <summary>The recovery command ended with a SCSI status that is an error.</summary>
    RecoveryEndedBadly,

    /// <summary>The recovery command ended with an error of the adapter or transport.</summary>
    RecoveryEndedFlushing,
}

/// <summary>What a transition of a device queue does besides changing the state.</summary>
public enum DeviceQueueAction : byte
{
    /// <summary>Appends the structure.</summary>
    Enqueue,

    /// <summary>Puts the structure in front of what is parked.</summary>
    EnqueueFirst,

    /// <summary>Sends the structure past what is parked.</summary>
    SendRecovery,

    /// <summary>Flushes what is parked and returns the structure.</summary>
    ClearParked,

    /// <summary>Goes on with what is parked; the structure's own command, if any, comes first.</summary>
    ContinueParked,

    /// <summary>Returns the structure with ENXIO: the queue is halted.</summary>
    Reject,

    /// <summary>Returns the structure with EINVAL: the device is not started, or is stopping.</summary>
    RefuseUnstarted,

    /// <summary>Returns the structure with EINVAL and logs it: there is no recovery that SC_Q_CLR could end.</summary>
    RefuseUnexpectedClear,

    /// <summary>Begins to make the path.</summary>
    BeginStart,

    /// <summary>Answers the start.</summary>
    FinishStart,

    /// <summary>Answers the start with its failure.</summary>
    FailStart,

    /// <summary>Answers a start with EINVAL: in use.</summary>
    RefuseInUse,

    /// <summary>Answers a stop, a halt or a reset with EINVAL: not started.</summary>
    RefuseNotStarted,

    /// <summary>Answers with EIO: already stopping.</summary>
    RefuseStopping,

    /// <summary>Waits for what is outstanding.</summary>
    BeginStop,

    /// <summary>Flushes what is parked, then waits for what is at the device.</summary>
    FlushAndBeginStop,

    /// <summary>Answers the stop; the queue is gone.</summary>
    FinishStop,

    /// <summary>Begins, or joins, the ending of commands on the device.</summary>
    BeginClearing,

    /// <summary>Flushes what is pending.</summary>
    FinishClearing,

    /// <summary>Returns the structure as it is.</summary>
    Return,

    /// <summary>Returns the failed structure with SC_DID_NOT_CLEAR_Q.</summary>
    ReturnKeeping,

    /// <summary>Returns the failed structure, then everything pending with ENXIO.</summary>
    ReturnAndFlush,

    /// <summary>Nothing.</summary>
    None,
}
