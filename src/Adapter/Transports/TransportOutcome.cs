using Lunette.Adapter.Transactions;

namespace Lunette.Adapter.Transports;

/// <summary>How a transport got on with a request; what the device said is a status of its own.</summary>
public enum TransportOutcome : byte
{
    /// <summary>The device answered: the status or service response says what.</summary>
    Answered,

    /// <summary>A task management function or a reset of ours ended it; there was no answer.</summary>
    Aborted,

    /// <summary>Nothing answers under the SCSI ID (a selection time-out in AIX's words).</summary>
    NoDevice,

    /// <summary>The connection was lost and not recovered in time (a bus fault in AIX's words).</summary>
    ConnectionLost,

    /// <summary>A reset that was not ours ended it (a bus reset in AIX's words).</summary>
    Reset,

    /// <summary>There was no memory or no room for it; it never left this machine.</summary>
    NoMemory,

    /// <summary>The transport itself is broken.</summary>
    HostFailure,
}

/// <summary>What outcomes are in AIX's words.</summary>
internal static class TransportOutcomes
{
    /// <summary>The errno of an operation that ended so.</summary>
    public static Errno ToErrno(this TransportOutcome outcome) => outcome switch
    {
        TransportOutcome.Answered => Errno.None,
        TransportOutcome.NoDevice => Errno.ENODEV,
        TransportOutcome.ConnectionLost => Errno.ENOCONNECT,
        TransportOutcome.NoMemory => Errno.ENOMEM,
        _ => Errno.EIO,
    };

    /// <summary>The adapter's status of a command that ended so; none where it never left this machine.</summary>
    public static AdapterStatus ToAdapterStatus(this TransportOutcome outcome) => outcome switch
    {
        TransportOutcome.Answered or TransportOutcome.NoMemory => AdapterStatus.None,
        TransportOutcome.NoDevice => AdapterStatus.NoDeviceResponse,
        TransportOutcome.ConnectionLost => AdapterStatus.TransportFault,
        TransportOutcome.HostFailure => AdapterStatus.AdapterHardwareFailure,
        _ => AdapterStatus.TransportReset,
    };
}
