using System.Collections.Frozen;
using static Lunette.Initiator.Iscsi.IscsiSessionState;
using static Lunette.Initiator.Iscsi.SessionAction;
using static Lunette.Initiator.Iscsi.SessionEvent;

namespace Lunette.Initiator.Iscsi;

/// <summary>Where a session is. RFC 7143 section 8.3 knows free, logged in and failed; a session that comes back by
/// itself has more to tell.</summary>
public enum IscsiSessionState : byte
{
    /// <summary>A connection is being made.</summary>
    Connecting,

    /// <summary>Login phase.</summary>
    LoggingIn,

    /// <summary>Logged in again; the logical units are being identified, commands wait.</summary>
    Verifying,

    /// <summary>Full feature phase.</summary>
    LoggedIn,

    /// <summary>About to log out: commands on the wire are awaited, new ones wait or are refused.</summary>
    Draining,

    /// <summary>A logout is under way.</summary>
    LoggingOut,

    /// <summary>Lost; the next attempt is due later. Commands wait.</summary>
    Waiting,

    /// <summary>Over.</summary>
    Ended,
}

/// <summary>What can happen to a session.</summary>
internal enum SessionEvent : byte
{
    Connected,
    LoginComplete,
    Redirected,
    Verified,
    LogoutRequested,
    CloseAsked,
    Drained,
    Lost,
    Finished,
    RetryDue,
}

/// <summary>What a transition asks of the session.</summary>
internal enum SessionAction : byte
{
    Nothing,
    Dial,
    Verify,
    Resume,
    Drain,
    LogOut,
    Drop,
    AwaitRetry,
    End,
}

/// <summary>The session's machine as a table: every pair is a row or declared impossible.</summary>
internal static class SessionTransitions
{
    public static IReadOnlyList<SessionTransition> Rows { get; } =
    [
        new(Connecting, Connected, LoggingIn, Nothing),
        new(Connecting, Lost, Waiting, AwaitRetry),
        new(Connecting, Finished, Ended, End),
        new(Connecting, CloseAsked, Ended, End),

        new(LoggingIn, LoginComplete, Verifying, Verify),
        new(LoggingIn, Redirected, Connecting, Dial),
        new(LoggingIn, Lost, Waiting, AwaitRetry),
        new(LoggingIn, Finished, Ended, End),
        new(LoggingIn, CloseAsked, LoggingOut, Drop),

        new(Verifying, Verified, LoggedIn, Resume),
        new(Verifying, LogoutRequested, LoggingOut, LogOut),
        new(Verifying, Lost, Waiting, AwaitRetry),
        new(Verifying, Finished, Ended, End),
        new(Verifying, CloseAsked, LoggingOut, LogOut),

        new(LoggedIn, LogoutRequested, Draining, Drain),
        new(LoggedIn, Lost, Waiting, AwaitRetry),
        new(LoggedIn, Finished, Ended, End),
        new(LoggedIn, CloseAsked, Draining, Drain),

        new(Draining, Drained, LoggingOut, LogOut),
        new(Draining, LogoutRequested, Draining, Nothing),
        new(Draining, Lost, Waiting, AwaitRetry),
        new(Draining, Finished, Ended, End),
        new(Draining, CloseAsked, Draining, Drain),

        new(LoggingOut, LogoutRequested, LoggingOut, Nothing),
        new(LoggingOut, Lost, Waiting, AwaitRetry),
        new(LoggingOut, Finished, Ended, End),
        new(LoggingOut, CloseAsked, LoggingOut, Nothing),

        new(Waiting, RetryDue, Connecting, Dial),
        new(Waiting, Finished, Ended, End),
        new(Waiting, CloseAsked, Ended, End),

        new(Ended, CloseAsked, Ended, Nothing),
    ];

    /// <summary>Pairs that would be our own mistake.</summary>
    public static IReadOnlyList<(IscsiSessionState State, SessionEvent Event)> Impossible { get; } =
    [
        (Connecting, LoginComplete), (Connecting, Redirected), (Connecting, Verified), (Connecting, LogoutRequested),
        (Connecting, Drained), (Connecting, RetryDue),
        (LoggingIn, Connected), (LoggingIn, Verified), (LoggingIn, LogoutRequested), (LoggingIn, Drained),
        (LoggingIn, RetryDue),
        (Verifying, Connected), (Verifying, LoginComplete), (Verifying, Redirected), (Verifying, Drained),
        (Verifying, RetryDue),
        (LoggedIn, Connected), (LoggedIn, LoginComplete), (LoggedIn, Redirected), (LoggedIn, Verified),
        (LoggedIn, Drained), (LoggedIn, RetryDue),
        (Draining, Connected), (Draining, LoginComplete), (Draining, Redirected), (Draining, Verified),
        (Draining, RetryDue),
        (LoggingOut, Connected), (LoggingOut, LoginComplete), (LoggingOut, Redirected), (LoggingOut, Verified),
        (LoggingOut, Drained), (LoggingOut, RetryDue),
        (Waiting, Connected), (Waiting, LoginComplete), (Waiting, Redirected), (Waiting, Verified),
        (Waiting, LogoutRequested), (Waiting, Drained), (Waiting, Lost),
        (Ended, Connected), (Ended, LoginComplete), (Ended, Redirected), (Ended, Verified), (Ended, LogoutRequested),
        (Ended, Drained), (Ended, Lost), (Ended, Finished), (Ended, RetryDue),
    ];

    private static readonly FrozenDictionary<(IscsiSessionState, SessionEvent), SessionTransition> s_rows =
        Rows.ToFrozenDictionary(row => (row.From, row.Event));

    public static SessionTransition Find(IscsiSessionState state, SessionEvent happened) =>
        s_rows.TryGetValue((state, happened), out var row)
            ? row
            : throw new Runtime.InvariantException($"iSCSI session: {happened} cannot happen in {state}");
}

/// <summary>One row.</summary>
internal sealed record SessionTransition(
    IscsiSessionState From, SessionEvent Event, IscsiSessionState To, SessionAction Action);

/// <summary>One transition a session has made.</summary>
/// <param name="AtNanoseconds">When, by its loop's clock.</param>
/// <param name="From">State before.</param>
/// <param name="Cause">What happened.</param>
/// <param name="To">State after.</param>
public readonly record struct IscsiSessionStep(
    long AtNanoseconds, IscsiSessionState From, string Cause, IscsiSessionState To);
