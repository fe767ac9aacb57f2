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
