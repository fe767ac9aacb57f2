using System.Net;
using Lunette.Initiator.Iscsi;
using Lunette.Iscsi;
using Lunette.Scsi;
using Lunette.Simulation.Checks;
using Lunette.Simulation.Network;
using Lunette.Simulation.World;

namespace Lunette.Simulation.Machines;

/// <summary>
/// A host: our initiator with one session, which it makes anew when it has ended for good, and applications on it.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Design", "CA1001", Justification = "an initiator on loops of others holds nothing")]
internal sealed class Host
{
    private readonly SimulatedWorld _world;
    private readonly IscsiInitiator _initiator;
    private readonly SimulatedDialer _dialer;
    private IscsiSessionOptions _options;
    private IscsiSession? _session;
    private Task<IscsiSession>? _connecting;
    private bool _isNew;
    private int _sessions;

    public Host(SimulatedWorld world, int number)
    {
        _world = world;
        Name = $"host {number}";
        Key = (ulong)number + 1;
        Machine = new Machine(world.Network, Name, IPAddress.Parse($"10.0.1.{number + 1}"));
        var loop = Machine.AddLoop("loop");
        _initiator = new IscsiInitiator(
            new IscsiInitiatorOptions
            {
                Name = IscsiName.Parse($"iqn.2026-11.example:host{number}"),
                Entropy = new SeededEntropy(world.Scheduler.Random),
            },
            _dialer = new SimulatedDialer(Machine, loop));
        var scenario = world.Scenario;
        IReadOnlyList<Digest> digests = scenario.Digests ? [Digest.Crc32C] : [Digest.None];
        _options = new IscsiSessionOptions
        {
            // Callers go on by the context, that is on the one thread, and not in the pool.
            InlineContinuations = true,
            TargetName = TargetSystem.TargetName(number % scenario.Targets),
            Portals = PortalsFrom(number),
            HeaderDigests = digests,
            DataDigests = digests,
            Replay = scenario.Replays ? ReplayPolicy.Repeatable : ReplayPolicy.Never,
            RecoveryTime = TimeSpan.FromMinutes(10),
            QueueDepth = scenario.SmallBursts ? 4 : scenario.QueueDepth,
            Observer = Observe,
        };
    }

    public string Name { get; }

    /// <summary>Its reservation key.</summary>
    public ulong Key { get; }

    public Machine Machine { get; }

    /// <summary>Connections lost so far.</summary>
    public int Losses { get; private set; }

    /// <summary>The session, and the node it was at, that was last lost or is.</summary>
    public SessionWay LastWay { get; private set; } = SessionWay.Door;

    /// <summary>Whether whatever was begun is at the target: nothing waits for the session, for its
    /// turn or for the network.</summary>
    public bool HasSentAll => !_world.Scenario.SmallBursts && _session is { State: IscsiSessionState.LoggedIn }
        && _world.Network.PartitionedUntil(Machine) <= _world.Scheduler.Now;

    /// <summary>Carries out a command, over a new session where the last has ended.</summary>
    public async Task<ScsiResult> ExecuteAsync(
        int lun, byte[] cdb, Memory<byte> dataIn = default, ReadOnlyMemory<byte> dataOut = default,
        CancellationToken cancellation = default)
    {
        var session = await SessionAsync();
        try
        {
            var result = await session.ExecuteAsync(
                new IscsiCommand(Lun.FromNumber(lun), cdb), dataIn, dataOut, cancellation);
            // A LUN that was not there when the session came back is only believed by a new one.
            if (result.Outcome == CommandOutcome.IdentityChanged) await session.DisposeAsync();
            else if (IsNoWay(result) && _world.Scheduler.OneIn(4)) await SwitchNodeAsync(session);
            return result;
        }
        catch (OperationCanceledException)
        {
            return new ScsiResult { Outcome = CommandOutcome.Aborted };
        }
    }

    public async Task<TaskManagementResult> ManageAsync(TaskManagementFunction function, int lun) =>
        await (await SessionAsync()).ManageAsync(function, Lun.FromNumber(lun));

    /// <summary>Drops its connection and makes the session anew.</summary>
    public void Reinstate()
    {
        if (_session is { } session) session.Reinstate("the application says so");
    }

    /// <summary>Goes to the other node.</summary>
    public async Task SwitchNodeAsync()
    {
        if (_session is { } session) await SwitchNodeAsync(session);
    }

    public async Task LogoutAsync()
    {
        if (_session is { } session) await session.DisposeAsync();
    }

    public string? FindLeftover()
    {
        foreach (var loop in Machine.Loops) loop.Streams.Dispose();
        var leases = Machine.Buffers.DescribeLeases();
        if (leases.Count > 0) return $"{Name}: leases: " + string.Join(", ", leases);
        foreach (var loop in Machine.Loops)
            if (loop.TimersArmed > 0) return $"{Name}: {loop.TimersArmed} timers armed";
        return null;
    }

    // One step on, beginning with the portals of a node.
    private PortalAddress[] PortalsFrom(int node)
    {
        PortalAddress[] all =
            [.. TargetSystem.PortalsOf(_world.Scenario).Select(at => new PortalAddress($"{at.Address}", at.Port))];
        var first = node % _world.Scenario.Nodes * (all.Length / _world.Scenario.Nodes);
        return [.. all[first..], .. all[..first]];
    }

    private async Task SwitchNodeAsync(IscsiSession session)
    {
        if (session.State != IscsiSessionState.LoggedIn) return;
        _world.Scheduler.Log(Name, "goes to the other node");
        _options = _options with { Portals = PortalsFrom(LastWay.Node + 1) };
        await session.DisposeAsync();
    }

    // In standby, on its way to it, or not there at all.
    private bool IsNoWay(in ScsiResult result) => _world.Scenario.TwoNodes && result.TryGetSense(out var sense)
        && sense.Code is AdditionalSense.LogicalUnitNotAccessibleTargetPortInStandbyState
            or AdditionalSense.LogicalUnitNotAccessibleAsymmetricAccessStateTransition
            or AdditionalSense.LogicalUnitNotSupported;

    private async Task<IscsiSession> SessionAsync()
    {
        if (_session is { State: not IscsiSessionState.Ended } session) return session;
        var connecting = _connecting ??= ConnectAsync();
        return await connecting;
    }

    private async Task<IscsiSession> ConnectAsync()
    {
        while (true)
        {
            try
            {
                _isNew = true;
                _sessions++;
                _session = await IscsiSession.ConnectAsync(_initiator, _options);
                _connecting = null;
                return _session;
            }
            catch (IscsiException refused)
            {
                _world.Scheduler.Log(Name, "no session: " + refused.Message);
                await _world.Scheduler.Delay(TimeSpan.FromMilliseconds(_world.Scheduler.Random.Next(100, 1000)));
            }
        }
    }

    // The old session's tasks have ended before a new one of the same initiator port is let in.
    private void Observe(IscsiSessionNotice notice)
    {
        _world.Scheduler.Log(Name, $"{notice.Kind} {notice.Fault?.Kind}");
        if (notice.Kind == IscsiSessionNoticeKind.ConnectionLost) Losses++;
        if (notice.Kind != IscsiSessionNoticeKind.LoggedIn) return;
        LastWay = new(Name, _sessions, TargetSystem.NodeOf(_dialer.LastPortal!));
        if (!_isNew) _world.SessionRenewed(LastWay);
        _isNew = false;
    }
}
