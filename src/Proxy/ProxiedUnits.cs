using System.Collections.Immutable;
using System.Threading.Channels;
using Lunette.DeviceServer;
using Lunette.Proxy.Frames;
using Lunette.Proxy.Standby;
using Lunette.Scsi;
using Lunette.Stmf;
using Lunette.Stmf.Configuration;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Observability;
using Lunette.Stmf.Transitions;
using Microsoft.Extensions.Logging;

namespace Lunette.Proxy;

/// <summary>
/// Which logical units are shared: tells the other node those of this one, and keeps something standing for each of the
/// other's as long as asymmetric access is on. What changes is looked at as a whole, by one task, in its own time.
/// </summary>
internal sealed partial class ProxiedUnits : IAsyncDisposable
{
    private readonly StmfFramework _framework;
    private readonly ProxyNode _node;
    private readonly Func<LogicalUnit, ProxiedUnit?> _describe;
    private readonly Func<ProxiedUnit, EmulatedUnit?> _stand;
    private readonly ILogger _log;
    private readonly EventSubscription _events;
    private readonly Dictionary<LogicalUnitId, StandbyUnit> _standing = [];
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly Task _listening;
    private readonly Task _following;
    private ImmutableArray<ProxiedUnit> _theirs = [];
    private ImmutableArray<ushort> _theirPorts = [];
    private (int Door, byte[] Hello, byte[] Units) _told = (0, [], []);

    public ProxiedUnits(
        StmfFramework framework, ProxyNode node, Func<LogicalUnit, ProxiedUnit?> describe,
        Func<ProxiedUnit, EmulatedUnit?> stand, ILogger log)
    {
        _framework = framework;
        _node = node;
        _describe = describe;
        _stand = stand;
        _log = log;
        _events = framework.Subscribe();
        _listening = ListenAsync();
        _following = FollowAsync();
    }

    /// <summary>Something has changed that one node or the other has to know.</summary>
    public void Announce() => _changed.Writer.TryWrite(true);

    public async ValueTask DisposeAsync()
    {
        _events.Dispose();
        await _listening;
        _changed.Writer.TryComplete();
        await _following;
        _changing.Dispose();
    }

