using Lunette.Scsi;

namespace Lunette.Adapter.Transactions;

/// <summary>The <c>flags</c> of <c>sc_buf</c> and <c>scsi_buf</c>, with their values.</summary>
[Flags]
public enum TransactionFlags : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>SC_RESUME: queuing starts again, with this structure first.</summary>
    Resume = 0x01,

    /// <summary>SC_DELAY_CMD: waits after a reset, as long as the adapter's <c>cmd_delay</c> says.</summary>
    DelayCommand = 0x02,

    /// <summary>SC_Q_CLR: the adapter driver flushes its parked queue; no command goes to the device.</summary>
    QueueClear = 0x04,

    /// <summary>SC_Q_RESUME: the adapter driver goes on with its parked queue.</summary>
    QueueResume = 0x08,

    /// <summary>SC_CLEAR_ACA: a CLEAR ACA goes to the device first.</summary>
    ClearAca = 0x10,

    /// <summary>SC_TARGET_RESET: with SC_Q_CLR, the target is reset.</summary>
    TargetReset = 0x20,

    /// <summary>SC_DEV_RESTART: accepted; here the flushed queue is all there is to restart.</summary>
    DeviceRestart = 0x40,

    /// <summary>SC_LUN_RESET: with SC_Q_CLR, the logical unit is reset.</summary>
    LunReset = 0x80,
}

/// <summary><c>scsi_command.flags</c>; accepted and without effect on transports that have no parallel bus.</summary>
[Flags]
public enum CommandFlags : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>SC_ASYNC: no synchronous negotiation.</summary>
    Async = 0x08,

    /// <summary>SC_NODISC: the target does not disconnect.</summary>
    NoDisconnect = 0x80,
}

/// <summary>Queue tags, <c>q_tag_msg</c>.</summary>
public enum QueueTag : byte
{
    /// <summary>SC_NO_Q: no tag; the device has one command at a time.</summary>
    None = 0,

    /// <summary>SC_SIMPLE_Q.</summary>
    Simple = 1,

    /// <summary>SC_HEAD_OF_Q.</summary>
    HeadOfQueue = 2,

    /// <summary>SC_ORDERED_Q.</summary>
    Ordered = 3,

    /// <summary>SC_ACA_Q: one at a time, while an ACA condition exists.</summary>
    Aca = 4,
}

/// <summary>What the tags are on the wire.</summary>
internal static class QueueTags
{
    /// <summary>The task attribute; without a tag a command is SIMPLE, and alone at its device.</summary>
    public static TaskAttribute ToTaskAttribute(this QueueTag tag) => tag switch
    {
        QueueTag.HeadOfQueue => TaskAttribute.HeadOfQueue,
        QueueTag.Ordered => TaskAttribute.Ordered,
        QueueTag.Aca => TaskAttribute.Aca,
        _ => TaskAttribute.Simple,
    };
}

/// <summary>Which status of an ended structure means something.</summary>
[Flags]
public enum StatusValidity : byte
{
    /// <summary>Neither.</summary>
    None = 0,

    /// <summary>SC_SCSI_ERROR: the SCSI status.</summary>
    Scsi = 1,

    /// <summary>SC_ADAPTER_ERROR: the adapter's status.</summary>
    Adapter = 2,

    /// <summary>SC_VALID_SENSE: sense data; in answers of head drivers only.</summary>
    Sense = 4,
}

/// <summary>Whether the queue was cleared; zero-initialised memory claims that it was.</summary>
public enum AdapterQueueStatus : byte
{
    /// <summary>The queue of this device was cleared.</summary>
    Cleared = 0,

    /// <summary>SC_DID_NOT_CLEAR_Q: what was queued is parked.</summary>
    DidNotClear = 1,
}

/// <summary><c>b_flags</c>, with AIX's values.</summary>
[Flags]
public enum BufFlags
{
    /// <summary>B_WRITE: data goes to the device.</summary>
    Write = 0,

    /// <summary>B_READ: data comes from the device.</summary>
    Read = 1,

    /// <summary>B_DONE.</summary>
    Done = 2,

    /// <summary>B_ERROR.</summary>
    Error = 4,
}
