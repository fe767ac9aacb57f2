using Lunette.Iscsi;

namespace Lunette.Initiator.Iscsi;

/// <summary>Why a connection, a session or a discovery ended.</summary>
public enum IscsiFaultKind : byte
{
    /// <summary>The portal could not be reached.</summary>
    ConnectFailed,

    /// <summary>The target refused the login; <see cref="IscsiFault.Status"/> says with what.</summary>
    LoginRefused,

    /// <summary>The login broke a rule, or its authentication failed.</summary>
    LoginFailed,

    /// <summary>The target moved too often, or back to where it was.</summary>
    RedirectedTooOften,

    /// <summary>The peer or the network ended the connection.</summary>
    ConnectionLost,

    /// <summary>The target broke the protocol.</summary>
    ProtocolError,

    /// <summary>A digest was wrong.</summary>
    DigestError,

    /// <summary>The target did not answer in time.</summary>
    TimedOut,

    /// <summary>The target ended or dropped the session.</summary>
    EndedByTarget,

    /// <summary>A task management function could not be carried out, so the session was dropped to end its tasks.
    /// </summary>
    AbortFailed,

    /// <summary>The session could not be established again within its time.</summary>
    NotRecovered,

    /// <summary>The caller ended it.</summary>
    Closed,

    /// <summary>A bug of ours.</summary>
    Internal,
}

/// <summary>What went wrong, said once: who comes later is told the same.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Text">What happened, and where it helps, what to do.</param>
/// <param name="Status">What the target answered to a login; success when that is not what went wrong.</param>
public sealed record IscsiFault(IscsiFaultKind Kind, string Text, LoginStatus Status = LoginStatus.Success)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Kind}: {Text}";

    internal static IscsiFault Protocol(string text) => new(IscsiFaultKind.ProtocolError, text);
}

/// <summary>A session could not be established, or a discovery not be made.</summary>
public sealed class IscsiException : Exception
{
    /// <summary>Carries the fault.</summary>
    public IscsiException(IscsiFault fault) : base(fault.ToString()) => Fault = fault;

    /// <summary>What went wrong.</summary>
    public IscsiFault Fault { get; }
}
