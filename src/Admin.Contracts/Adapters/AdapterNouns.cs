namespace Lunette.Admin.Contracts.Adapters;

/// <summary>What carries an adapter's commands.</summary>
public enum AdapterTransportType
{
    /// <summary>Target ports in the daemon itself.</summary>
    Virtual,

    /// <summary>iSCSI over TCP.</summary>
    Iscsi,

    /// <summary>Linux' <c>/dev/sgN</c>.</summary>
    SgIo,
}

/// <summary>What to set on an adapter.</summary>
/// <param name="Name">Lower-case letters and a number, such as <c>scsi0</c>.</param>
/// <param name="Transport">What carries its commands.</param>
/// <param name="InitiatorName">The iSCSI name it logs in with; null for a generated one.</param>
/// <param name="Targets">What its SCSI IDs are bound to.</param>
public sealed record AdapterSettings(
    string Name, AdapterTransportType Transport, string? InitiatorName, IReadOnlyList<AdapterTargetSettings> Targets);

/// <summary>What a SCSI ID of an adapter is bound to.</summary>
public sealed record AdapterTargetSettings
{
    /// <summary>The ID.</summary>
    public required ulong ScsiId { get; init; }

    /// <summary>The target's iSCSI name, or the path of the device; null on the virtual transport for a generated
    /// name.</summary>
    public string? Address { get; init; }

    /// <summary>iSCSI: where the target is, as <c>host:port</c>.</summary>
    public string? Portal { get; init; }

    /// <summary>SG_IO: the logical unit number the device has at this ID.</summary>
    public int Lun { get; init; }

    /// <summary>CHAP: the user name given to the target; null for no CHAP.</summary>
    public string? ChapUser { get; init; }

    /// <summary>CHAP: the secret; null keeps the one this ID has. It never comes back.</summary>
    public string? ChapSecret { get; init; }

    /// <summary>Mutual CHAP: the name the target must give; null for one way.</summary>
    public string? TargetChapUser { get; init; }

    /// <summary>Mutual CHAP: the secret the target must know; null keeps the one this ID has. It never comes
    /// back.</summary>
    public string? TargetChapSecret { get; init; }

    /// <summary>Whether headers must carry a digest.</summary>
    public bool HeaderDigest { get; init; }

    /// <summary>Whether data must carry a digest.</summary>
    public bool DataDigest { get; init; }

    /// <summary>Everything but the secrets.</summary>
    public override string ToString() => $"SCSI ID {ScsiId}: {Address} at {Portal}";
}

/// <summary>An adapter as it is configured, and as it is now.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Transport">What carries its commands.</param>
/// <param name="InitiatorName">The iSCSI name it logs in with.</param>
/// <param name="Targets">Its targets; secrets are not in them.</param>
/// <param name="StartedDevices">How many devices are started.</param>
/// <param name="Fault">Why it does not run; null where it does.</param>
public sealed record AdapterProperties(
    string Name, AdapterTransportType Transport, string InitiatorName, IReadOnlyList<AdapterTargetSettings> Targets,
    int StartedDevices, string? Fault);

/// <summary>The queue of a started device, or what waits of an initiator that may send.</summary>
/// <param name="ScsiId">The target.</param>
/// <param name="Lun">The logical unit.</param>
/// <param name="State">Its state: running, halted, parked, ...; receiving for an initiator.</param>
/// <param name="Pending">Structures that wait.</param>
/// <param name="Active">Structures at the device.</param>
/// <param name="Transitions">Its last transitions, oldest first.</param>
public sealed record AdapterDevice(
    ulong ScsiId, int Lun, string State, int Pending, int Active, IReadOnlyList<string> Transitions);

/// <summary>What was found at an address.</summary>
/// <param name="ScsiId">The target.</param>
/// <param name="Target">The target's name.</param>
/// <param name="Lun">The logical unit; -1 where the target did not answer.</param>
/// <param name="Type">What it is.</param>
/// <param name="Vendor">Who made it.</param>
/// <param name="Product">What it is called.</param>
/// <param name="Revision">Its revision.</param>
/// <param name="Serial">Its serial number; empty where it tells none.</param>
/// <param name="Error">What went wrong; null where nothing did.</param>
public sealed record AdapterFinding(
    ulong ScsiId, string Target, int Lun, string Type, string Vendor, string Product, string Revision, string Serial,
    string? Error);

/// <summary>An operation of an adapter driver without data.</summary>
public enum AdapterOperationType
{
    /// <summary>SCIOSTART.</summary>
    Start,

    /// <summary>SCIOSTOP.</summary>
    Stop,

    /// <summary>SCIOHALT.</summary>
    Halt,

    /// <summary>SCIORESET: every logical unit of the ID.</summary>
    Reset,

    /// <summary>SCIOLUNRST.</summary>
    ResetLun,

    /// <summary>A TEST UNIT READY with SC_RESUME: what is halted goes on.</summary>
    Resume,

    /// <summary>SC_Q_RESUME: the parked queue goes on.</summary>
    ResumeQueue,

    /// <summary>SC_Q_CLR: the parked queue is flushed.</summary>
    ClearQueue,

    /// <summary>SCIOTUR.</summary>
    TestReady,

    /// <summary>SCIOSTUNIT, start.</summary>
    StartUnit,

    /// <summary>SCIOSTUNIT, stop.</summary>
    StopUnit,

    /// <summary>SCIOSTARTTGT: an initiator, under its SCSI ID, may send to the adapter.</summary>
    StartTarget,

    /// <summary>SCIOSTOPTGT: it may not any more; what was not read is gone.</summary>
    StopTarget,

    /// <summary>The data of the oldest SEND that was not read; none where nothing waits.</summary>
    Receive,
}

/// <summary>How a command enters the adapter driver.</summary>
public enum AdapterEntry
{
    /// <summary>SCIOCMD: past the queue.</summary>
    Ioctl,

    /// <summary>The strategy entry: through the device queue.</summary>
    Strategy,
}

/// <summary>What the adapter driver answered.</summary>
/// <param name="Errno">The error number; 0 for none.</param>
/// <param name="Error">Its name; empty for none.</param>
/// <param name="Meaning">What it means here; empty for none.</param>
/// <param name="Status">The SCSI status, where the device gave one; else null.</param>
/// <param name="AdapterStatus">The adapter's status, where it gave one; else null.</param>
/// <param name="QueueKept">Whether the rest of the queue is parked (SC_DID_NOT_CLEAR_Q).</param>
/// <param name="Sense">Sense data.</param>
/// <param name="SenseText">What it says, for people; empty where there is none.</param>
/// <param name="Data">What came in.</param>
/// <param name="Residual">Bytes not transferred.</param>
public sealed record AdapterAnswer(
    int Errno, string Error, string Meaning, byte? Status, string? AdapterStatus, bool QueueKept, byte[] Sense,
    string SenseText, byte[] Data, long Residual)
{
    /// <summary>Whether there was no error.</summary>
    public bool Succeeded => Errno == 0;
}