    /// <summary>Takes away what stands by, until the other node speaks of it again; false where nothing does, or where
    /// the other node can be asked.</summary>
    public async ValueTask<bool> WithdrawAsync(LogicalUnitId id)
    {
        await _changing.WaitAsync();
        try
        {
            if (_node.IsOpen || !_standing.ContainsKey(id)) return false;
            ImmutableInterlocked.Update(ref _theirs, units => units.RemoveAll(unit => unit.Id == id));
            return await TakeAwayAsync(id, "this node takes it over");
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>The other node says who it is; false where it is the same as this one.</summary>
    public bool TakeHello(ref FrameReader frame)
    {
        var node = frame.Byte();
        var ports = ImmutableArray.CreateBuilder<ushort>();
        for (var count = frame.Word(); count > 0 && !frame.Failed; count--) ports.Add((ushort)frame.Word());
        if (node == _framework.Configuration.Alua.Node)
        {
            LogSameNode(node);
            return false;
        }
        ImmutableInterlocked.InterlockedExchange(ref _theirPorts, ports.ToImmutable());
        Announce();
        return true;
    }

    /// <summary>The other node says which logical units it owns.</summary>
    public bool TakeUnits(ref FrameReader frame)
    {
        var units = ImmutableArray.CreateBuilder<ProxiedUnit>();
        for (var count = frame.Word(); count > 0 && !frame.Failed; count--)
        {
            var unit = ProxiedUnit.Read(ref frame);
            if (!unit.Id.IsNaa6) return false;
            units.Add(unit);
        }
        ImmutableInterlocked.InterlockedExchange(ref _theirs, units.ToImmutable());
        Announce();
        return true;
    }

    private async Task ListenAsync()
    {
        while (await _events.Reader.WaitToReadAsync())
            while (_events.Reader.TryRead(out var happened))
                if (Concerns(happened)) Announce();
    }

    private static bool Concerns(StmfEvent happened) =>
        happened is LogicalUnitRegistered or LogicalUnitDeregistered or LogicalUnitStateChanged or AccessStateChanged
            or TargetPortRegistered or TargetPortDeregistered
        || (happened is ConfigurationChanged changed && changed.Changes.Any(change => change is AluaSet));

    private async Task FollowAsync()
    {
        while (await _changed.Reader.WaitToReadAsync())
            while (_changed.Reader.TryRead(out _)) await LookAsync();
    }

    private async ValueTask LookAsync()
    {
        var door = _node.DoorNumber;
        var open = door != 0;
        var shares = _framework.Configuration.Alua.Enabled;
        if (open) Tell(door, shares);
        _framework.SetPeer(open && shares ? new PeerNode(_theirPorts) : null);
        await _changing.WaitAsync();
        try
        {
            await StandAsync(shares ? _theirs : [], open);
        }
        finally
        {
            _changing.Release();
        }
    }

    // Only what is new: the other node looks at what it is told, and would answer for ever.
    private void Tell(int door, bool shares)
    {
        if (_told.Door != door) _told = (door, [], []);
        var (hello, units) = (WriteHello(), WriteUnits(shares));
        if (!hello.AsSpan().SequenceEqual(_told.Hello)) _node.Send(hello);
        if (!units.AsSpan().SequenceEqual(_told.Units)) _node.Send(units);
        _told = (door, hello, units);
    }

    private byte[] WriteHello()
    {
        var ports = _framework.TargetPorts.Select(port => port.Port.RelativePortIdentifier).Where(id => id != 0).Order()
            .ToArray();
        var hello = new FrameWriter(FrameKind.Hello)
            .Byte((byte)_framework.Configuration.Alua.Node).Word((uint)ports.Length);
        foreach (var port in ports) hello.Word(port);
        return hello.End();
    }

    private byte[] WriteUnits(bool shares)
    {
        var units = shares
            ? _framework.LogicalUnits.Where(info => info.State == ObjectState.Online
                    && info.Access == AsymmetricAccessState.ActiveOptimized && info.LogicalUnit is not StandbyUnit)
                .Select(info => _describe(info.LogicalUnit)).OfType<ProxiedUnit>().ToArray()
            : [];
        var list = new FrameWriter(FrameKind.Units).Word((uint)units.Length);
        foreach (var unit in units) unit.Write(list);
        return list.End();
    }

    private async ValueTask StandAsync(ImmutableArray<ProxiedUnit> theirs, bool open)
    {
        var wanted = theirs.Select(unit => unit.Id).ToHashSet();
        foreach (var id in _standing.Keys.Where(id => !wanted.Contains(id)).ToArray())
            await TakeAwayAsync(id, "the other node does not share it any more");
        foreach (var unit in theirs)
        {
            // What this node has itself it does not ask the other for.
            if (!_standing.ContainsKey(unit.Id) && _framework.FindLogicalUnit(unit.Id) is null)
            {
                if (_stand(unit) is not { } local) continue;
                var standing = new StandbyUnit(_node, local);
                if (!_framework.RegisterLogicalUnit(standing).Succeeded) continue;
                _standing.Add(unit.Id, standing);
            }
        }
        var access = open ? AsymmetricAccessState.ActiveNonOptimized : AsymmetricAccessState.Standby;
        foreach (var id in _standing.Keys) _framework.SetAccessState(id, access);
    }

    private async ValueTask<bool> TakeAwayAsync(LogicalUnitId id, string cause)
    {
        _framework.OfflineLogicalUnit(id, cause);
        await _framework.WaitForLogicalUnitAsync(id, online: false);
        if (!_framework.DeregisterLogicalUnit(id).Succeeded || !_standing.Remove(id, out var standing)) return false;
        _node.Forget(standing);
        return true;
    }

    [LoggerMessage(5, LogLevel.Error,
        "Both nodes say that they are node {Node}: set one of them to the other number, and open the door again")]
    private partial void LogSameNode(byte node);
}
