using Lunette.Initiator.Iscsi.Tests.Kit;
using Lunette.Iscsi;
using Lunette.Scsi;
using static Lunette.Initiator.Iscsi.Tests.Kit.SimulatedNetwork;

namespace Lunette.Initiator.Iscsi.Tests;

/// <summary>
/// A target that breaks no rule and gets nothing done: alive, and never an answer to what matters. Whoever waits has a
/// bound.
/// </summary>
public sealed class StubbornTargetTests : IDisposable
{
    private readonly SimulatedNetwork _net = new();

    public void Dispose() => _net.Dispose();

    [Fact]
    public async Task Close_TargetHasAskedForALogoutInNineHours_TakesTheLogoutTime()
    {
        var session = await _net.ConnectAsync();
        Swallow(0x28);
        var running = Start(session, Read10(0, 1), new byte[512]);
        _net.Pump();
        _net.Target.Last.Message(AsyncEvent.LogoutRequest, parameter3: ushort.MaxValue);
        _net.Pump();
        var waiting = Start(session, Read10(1, 1), new byte[512]);
        _net.Pump();
        var closing = session.DisposeAsync().AsTask();
        _net.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(CommandOutcome.SessionEnded, (await Within(waiting)).Outcome);
        Assert.False(running.IsCompleted);
        _net.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(CommandOutcome.ConnectionLost, (await Within(running)).Outcome);
        await Within(closing);
    }

    [Fact]
    public async Task LogoutRequest_CommandNeverAnswered_LoggedOutWithinMinutesWhateverTimeIsGiven()
    {
        var session = await _net.ConnectAsync();
        Swallow(0x28);
        var running = Start(session, Read10(0, 1), new byte[512]);
        _net.Pump();
        _net.Target.Last.Message(AsyncEvent.LogoutRequest, parameter3: ushort.MaxValue);
        _net.Pump();
        var waiting = Start(session, [0, 0, 0, 0, 0, 0]);
        _net.Advance(TimeSpan.FromSeconds(50));
        Assert.False(waiting.IsCompleted);
        _net.Target.OnPdu = null;
        _net.Advance(TimeSpan.FromSeconds(20));
        Assert.True((await Within(waiting)).IsGood);
        Assert.True((await Within(running)).IsGood);        // sent again
        await _net.CloseAsync(session);
    }

    [Fact]
    public async Task SessionDrop_WantsALongerPauseThanRecoveryMayTake_EndsAtOnce()
    {
        var session = await _net.ConnectAsync();
        Swallow(0x28);
        var running = Start(session, Read10(0, 1), new byte[512]);
        _net.Pump();
        _net.Target.Last.Message(AsyncEvent.SessionDrop, parameter2: 3600);
        _net.Pump();
        var result = await Within(running);
        Assert.Equal(CommandOutcome.ConnectionLost, result.Outcome);       // it was sent: nobody knows
        Assert.Equal(IscsiFaultKind.NotRecovered, session.Fault!.Kind);
        Assert.Contains("no login for 3600 s", session.Fault.Text, StringComparison.Ordinal);
        await Within(session.DisposeAsync().AsTask());
    }

    [Fact]
    public async Task Recovery_TargetNeverSaysWhichUnit_EndsWhenItsTimeIsOver()
    {
        var session = await _net.ConnectAsync(
            _net.Options with { VerifyIdentity = true, RecoveryTime = TimeSpan.FromSeconds(60) });
        Assert.True((await _net.RunAsync(session, [0, 0, 0, 0, 0, 0])).IsGood);
        Swallow(0x12);
        _net.Cut();
        _net.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(IscsiSessionState.Verifying, session.State);
        var waiting = Start(session, Read10(0, 1), new byte[512]);
        _net.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal(CommandOutcome.SessionEnded, (await Within(waiting)).Outcome);
        Assert.Equal(IscsiFaultKind.NotRecovered, session.Fault!.Kind);
        Assert.Contains("which logical unit LUN", session.Fault.Text, StringComparison.Ordinal);
        await Within(session.DisposeAsync().AsTask());
    }

