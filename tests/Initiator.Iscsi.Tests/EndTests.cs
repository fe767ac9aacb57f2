using Lunette.Initiator.Iscsi.Tests.Kit;
using Lunette.Iscsi;
using Lunette.Scsi;
using static Lunette.Initiator.Iscsi.Tests.Kit.SimulatedNetwork;

namespace Lunette.Initiator.Iscsi.Tests;

/// <summary>
/// Wherever a session is when it is closed, when its initiator is disposed of or when its loop ends: whoever waits for
/// a command, a function, a cancellation or the session itself is told, within a bound.
/// </summary>
public sealed class EndTests : IDisposable
{
    private static readonly byte[] s_repeatable = Read10(0, 1);
    private static readonly byte[] s_unrepeatable = [0x16, 0, 0, 0, 0, 0];

    private readonly SimulatedNetwork _net = new();
    private readonly List<Task<ScsiResult>> _commands = [];
    private readonly List<Task<TaskManagementResult>> _functions = [];
    private readonly CancellationTokenSource _stop = new();

    public void Dispose()
    {
        _net.Dispose();
        _stop.Dispose();
    }

    public static TheoryData<IscsiSessionState, string> Ends
    {
        get
        {
            var data = new TheoryData<IscsiSessionState, string>();
            foreach (var state in Enum.GetValues<IscsiSessionState>())
                foreach (var end in (string[])["session", "session twice", "initiator", "initiator twice", "loop"])
                    data.Add(state, end);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task End_InEachState_EverybodyIsTold(IscsiSessionState state, string end)
    {
        var session = await BringToAsync(state);
        Assert.Equal(state, session.State);
        // One more is on its way to the loop, a function too, and one is cancelled.
        StartOne(session, s_repeatable);
        _functions.Add(session.ManageAsync(TaskManagementFunction.LogicalUnitReset, Lun.Zero));
        var cancelled = StartCancellable(session, s_repeatable, new byte[512], default, _stop.Token);
        await _stop.CancelAsync();

        var ending = EndBy(end, session);
        _net.Advance(TimeSpan.FromSeconds(30));
        foreach (var task in ending) await Within(task);
        await Within(session.Ended);
        foreach (var command in _commands)
        {
            var result = await Within(command);
            Assert.NotEqual(CommandOutcome.Completed, result.Outcome);
            Assert.NotEmpty(result.Fault!.Text);
        }
        foreach (var function in _functions)
        {
            var result = await Within(function);
            Assert.Equal(ServiceResponse.ServiceDeliveryOrTargetFailure, result.Response);
            Assert.NotEmpty(result.Fault!.Text);
        }
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => Refuse(await Within(cancelled)));
        await AssertOverAsync(session);
    }

    // Ended before the abort was looked at: that it had been cancelled nobody needs to know any more.
    private static void Refuse(ScsiResult result)
    {
        Assert.Equal(CommandOutcome.SessionEnded, result.Outcome);
        throw new OperationCanceledException();
    }

    // No loop looks after callers that block any more: each has a thread.
    [Fact]
    public async Task LoopEnds_CallersInThePoolWaitForEachOther_AllGoOn()
    {
        const int Callers = 4;
        var session = await _net.ConnectAsync(_net.Options with { InlineContinuations = false });
        _net.Target.OnPdu = (_, _, _) => true;
        using var all = new CountdownEvent(Callers);
        var callers = Enumerable.Range(0, Callers).Select(_ => CallAsync()).ToList();
        _net.Pump();
        _net.EndLoop();
        foreach (var caller in callers) Assert.True(await Within(caller), "a caller waits for one that never goes on");

        async Task<bool> CallAsync()
        {
            await session.ExecuteAsync(
                new IscsiCommand(Lun.Zero, s_repeatable), new byte[512], default, CancellationToken.None)
                .ConfigureAwait(false);
            all.Signal();
            return all.Wait(Patience / 2);
        }
    }

    [Theory]
    [InlineData("held dial", "loop")]
    [InlineData("held dial", "initiator")]
    [InlineData("silent login", "loop")]
    [InlineData("silent login", "initiator")]
    [InlineData("not begun", "loop")]
    [InlineData("not begun", "initiator")]
    public async Task Connect_InitiatorOrLoopEndsMeanwhile_Refused(string at, string end)
    {
        _net.HoldsDials = at == "held dial";
        _net.Target.Swallow = true;
        var stop = TestContext.Current.CancellationToken;
        var connecting = IscsiSession.ConnectAsync(_net.Initiator, _net.Options, stop);
        var discovering = _net.Initiator.DiscoverAsync(new PortalAddress("sim", 3260), null, stop);
        if (at != "not begun") _net.Pump();
        var ending = EndBy(end, null);
        _net.Advance(TimeSpan.FromSeconds(1));
        foreach (var task in ending) await Within(task);
        var kinds = new List<IscsiFaultKind>();
        foreach (var task in (Task[])[connecting, discovering])
            kinds.Add((await Assert.ThrowsAsync<IscsiException>(() => Within(task))).Fault.Kind);
        Assert.All(kinds, kind => Assert.Equal(IscsiFaultKind.Closed, kind));
    }

    [Fact]
    public async Task Connect_LoopHasEnded_RefusedAtOnce()
    {
        _net.EndLoop();
        var stop = TestContext.Current.CancellationToken;
        var connecting = await Assert.ThrowsAsync<IscsiException>(
            () => Within(IscsiSession.ConnectAsync(_net.Initiator, _net.Options, stop)));
        var discovering = await Assert.ThrowsAsync<IscsiException>(
            () => Within(_net.Initiator.DiscoverAsync(new PortalAddress("sim", 3260), null, stop)));
        Assert.Equal(IscsiFaultKind.Closed, connecting.Fault.Kind);
        Assert.Equal(IscsiFaultKind.Closed, discovering.Fault.Kind);
    }

    // An observer is the owner's code: it may wait for somebody who needs the initiator himself.
    [Fact]
    public async Task Connect_LoopHasEnded_ObserverIsToldUnderNoLock()
    {
        _net.EndLoop();
        var stop = TestContext.Current.CancellationToken;
        var wasFree = false;
        await Assert.ThrowsAsync<IscsiException>(() => IscsiSession.ConnectAsync(
            _net.Initiator, _net.Options with { Observer = _ => wasFree = IsFreeForOthers() }, stop));
        Assert.True(wasFree);

        bool IsFreeForOthers()
        {
            var another = Task.Factory.StartNew(
                () => IscsiSession.ConnectAsync(_net.Initiator, _net.Options with { Observer = null }, stop),
                stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            // No longer than the whole: what is not free within it stays locked.
            return another.Wait(Patience / 4, stop) && another.Result.IsFaulted;
        }
    }

    // The initiator is disposed of between the moment that it takes a session and the moment that this begins.
    [Fact]
    public async Task Connect_ClosedBeforeItBegins_RefusedAndNothingIsDialled()
    {
        var machine = new SessionMachine(_net.Initiator, _net.Options);
        _net.Loop.Post(machine.Call(machine.Close));
        machine.Start();
        _net.Pump();
        Assert.Empty(_net.Dials);
        Assert.Equal(IscsiSessionState.Ended, machine.State);
        var refused = await Assert.ThrowsAsync<IscsiException>(() => Within(machine.Established));
        Assert.Equal(IscsiFaultKind.Closed, refused.Fault.Kind);
        await Within(machine.WhenEnded);
    }

    [Fact]
    public async Task Connect_InitiatorDisposed_ObjectDisposed()
    {
        await Within(_net.Initiator.DisposeAsync().AsTask());
        await Within(_net.Initiator.DisposeAsync().AsTask());
        var stop = TestContext.Current.CancellationToken;
        await Assert.ThrowsAsync<ObjectDisposedException>(
            () => IscsiSession.ConnectAsync(_net.Initiator, _net.Options, stop));
        await Assert.ThrowsAsync<ObjectDisposedException>(
            () => _net.Initiator.DiscoverAsync(new PortalAddress("sim", 3260), null, stop));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Connect_GivenUp_CancelledAndNothingStaysOpen(bool isThereAlready)
    {
        using var stop = new CancellationTokenSource();
        _net.Target.Swallow = !isThereAlready;
        var connecting = IscsiSession.ConnectAsync(_net.Initiator, _net.Options, stop.Token);
        var discovering = _net.Initiator.DiscoverAsync(new PortalAddress("sim", 3260), null, stop.Token);
        if (!isThereAlready) _net.Pump();
        await stop.CancelAsync();
        _net.Advance(TimeSpan.FromSeconds(12));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Within(connecting));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Within(discovering));
        _net.Advance(TimeSpan.FromSeconds(12));
        Assert.Equal(0, _net.OpenWires);
    }

    public static TheoryData<IscsiSessionNoticeKind> NoticeKinds =>
    [
        IscsiSessionNoticeKind.LoggedIn, IscsiSessionNoticeKind.ConnectionLost, IscsiSessionNoticeKind.AttemptFailed,
        IscsiSessionNoticeKind.AsynchronousMessage, IscsiSessionNoticeKind.Ended,
    ];

    [Theory]
    [MemberData(nameof(NoticeKinds))]
    public async Task Observer_Throws_SessionEndsAndSaysSo(IscsiSessionNoticeKind kind)
    {
        var armed = false;
        var session = await _net.ConnectAsync(_net.Options with
        {
            Observer = notice =>
            {
                if (armed && notice.Kind == kind) throw new InvalidOperationException("planted");
            },
        });
        armed = true;
        _net.Target.OnPdu = (_, _, _) => true;
        StartOne(session, s_repeatable);
        _net.Pump();
        if (kind == IscsiSessionNoticeKind.AsynchronousMessage)
        {
            _net.Target.Last.Message(AsyncEvent.ScsiAsynchronousEvent);
        }
        else
        {
            _net.Reachable = kind == IscsiSessionNoticeKind.LoggedIn;
            _net.Cut();
        }
        _net.Advance(TimeSpan.FromSeconds(300));
        await Within(session.Ended);
        Assert.NotEqual(CommandOutcome.Completed, (await Within(_commands[0])).Outcome);
        if (kind == IscsiSessionNoticeKind.Ended) return;
        Assert.Equal(IscsiFaultKind.Internal, session.Fault!.Kind);
        Assert.Contains("observer", session.Fault.Text, StringComparison.Ordinal);
    }

    // --- Where it is ------------------------------------------------------------------------------------------------

    private async Task<IscsiSession> BringToAsync(IscsiSessionState state)
    {
        var session = await _net.ConnectAsync(_net.Options with { VerifyIdentity = true, QueueDepth = 3 });
        Assert.True((await _net.RunAsync(session, s_repeatable, new byte[512])).IsGood);
        _net.Target.OnPdu = (_, bhs, _) => new BasicHeaderSegment(bhs).OpCode != PduOpCode.LogoutRequest;
        StartOne(session, s_repeatable);
        StartOne(session, s_unrepeatable);
        _commands.Add(Start(session, Write10(0, 64), dataOut: new byte[32768]));
        StartOne(session, s_repeatable);            // waits for its turn
        _functions.Add(session.ManageAsync(TaskManagementFunction.AbortTaskSet, Lun.Zero));
        _net.Pump();
        switch (state)
        {
            case IscsiSessionState.LoggedIn:
                break;
            case IscsiSessionState.Draining:
                _net.Target.Last.Message(AsyncEvent.LogoutRequest, parameter3: ushort.MaxValue);
                break;
            case IscsiSessionState.LoggingOut:
                _net.Target.OnPdu = (_, _, _) => true;
                _net.Target.Last.Message(AsyncEvent.LogoutRequest, parameter3: 1);
                _net.Advance(TimeSpan.FromSeconds(1));
                break;
            case IscsiSessionState.Ended:
                _net.Reachable = false;
                _net.Cut();
                _net.Advance(TimeSpan.FromSeconds(200));
                break;
            default:
                Lose(state);
                break;
        }
        _net.Pump();
        return session;
    }

    private void Lose(IscsiSessionState state)
    {
        _net.HoldsDials = state == IscsiSessionState.Connecting;
        _net.Target.Swallow = state == IscsiSessionState.LoggingIn;
        _net.Reachable = state != IscsiSessionState.Waiting;
        _net.Cut();
        _net.Advance(TimeSpan.FromMilliseconds(100));
    }

    private List<Task> EndBy(string end, IscsiSession? session)
    {
        switch (end)
        {
            case "session": return [session!.DisposeAsync().AsTask()];
            case "session twice": return [session!.DisposeAsync().AsTask(), session.DisposeAsync().AsTask()];
            case "initiator": return [_net.Initiator.DisposeAsync().AsTask()];
            case "initiator twice":
                return [_net.Initiator.DisposeAsync().AsTask(), _net.Initiator.DisposeAsync().AsTask()];
            default:
                _net.EndLoop();
                return [];
        }
    }

    private async Task AssertOverAsync(IscsiSession session)
    {
        Assert.Equal(IscsiSessionState.Ended, session.State);
        Assert.NotNull(session.Fault);
        Assert.Equal(CommandOutcome.SessionEnded, (await Within(Start(session, s_repeatable, new byte[512]))).Outcome);
        var function = session.ManageAsync(TaskManagementFunction.AbortTaskSet, Lun.Zero);
        Assert.Equal(ServiceResponse.ServiceDeliveryOrTargetFailure, (await Within(function)).Response);
        session.Reinstate("too late");
        var describing = session.DescribeAsync();
        _net.Pump();
        Assert.Equal(IscsiSessionState.Ended, (await Within(describing))[^1].To);
        await Within(session.DisposeAsync().AsTask());
        Assert.Equal(0, _net.OpenWires);
    }

    private void StartOne(IscsiSession session, byte[] cdb) => _commands.Add(Start(session, cdb, new byte[512]));

    private static Task Within(Task task) => task.WaitAsync(Patience, TestContext.Current.CancellationToken);

    private static Task<T> Within<T>(Task<T> task) => task.WaitAsync(Patience, TestContext.Current.CancellationToken);
}
