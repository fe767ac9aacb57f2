using System.Net;
using Lunette.Iscsi;
using Lunette.Port.Iscsi;
using Lunette.Port.Iscsi.Login;
using Lunette.Runtime.Loops;
using Microsoft.Extensions.Logging;

namespace Lunette.Target.Iscsi;

/// <summary>What a target of a program is to be. As it stands: on the loopback address, at a free port, for
/// anybody.</summary>
public sealed record IscsiTargetOptions
{
    /// <summary>The target's iSCSI name (RFC 7143 section 4.2.7).</summary>
    public IscsiName Name { get; init; } = IscsiName.Parse("iqn.2026-11.org.lunette:program");

    /// <summary>Where it listens; port 0 takes a free one.</summary>
    public IPEndPoint EndPoint { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>What an initiator proves at login (CHAP, RFC 7143 section 12.1.3); null where anybody may log in. A
    /// discovery session proves nothing.</summary>
    public ChapCredentials? Initiator { get; init; }

    /// <summary>What the target proves to an initiator that asks; needs <see cref="Initiator"/>, with another
    /// secret.</summary>
    public ChapCredentials? Target { get; init; }

    /// <summary>Decides about logins in place of <see cref="Initiator"/> and <see cref="Target"/>.</summary>
    public ILoginAuthority? Authority { get; init; }

    /// <summary>The threads that carry sessions: one unless said otherwise, since a program has its own work.</summary>
    public LoopGroupOptions Loops { get; init; } = new() { Count = 1 };

    /// <summary>The memory that tasks and connections may have together, in bytes.</summary>
    public long BufferBytesMax { get; init; } = 256 << 20;

    /// <summary>Bounds, times and terms of the iSCSI port.</summary>
    public IscsiPortOptions Port { get; init; } = new();

    /// <summary>The clock of the framework.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where sessions and refusals are told; null for nowhere.</summary>
    public ILogger? Log { get; init; }
}