    [Fact]
    public async Task Recovery_WindowClosedAtTheLogin_UnitsAreIdentifiedWhenItOpens()
    {
        var session = await _net.ConnectAsync(_net.Options with { VerifyIdentity = true });
        Assert.True((await _net.RunAsync(session, [0, 0, 0, 0, 0, 0])).IsGood);
        _net.Target.Window = 0;
        _net.Cut();
        _net.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(IscsiSessionState.Verifying, session.State);
        var waiting = Start(session, Read10(0, 1), new byte[512]);
        _net.Pump();
        _net.Target.Window = 1;
        _net.Target.Last.Ping(InitiatorTaskTag.Reserved.Value, []);
        _net.Advance(TimeSpan.FromSeconds(1));
        Assert.True((await Within(waiting)).IsGood);
        Assert.Equal(2, session.Settings.Logins);
        await _net.CloseAsync(session);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Window_ClosedForEver_CommandsEndWhenRecoveryTimeIsOver(bool fromTheFirst)
    {
        _net.Target.Window = fromTheFirst ? 0u : 1;
        var session = await _net.ConnectAsync(_net.Options with { RecoveryTime = TimeSpan.FromSeconds(90) });
        _net.Target.Window = 0;
        // A window never shrinks: what it has let in may be sent.
        if (!fromTheFirst) Assert.True((await _net.RunAsync(session, [0, 0, 0, 0, 0, 0])).IsGood);
        var waiting = Start(session, Read10(0, 1), new byte[512]);
        _net.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(1, _net.Target.Logins);
        _net.Advance(TimeSpan.FromSeconds(250));
        Assert.Equal(CommandOutcome.SessionEnded, (await Within(waiting)).Outcome);
        Assert.Contains("took no command", session.Fault!.Text, StringComparison.Ordinal);
        await Within(session.DisposeAsync().AsTask());
    }

    [Fact]
    public async Task Window_ClosedForAWhile_CommandWaitsAndTheSessionStays()
    {
        _net.Target.Window = 0;
        var session = await _net.ConnectAsync();
        var waiting = Start(session, Read10(0, 1), new byte[512]);
        _net.Advance(TimeSpan.FromSeconds(50));
        Assert.False(waiting.IsCompleted);
        _net.Target.Window = 8;
        _net.Target.Last.Ping(InitiatorTaskTag.Reserved.Value, []);
        _net.Advance(TimeSpan.FromSeconds(60));
        Assert.True((await Within(waiting)).IsGood);
        Assert.Equal(1, _net.Target.Logins);
        await _net.CloseAsync(session);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cancel_TargetRefusesTheAbortAndNeverAnswers_SessionIsDropped(bool rejectsThePdu)
    {
        var session = await _net.ConnectAsync();
        _net.Target.OnPdu = (side, bhs, _) =>
        {
            var header = new BasicHeaderSegment(bhs);
            if (header.OpCode == PduOpCode.TaskManagementRequest)
            {
                if (rejectsThePdu)
                    side.Send<Reject>(pdu => pdu.Reason = RejectReason.CommandNotSupported, bhs);
                else
                    side.Answer(header.InitiatorTaskTag.Value, TaskManagementResponseCode.FunctionRejected);
                return true;
            }
            return header.OpCode == PduOpCode.ScsiCommand;
        };
        using var stop = new CancellationTokenSource();
        var task = StartCancellable(session, Read10(0, 1), new byte[512], default, stop.Token);
        _net.Pump();
        await stop.CancelAsync();
        _net.Advance(TimeSpan.FromSeconds(14));
        Assert.False(task.IsCompleted);
        _net.Target.OnPdu = null;
        _net.Advance(TimeSpan.FromSeconds(3));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Within(task));
        Assert.Contains(_net.Notices, notice => notice.Fault?.Kind == IscsiFaultKind.AbortFailed);
        await _net.CloseAsync(session);
    }

    [Fact]
    public async Task Cancel_AnsweredByATargetThatDoesNotTakeTheData_EndsWithinTheAbortTime()
    {
        var session = await _net.ConnectAsync(_net.Options with { PingInterval = TimeSpan.Zero });
        _net.Target.OnPdu = (side, bhs, _) =>
        {
            var header = new BasicHeaderSegment(bhs);
            if (header.OpCode == PduOpCode.ScsiCommand) side.Respond(header.InitiatorTaskTag.Value, ScsiStatus.Good);
            return true;
        };
        _net.Clog(48);
        using var stop = new CancellationTokenSource();
        var task = StartCancellable(session, Write10(0, 128), default, new byte[65536], stop.Token);
        _net.Pump();
        // It is answered, but the memory is not the caller's yet.
        _net.Target.Last.Respond(0x10000, ScsiStatus.Good);
        _net.Advance(TimeSpan.FromMinutes(1));
        Assert.False(task.IsCompleted);
        await stop.CancelAsync();
        _net.Target.OnPdu = null;
        _net.Advance(TimeSpan.FromSeconds(16));
        Assert.True((await Within(task)).IsGood);
        await _net.CloseAsync(session);
    }

    [Fact]
    public async Task Discovery_ListThatDripsInWithoutEnd_RefusedInTime()
    {
        _net.Target.OnPdu = (side, bhs, _) =>
        {
            var header = new BasicHeaderSegment(bhs);
            if (header.OpCode != PduOpCode.TextRequest) return false;
            var tag = header.InitiatorTaskTag;
            _drips.Add(() => side.Send<TextResponse>(
                pdu =>
                {
                    pdu.Final = false;
                    pdu.Continue = true;
                    pdu.InitiatorTaskTag = tag;
                    pdu.TargetTransferTag = new(1);
                },
                "X"u8));
            return true;
        };
        var discovering = _net.Initiator.DiscoverAsync(
            new PortalAddress("sim", 3260), null, TestContext.Current.CancellationToken);
        for (var seconds = 0; seconds < 200 && !discovering.IsCompleted; seconds += 10)
        {
            _net.Advance(TimeSpan.FromSeconds(10));
            foreach (var drip in _drips) drip();
            _drips.Clear();
        }
        var thrown = await Assert.ThrowsAsync<IscsiException>(() => Within(discovering));
        Assert.Equal(IscsiFaultKind.TimedOut, thrown.Fault.Kind);
    }

    private readonly List<Action> _drips = [];

    private void Swallow(byte code) => _net.Target.OnPdu =
        (_, bhs, _) => new BasicHeaderSegment(bhs).OpCode == PduOpCode.ScsiCommand && bhs[32] == code;

    private static Task Within(Task task) => task.WaitAsync(Patience, TestContext.Current.CancellationToken);

    private static Task<T> Within<T>(Task<T> task) => task.WaitAsync(Patience, TestContext.Current.CancellationToken);
}
