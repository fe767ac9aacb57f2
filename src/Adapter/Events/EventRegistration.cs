using Lunette.Adapter.Opening;
using Lunette.Scsi;

namespace Lunette.Adapter.Events;

/// <summary>Events an adapter reports unasked, with the bits of <c>sc_event_info.events</c>.</summary>
[Flags]
public enum AdapterEvents
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>SC_FATAL_HDW_ERR: the adapter is dead; stop and close.</summary>
    FatalHardwareError = 0x01,

    /// <summary>SC_ADAP_CMD_FAILED: a command of the adapter itself failed and was not recovered.</summary>
    AdapterCommandFailed = 0x02,

    /// <summary>SC_SCSI_RESET_EVENT: a reset was seen; reservations and negotiated state are lost.</summary>
    ResetEvent = 0x04,

    /// <summary>SC_BUFS_EXHAUSTED: target mode has no free buffer; data are delayed, not lost.</summary>
    BuffersExhausted = 0x08,
}

/// <summary>Whether an event, or its registration, is of the initiator or the target mode.</summary>
public enum SessionMode : byte
{
    /// <summary>SC_IM_MODE.</summary>
    Initiator = 0,

    /// <summary>SC_TM_MODE.</summary>
    Target = 1,
}

/// <summary>One event as its handler gets it (<c>sc_event_info</c>); events are not queued.</summary>
/// <param name="ScsiId">As registered.</param>
/// <param name="Lun">As registered.</param>
/// <param name="Mode">As registered.</param>
/// <param name="Events">What happened; several bits may be set.</param>
/// <param name="Correlator">As registered.</param>
public readonly record struct AdapterEventInfo(
    ulong ScsiId, Lun Lun, SessionMode Mode, AdapterEvents Events, ulong Correlator);

/// <summary>
/// A handler that SCIOEVENT registered: as long as its session, and the file it was registered by, are there. It runs
/// on the adapter's loop and must not block.
/// </summary>
internal sealed record EventRegistration(AdapterFile File,
    ulong ScsiId, Lun Lun, SessionMode Mode, ulong Correlator, Action<AdapterEventInfo> Handler)
{
    public void Raise(AdapterEvents events) =>
        Handler(new AdapterEventInfo(ScsiId, Lun, Mode, events, Correlator));
}
