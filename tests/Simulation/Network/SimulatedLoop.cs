using System.Net;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Streams;
using Lunette.Simulation.World;

namespace Lunette.Simulation.Network;

/// <summary>
/// The product's loop, run by the scheduler: one round is one event. It dies with its machine and then runs no more.
/// </summary>
internal sealed class SimulatedLoop : StreamLoop
{
    private readonly Scheduler _scheduler;
    private readonly Machine _machine;
    private List<SimulatedConnection> _ready = [];
    private List<SimulatedConnection> _served = [];
    private bool _scheduled;
    private long _timerAt = long.MaxValue;

    public SimulatedLoop(Machine machine, LoopOptions options) : base(options, new SpinGovernor(budget: null))
    {
        _scheduler = machine.Scheduler;
        _machine = machine;
        OnFault = fault => _scheduler.Fail(new SimulationException($"fault in {fault.During}: {fault.Exception}"));
        Schedule();
    }

    public Machine Machine => _machine;

    /// <inheritdoc/>
    public override StreamListener Listen(IPEndPoint endPoint, int backlog, IStreamAcceptor acceptor) =>
        _machine.Network.Listen(this, endPoint, acceptor);

    /// <inheritdoc/>
    public override void Connect(IPEndPoint remote, StreamConnect told) =>
        throw new NotSupportedException("simulated connections are dialled");

    /// <summary>A connection has something to say.</summary>
    public void Signal(SimulatedConnection connection)
    {
        _ready.Add(connection);
        Schedule();
    }

    public void Count(int change) => CountStream(change);

    /// <inheritdoc/>
    protected override int Poll(long timeoutNanoseconds) => _ready.Count;

    /// <inheritdoc/>
    protected override void Dispatch(int events)
    {
        (_ready, _served) = (_served, _ready);
        foreach (var connection in _served)
        {
            connection.Signalled = false;
            if (connection.Home != this) continue;
            Guard(connection, connection.CanReceive, connection.CanSend, connection.IsBroken);
            connection.SignalIfReady();
        }
        _served.Clear();
    }

    /// <inheritdoc/>
    protected override void Wake() => Schedule();

    /// <inheritdoc/>
    protected override void CloseAll() => throw new NotSupportedException("a simulated loop ends with its machine");

    private void Schedule()
    {
        _scheduler.CheckThread();
        if (_scheduled) return;
        _scheduled = true;
        _scheduler.After(_scheduler.Microseconds(20), Round);
    }

    private void Round()
    {
        _scheduled = false;
        if (!_machine.IsAlive) return;
        if (RunRound() || _ready.Count > 0) Schedule();
        var timer = NanosecondsToNextTimer;
        if (timer < 0 || _scheduler.Now + timer >= _timerAt) return;
        var at = _timerAt = _scheduler.Now + timer;
        _scheduler.At(at, () => TimerDue(at));
    }

    private void TimerDue(long at)
    {
        if (_timerAt == at) _timerAt = long.MaxValue;
        Schedule();
    }
}
