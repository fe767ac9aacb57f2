using Lunette.DeviceServer;
using Lunette.Proxy.Frames;
using Lunette.Proxy.Owner;
using Lunette.Proxy.Standby;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Scsi;
using Lunette.Stmf;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Contracts.Tasks;
using Microsoft.Extensions.Logging;

namespace Lunette.Proxy;

/// <summary>
/// One of two nodes that share logical units (asymmetric access): through the proxy door it tells the other node which
/// logical units it owns, shows those the other node owns, carries commands for them there, and carries out what the
/// other node's initiators ask of its own. One door at a time; any thread.
/// </summary>
public sealed partial class ProxyNode : IAsyncDisposable
{
    /// <summary>The name of the provider, as COMSTAR's.</summary>
    public const string ProviderName = "pppt";

    /// <summary>Bytes of Data-Out one command may carry.</summary>
    public const int TransferLengthMax = 8 << 20;

    private const int NexusesMax = 65536;

    private readonly StmfFramework _framework;
    private readonly Func<Loop> _loop;
    private readonly BufferPool _buffers;
    private readonly TimeProvider _time;
    private readonly ProxiedUnits _shown;
    private readonly ILogger<ProxyNode> _log;
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, Forwarded> _forwarded = [];
    private readonly Dictionary<ulong, (StandbyUnit Unit, TaskManagementRequest Request)> _managing = [];
    private readonly Dictionary<ulong, HashSet<StandbyUnit>> _met = [];
    private readonly Dictionary<ulong, OwnedNexus> _owned = [];
    private Door? _door;
    private int _number;
    private ulong _ids;

    /// <summary>Makes a node without a door.</summary>
    /// <param name="framework">Where logical units are.</param>
    /// <param name="loop">A loop for a nexus of the other node.</param>
    /// <param name="buffers">Where its data come from.</param>
    /// <param name="time">The clock.</param>
    /// <param name="describe">Describes a logical unit for the other node; null for one that is not shared.</param>
    /// <param name="stand">Makes what stands for one of the other node's, without a medium; null where what the other
    /// node says of it cannot be.</param>
    /// <param name="log">Hears of doors and what was wrong with them.</param>
    public ProxyNode(
        StmfFramework framework, Func<Loop> loop, BufferPool buffers, TimeProvider time,
        Func<LogicalUnit, ProxiedUnit?> describe, Func<ProxiedUnit, EmulatedUnit?> stand, ILogger<ProxyNode> log)
    {
        _framework = framework;
        _loop = loop;
        _buffers = buffers;
        _time = time;
        _log = log;
        _shown = new ProxiedUnits(framework, this, describe, stand, log);
    }

    /// <summary>Whether there is a way to the other node.</summary>
    public bool IsOpen => DoorNumber != 0;

    /// <summary>What is under way through the door and kept of nexuses; any thread.</summary>
    public ProxyLoad Load
    {
        get
        {
            lock (_gate) return new(_forwarded.Count, _managing.Count, _met.Count, _owned.Count);
        }
    }

    /// <summary>Installs a door; null where there is one already.</summary>
    /// <param name="stream">A connected stream to the other node, which the node then owns.</param>
    /// <returns>The door's number.</returns>
    public int? Open(Stream stream)
    {
        Door door;
        int number;
        lock (_gate)
        {
            if (_door is not null) return null;
            _door = door = new Door(stream);
            number = ++_number;
        }
        LogOpened(number);
        door.Start(frame => Take(door, frame), () => Ended(door));
        _shown.Announce();
        return number;
    }

    /// <summary>Takes a frame as if it had come through the door; false where it is none, or there is no such
    /// door.</summary>
    public bool Post(int number, ReadOnlySpan<byte> frame)
    {
        lock (_gate) return number == _number && _door is { } door && door.TryPost(frame);
    }

    /// <summary>Takes a door away; what stands for the other node's logical units is in standby.</summary>
    public async ValueTask CloseAsync(int number)
    {
        Door? door;
        lock (_gate) door = number == _number ? _door : null;
        if (door is not null) await door.DisposeAsync();
    }

