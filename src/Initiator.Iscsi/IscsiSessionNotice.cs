using Lunette.Iscsi;
using Lunette.Scsi;

namespace Lunette.Initiator.Iscsi;

/// <summary>What happened to a session.</summary>
public enum IscsiSessionNoticeKind : byte
{
    /// <summary>It is established, for the first time or again.</summary>
    LoggedIn,

    /// <summary>Its connection was lost; it will be established again or end.</summary>
    ConnectionLost,

    /// <summary>An attempt to establish it failed.</summary>
    AttemptFailed,

    /// <summary>It has ended.</summary>
    Ended,

    /// <summary>The target sent an Asynchronous Message; <see cref="IscsiSessionNotice.Event"/> says which.</summary>
    AsynchronousMessage,

    /// <summary>The target rejected a PDU.</summary>
    Rejected,

    /// <summary>A LUN is another logical unit than before the session was lost.</summary>
    IdentityChanged,

    /// <summary>
    /// A command sent again met the unit attention that the new nexus brought; it was sent once more.
    /// </summary>
    UnitAttentionPassed,
}

/// <summary>One thing that happened to a session.</summary>
/// <param name="Kind">What.</param>
/// <param name="Fault">Why; null where nothing went wrong.</param>
/// <param name="Event">Of an Asynchronous Message, its event.</param>
/// <param name="Lun">The logical unit it is about, where it is about one.</param>
/// <param name="Text">Said for people.</param>
/// <param name="Sense">Of a SCSI asynchronous event, its sense data.</param>
public readonly record struct IscsiSessionNotice(
    IscsiSessionNoticeKind Kind, IscsiFault? Fault = null, AsyncEvent Event = default, Lun Lun = default,
    string Text = "", ReadOnlyMemory<byte> Sense = default);
