using Lunette.Runtime.Loops;

namespace Lunette.Adapter.Transports;

/// <summary>
/// What carries an adapter's commands: the virtual port, iSCSI, SG_IO. All calls come on the adapter's loop and return
/// at once; requests are completed from any thread. Whatever a target does, a transport answers with an outcome and
/// never with an exception. A command is in progress until it is completed: its memory is the transport's till then.
/// Its disposal, which the adapter asks for once, completes everything that is in progress.
/// </summary>
public interface IAdapterTransport : IAsyncDisposable
{
    /// <summary>What it is and can do.</summary>
    TransportDescription Description { get; }

    /// <summary>Called once, before anything else.</summary>
    /// <param name="loop">The adapter's loop.</param>
    /// <param name="observer">Hears of what happens without having been asked for.</param>
    void Attach(Loop loop, ITransportObserver observer);

    /// <summary>The targets that are bound to SCSI IDs now.</summary>
    IReadOnlyList<TransportTarget> Targets { get; }

    /// <summary>Connects to a target, or answers at once where it is connected.</summary>
    void Connect(TransportConnection connection);

    /// <summary>Starts a command; a target that is not connected is connected first.</summary>
    void Start(TransportCommand command);

    /// <summary>Starts a task management function or a bus reset.</summary>
    void Manage(TransportManagement management);
}

/// <summary>Hears of what a transport's targets do unasked. Any thread.</summary>
public interface ITransportObserver
{
    /// <summary>The session with a target was lost or reset; its commands have been completed.</summary>
    void TargetReset(ulong scsiId);

    /// <summary>The transport does not work any more.</summary>
    void TransportFailed();
}

/// <summary>A target bound to a SCSI ID.</summary>
/// <param name="ScsiId">The ID.</param>
/// <param name="Name">What the transport calls the target.</param>
/// <param name="WorldWideName">A number it is known by; zero where there is none.</param>
public sealed record TransportTarget(ulong ScsiId, string Name, ulong WorldWideName = 0);

/// <summary>What a transport is and can do.</summary>
public sealed record TransportDescription
{
    /// <summary>The kind of adapter it makes.</summary>
    public required AdapterKind Kind { get; init; }

    /// <summary>The longest transfer of one command in bytes; at least 32768 (SC_MAXREQUEST).</summary>
    public int MaxTransferBytes { get; init; } = 1 << 20;

    /// <summary>The longest CDB in bytes it carries; a longer one is EINVAL.</summary>
    public int CdbLengthMax { get; init; } = TransportCommand.CdbLengthMax;

    /// <summary>The record that drivers of this family write to the error log.</summary>
    public ErrorLog.ErrorRecordType ErrorRecord => Kind == AdapterKind.Parallel
        ? ErrorLog.ErrorRecordType.Parallel
        : ErrorLog.ErrorRecordType.Sam;

    /// <summary>Whether it delivers sense data with CHECK CONDITION.</summary>
    public bool Autosense { get; init; } = true;

    /// <summary>The receiver of SEND commands where the transport has target mode; else null.</summary>
    public ITargetModeTransport? TargetMode { get; init; }
}

/// <summary>Kinds of adapters, with the device subtypes that IOCINFO names them by.</summary>
public enum AdapterKind : byte
{
    /// <summary>A parallel adapter: DS_SCSI.</summary>
    Parallel = (byte)'S',

    /// <summary>Fibre Channel: DS_FCP.</summary>
    FibreChannel = (byte)'F',

    /// <summary>iSCSI: DS_ISCSI.</summary>
    Iscsi = (byte)'a',

    /// <summary>SAS: DS_SAS.</summary>
    Sas = (byte)'7',

    /// <summary>SATA: DS_SATA.</summary>
    Sata = (byte)'8',

    /// <summary>Virtual SCSI client: DS_CVSCSI.</summary>
    VirtualClient = (byte)'D',
}