    /// <summary>Takes away what stands by for a logical unit of the other node, so that this node can have it itself;
    /// false where nothing does, or where there is a door.</summary>
    public ValueTask<bool> WithdrawAsync(LogicalUnitId id) => _shown.WithdrawAsync(id);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync(_number);
        await _shown.DisposeAsync();
    }

    /// <summary>The number of the open door; 0 for none.</summary>
    internal int DoorNumber
    {
        get
        {
            lock (_gate) return _door is null ? 0 : _number;
        }
    }

    internal void Send(byte[] frame)
    {
        Door? door;
        lock (_gate) door = _door;
        // A peer that takes nothing any more is found by its stream.
        if (door is not null && !door.TrySend(frame)) LogNotTaken();
    }

    internal bool TryForward(Forwarded forwarded)
    {
        var task = forwarded.Task;
        var id = Interlocked.Increment(ref _ids);
        var frame = OwnedTask.Write(id, forwarded.Unit.Id, task);
        lock (_gate)
        {
            if (_door is null || !Meet(task.Nexus, forwarded.Unit) || !_door.TrySend(frame)) return false;
            _forwarded.Add(id, forwarded);
            return true;
        }
    }

    internal bool TryManage(StandbyUnit unit, TaskManagementRequest request)
    {
        var id = Interlocked.Increment(ref _ids);
        lock (_gate)
        {
            if (_door is null) return false;
            if (StandbyUnit.ConcernsAll(request.Function))
            {
                if (!Meet(request.Nexus, unit)) return false;
            }
            else if (!_met.TryGetValue(request.Nexus.Number, out var units) || !units.Contains(unit))
            {
                // Of a nexus the owner never heard of it has nothing to let go.
                return false;
            }
            var last = request.NexusIsGone && Leave(request.Nexus.Number, unit);
            if (!_door.TrySend(OwnedManagement.Write(id, unit.Id, request, last))) return false;
            _managing.Add(id, (unit, request));
            return true;
        }
    }

    /// <summary>What stood by is gone: the owner forgets the nexuses that had nothing else there.</summary>
    internal void Forget(StandbyUnit unit)
    {
        lock (_gate)
        {
            foreach (var nexus in _met.Where(met => met.Value.Contains(unit)).Select(met => met.Key).ToArray())
            {
                var id = Interlocked.Increment(ref _ids);
                _door?.TrySend(OwnedManagement.WriteGone(id, unit.Id, nexus, Leave(nexus, unit)));
            }
        }
    }

    // Under the lock: the owner knows a nexus as long as it uses one of its logical units.
    private bool Meet(ItNexus nexus, StandbyUnit unit)
    {
        if (!_met.TryGetValue(nexus.Number, out var units))
        {
            if (!_door!.TrySend(OwnedNexus.Meet(nexus))) return false;
            _met.Add(nexus.Number, units = []);
        }
        units.Add(unit);
        return true;
    }

    private bool Leave(ulong nexus, StandbyUnit unit)
    {
        var units = _met[nexus];
        units.Remove(unit);
        return units.Count == 0 && _met.Remove(nexus);
    }

    /// <summary>Takes one frame without its length; false where it is none, which ends the door.</summary>
    internal bool Take(Door door, ReadOnlyMemory<byte> bytes)
    {
        var frame = new FrameReader(bytes.Span);
        var taken = (FrameKind)frame.Byte() switch
        {
            FrameKind.Hello => _shown.TakeHello(ref frame),
            FrameKind.Units => _shown.TakeUnits(ref frame),
            FrameKind.Meet => TakeNexus(ref frame),
            FrameKind.Command => TakeCommand(door, ref frame),
            FrameKind.Result => TakeResult(ref frame),
            FrameKind.Manage => TakeManagement(door, ref frame),
            FrameKind.Managed => TakeManaged(ref frame),
            _ => false,
        };
        if (!taken || frame.Failed) LogNonsense();
        return taken && !frame.Failed;
    }

    private bool TakeNexus(ref FrameReader frame)
    {
        var activity = _framework.CountOn(_loop());
        if (OwnedNexus.Read(ref frame, activity, _time.GetUtcNow()) is not var (number, nexus)) return false;
        lock (_gate) return _owned.Count < NexusesMax && (_owned.TryAdd(number, nexus) || true);
    }

    private bool TakeCommand(Door door, ref FrameReader frame)
    {
        var id = frame.Long();
        if (FindNexus(frame.Long()) is not { } nexus) return false;
        if (OwnedTask.Read(ref frame, door, _buffers, id, nexus.Nexus) is not var (task, unit)) return false;
        nexus.Nexus.Loop.Post(new Call(() => Begin(nexus, task, unit)));
        return true;
    }

    private void Begin(OwnedNexus nexus, OwnedTask task, LogicalUnitId id)
    {
        if (FindOwned(id) is not { } unit)
        {
            task.Refuse(new(SenseKey.NotReady, AdditionalSense.LogicalUnitNotAccessibleTargetPortInStandbyState));
            return;
        }
        nexus.Units[id] = unit;
        task.Start(unit);
    }

    private bool TakeResult(ref FrameReader frame)
    {
        Forwarded? forwarded;
        var id = frame.Long();
        lock (_gate) _forwarded.Remove(id, out forwarded);
        if (forwarded is null) return true;
        if (!forwarded.Take(ref frame)) forwarded.Lose();
        forwarded.Task.Nexus.Loop.Post(forwarded.Task);
        return true;
    }

    private bool TakeManagement(Door door, ref FrameReader frame)
    {
        var id = frame.Long();
        if (FindNexus(frame.Long()) is not { } nexus) return false;
        var (request, unitId) = OwnedManagement.Read(ref frame, door, id, nexus.Nexus);
        if (frame.Failed || !Enum.IsDefined(request.Function)) return false;
        if (request.NexusIsGone && request.Function != TaskManagementFunction.ItNexusReset) return false;
        if (request.IsLastOfNexus)
        {
            lock (_gate) _owned.Remove(nexus.Nexus.Number);
        }
        nexus.Nexus.Loop.Post(new Call(() => Manage(nexus, request, unitId)));
        return true;
    }

    private void Manage(OwnedNexus nexus, OwnedManagement request, LogicalUnitId id)
    {
        if (request.NexusIsGone)
        {
            if (nexus.Units.Remove(id, out var known) && IsThere(known)) known.Manage(request);
            else request.Complete(ServiceResponse.FunctionComplete);
            if (request.IsLastOfNexus) LetGo(nexus);
        }
        else if (FindOwned(id) is { } unit)
        {
            nexus.Units[id] = unit;
            unit.Manage(request);
        }
        else
        {
            request.Complete(ServiceResponse.IncorrectLogicalUnitNumber);
        }
    }

    private bool TakeManaged(ref FrameReader frame)
    {
        (StandbyUnit Unit, TaskManagementRequest Request) managed;
        var id = frame.Long();
        var response = (ServiceResponse)frame.Byte();
        var additional = frame.Word();
        if (frame.Failed || !Enum.IsDefined(response)) return false;
        lock (_gate)
        {
            if (!_managing.Remove(id, out managed)) return true;
        }
        managed.Request.AdditionalResponse = additional;
        managed.Unit.Managed(managed.Request, response);
        return true;
    }

    private OwnedNexus? FindNexus(ulong number)
    {
        lock (_gate) return _owned.GetValueOrDefault(number);
    }

    private LogicalUnit? FindOwned(LogicalUnitId id) =>
        _framework.FindLogicalUnit(id) is { State: Stmf.Transitions.ObjectState.Online } info
        && info.LogicalUnit is not StandbyUnit ? info.LogicalUnit : null;

    // One that was deregistered is offline and has no task left.
    private bool IsThere(LogicalUnit unit) => _framework.FindLogicalUnit(unit.Id)?.LogicalUnit == unit;

    private void Ended(Door door)
    {
        Forwarded[] lost;
        (StandbyUnit Unit, TaskManagementRequest Request)[] unmanaged;
        OwnedNexus[] nexuses;
        lock (_gate)
        {
            if (_door != door) return;
            _door = null;
            lost = [.. _forwarded.Values];
            unmanaged = [.. _managing.Values];
            nexuses = [.. _owned.Values];
            _forwarded.Clear();
            _managing.Clear();
            _met.Clear();
            _owned.Clear();
        }
        LogEnded();
        foreach (var forwarded in lost)
        {
            forwarded.Lose();
            forwarded.Task.Nexus.Loop.Post(forwarded.Task);
        }
        foreach (var (unit, request) in unmanaged)
            unit.Managed(request, ServiceResponse.ServiceDeliveryOrTargetFailure);
        foreach (var nexus in nexuses) nexus.Nexus.Loop.Post(new Call(() => LetGo(nexus)));
        _shown.Announce();
    }

    private void LetGo(OwnedNexus nexus)
    {
        foreach (var unit in nexus.Units.Values)
        {
            if (!IsThere(unit)) continue;
            unit.Manage(new OwnedManagement(null, 0)
            {
                Nexus = nexus.Nexus,
                Function = TaskManagementFunction.ItNexusReset,
                NexusIsGone = true,
            });
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Proxy door {Number} is open")]
    private partial void LogOpened(int number);

    [LoggerMessage(2, LogLevel.Warning, "The proxy door is closed: the other node's logical units are in standby")]
    private partial void LogEnded();

    [LoggerMessage(3, LogLevel.Warning, "The other node said something that is no frame, or out of turn")]
    private partial void LogNonsense();

    [LoggerMessage(4, LogLevel.Warning, "The other node does not take what it is sent")]
    private partial void LogNotTaken();
}
