using System.Globalization;
using Lunette.Iscsi;
using Lunette.Port.Iscsi.Connections;
using Lunette.Port.Iscsi.Sessions;
using Lunette.Runtime;
using Lunette.Stmf.Contracts;

namespace Lunette.Port.Iscsi;

/// <summary>What an administrator says of an iSCSI target.</summary>
/// <param name="Name">Its iSCSI name.</param>
/// <param name="Alias">What it is called; empty for nothing.</param>
/// <param name="PortalGroups">Tags of the portal groups it is reached through; empty for all there are.</param>
public sealed record IscsiTargetSettings(IscsiName Name, string Alias = "", IReadOnlyList<ushort>? PortalGroups = null);

/// <summary>
/// An iSCSI target as a SCSI target port. Its portals are shared with other targets and belong to the provider; what is
/// its own are its sessions.
/// </summary>
public sealed class IscsiTargetPort : TargetPort
{
    private readonly Lock _gate = new();
    private readonly Dictionary<SessionKey, TargetSession> _sessions = [];
    private TaskCompletionSource? _empty;
    private bool _online;
    private IscsiTargetSettings _settings;

    internal IscsiTargetPort(IscsiTargetSettings settings)
    {
        _settings = settings;
        var tag = settings.PortalGroups is [var first, ..] ? first : (ushort)1;
        PortName = settings.Name.Value + ",t,0x" + tag.ToString("x4", CultureInfo.InvariantCulture);
    }

    /// <summary>What the administrator said.</summary>
    public IscsiTargetSettings Settings => Volatile.Read(ref _settings);

    /// <summary>
    /// Takes what the administrator says now: for discoveries and logins from now on; sessions stay as they are. Its
    /// name does not change.
    /// </summary>
    public void Change(IscsiTargetSettings settings)
    {
        Invariant.That(settings.Name == Settings.Name, "a target port keeps its name");
        Volatile.Write(ref _settings, settings);
    }

    /// <inheritdoc/>
    public override string Name => Settings.Name.Value;

    /// <inheritdoc/>
    public override string PortName { get; }

    /// <inheritdoc/>
    public override string Alias => Settings.Alias;

    /// <inheritdoc/>
    public override string ProviderName => "iscsit";

    /// <inheritdoc/>
    public override byte ProtocolIdentifier => 5;

    /// <summary>Whether logins are taken now.</summary>
    public bool IsOnline
    {
        get
        {
            lock (_gate) return _online;
        }
    }

    /// <inheritdoc/>
    public override ValueTask<ControlResult> OnlineAsync(CancellationToken stop)
    {
        lock (_gate) _online = true;
        return ValueTask.FromResult(ControlResult.Success);
    }

    /// <inheritdoc/>
    public override async ValueTask<ControlResult> OfflineAsync(TimeSpan deadline, CancellationToken stop)
    {
        TargetSession[] sessions;
        Task empty;
        lock (_gate)
        {
            _online = false;
            sessions = [.. _sessions.Values];
            _empty ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (sessions.Length == 0) _empty.TrySetResult();
            empty = _empty.Task;
        }
        foreach (var session in sessions) session.RequestLogout(deadline);
        await using (stop.Register(() => EndSessions(DropReason.Ended)))
            await empty;
        lock (_gate) _empty = null;
        return ControlResult.Success;
    }

    /// <inheritdoc/>
    public override ISessionCapture? Capture(ItNexus nexus)
    {
        TargetSession? session;
        lock (_gate) session = _sessions.Values.FirstOrDefault(session => ReferenceEquals(session.Nexus, nexus));
        return session is null ? null : Captures.SessionCapture.Begin(session, TimeProvider.System);
    }

    /// <summary>Whether the target is reached through a portal group.</summary>
    internal bool IsIn(ushort portalGroupTag) =>
        Settings.PortalGroups is not { Count: > 0 } groups || groups.Contains(portalGroupTag);

    internal TargetSession? FindSession(SessionKey key)
    {
        lock (_gate) return _sessions.GetValueOrDefault(key);
    }

    /// <summary>Takes a session in; false when the port is going offline, or another login was faster.</summary>
    internal bool TryAdd(TargetSession session)
    {
        lock (_gate) return _online && _sessions.TryAdd(session.Key, session);
    }

    internal void SessionClosed(TargetSession session)
    {
        lock (_gate)
        {
            if (!_sessions.TryGetValue(session.Key, out var found) || !ReferenceEquals(found, session)) return;
            _sessions.Remove(session.Key);
            if (_sessions.Count == 0) _empty?.TrySetResult();
        }
    }

    /// <summary>Ends every session now, but for one that ends by itself. Any thread.</summary>
    internal void EndSessions(DropReason reason, TargetSession? except = null)
    {
        TargetSession[] sessions;
        lock (_gate) sessions = [.. _sessions.Values];
        foreach (var session in sessions)
            if (!ReferenceEquals(session, except)) session.RequestClose(reason);
    }
}
