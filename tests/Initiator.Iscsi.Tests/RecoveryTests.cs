using Lunette.Initiator.Iscsi.Tests.Kit;
using Lunette.Iscsi;
using Lunette.Scsi;
using static Lunette.Initiator.Iscsi.Tests.Kit.SimulatedNetwork;

namespace Lunette.Initiator.Iscsi.Tests;

/// <summary>
/// What a session does when its connection is lost, and what the logical units must be when it is back.
/// </summary>
public sealed class RecoveryTests : IDisposable
{
    private static readonly byte[] s_testUnitReady = [0, 0, 0, 0, 0, 0];

    private readonly SimulatedNetwork _net = new();

    public void Dispose() => _net.Dispose();

    [Fact]
    public async Task ConnectionLost_CommandsUnderWay_SentAgainInTheirOrder()
    {
        var session = await _net.ConnectAsync(_net.Options with { VerifyIdentity = true });
        Assert.True((await _net.RunAsync(session, s_testUnitReady)).IsGood);
        var silent = true;
        var order = new List<byte>();
        _net.Target.OnPdu = (_, bhs, _) =>
        {
            if (new BasicHeaderSegment(bhs).OpCode != PduOpCode.ScsiCommand) return false;
            if (!silent && bhs[32] == 0x28) order.Add(bhs[37]);
            return silent;
        };
        var buffers = Enumerable.Range(0, 5).Select(_ => new byte[512]).ToList();
        new Random(3).NextBytes(_net.Target.Disk);
        var reads = Enumerable.Range(0, 5).Select(i => Start(session, Read10(i, 1), buffers[i])).ToList();
        _net.Pump();
        silent = false;
        _net.Cut();
        _net.Pump();
        var waiting = Start(session, Read10(9, 1), new byte[512]);
        _net.Advance(TimeSpan.FromSeconds(1));
        Assert.All(await Task.WhenAll(reads), result => Assert.True(result.IsGood, result.Describe()));
        Assert.True((await waiting).IsGood);
        for (var i = 0; i < 5; i++) Assert.True(_net.Target.Disk.AsSpan(i * 512, 512).SequenceEqual(buffers[i]));
        Assert.Equal([0, 1, 2, 3, 4, 9], order);
        Assert.Equal(2, session.Settings.Logins);
        _net.Target.OnPdu = null;
        await _net.CloseAsync(session);
    }

    [Theory]
    [InlineData(ReplayPolicy.Never, 0x28, CommandOutcome.ConnectionLost)]
    [InlineData(ReplayPolicy.Repeatable, 0x28, CommandOutcome.Completed)]
    [InlineData(ReplayPolicy.Repeatable, 0x16, CommandOutcome.ConnectionLost)]
    [InlineData(ReplayPolicy.Repeatable, 0x08, CommandOutcome.ConnectionLost)]
    [InlineData(ReplayPolicy.Always, 0x16, CommandOutcome.Completed)]
    public async Task ConnectionLost_Policy_DecidesWhatIsSentAgain(
        ReplayPolicy policy, byte code, CommandOutcome outcome)
    {
        var session = await _net.ConnectAsync(_net.Options with { Replay = policy });
        var lost = false;
        _net.Target.OnPdu = (side, bhs, _) =>
        {
            if (new BasicHeaderSegment(bhs).OpCode != PduOpCode.ScsiCommand) return false;
            if (lost) side.Respond(new BasicHeaderSegment(bhs).InitiatorTaskTag.Value, ScsiStatus.Good);
            return true;
        };
        var task = Start(session, [code, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
        _net.Pump();
        lost = true;
        _net.Cut();
        _net.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(outcome, (await task).Outcome);
        Assert.Equal(IscsiSessionState.LoggedIn, session.State);
        _net.Target.OnPdu = null;
        await _net.CloseAsync(session);
    }

    [Theory]
    [InlineData(1, CommandOutcome.Completed)]
    [InlineData(2, CommandOutcome.ConnectionLost)]
    public async Task ConnectionLost_BackInAPortalGroup_SentAgainOnlyWhereTheOldSessionHasEnded(
        int group, CommandOutcome outcome)
    {
        var session = await _net.ConnectAsync(_net.Options with { Replay = ReplayPolicy.Always });
        var sent = 0;
        _net.Target.OnPdu = (side, bhs, _) =>
        {
            if (new BasicHeaderSegment(bhs).OpCode != PduOpCode.ScsiCommand) return false;
            if (++sent > 1) side.Respond(new BasicHeaderSegment(bhs).InitiatorTaskTag.Value, ScsiStatus.Good);
            return true;
        };
        var write = Start(session, Write10(0, 1), dataOut: new byte[512]);
        _net.Pump();
        _net.Target.Terms = _net.Target.Terms with { PortalGroupTag = group };
        _net.Cut();
        _net.Pump();
        var later = Start(session, s_testUnitReady);
        _net.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(outcome, (await write).Outcome);
        Assert.Equal(CommandOutcome.Completed, (await later).Outcome);
        Assert.Equal(group == 1 ? 3 : 2, sent);
        _net.Target.OnPdu = null;
        await _net.CloseAsync(session);
    }

    [Fact]
    public async Task ConnectionLost_AnotherUnitBehindTheLun_NothingIsSentToIt()
    {
        var session = await _net.ConnectAsync(_net.Options with { VerifyIdentity = true });
        Assert.True((await _net.RunAsync(session, s_testUnitReady)).IsGood);
        var writes = 0;
        _net.Target.OnPdu = (_, bhs, _) =>
            bhs[0] == (byte)PduOpCode.ScsiCommand && bhs[32] == 0x2A && ++writes == 1;
        var write = Start(session, Write10(0, 1), dataOut: new byte[512]);
        _net.Pump();
        _net.Target.Serial = "SN-0002";
        _net.Cut();
        _net.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(CommandOutcome.IdentityChanged, (await write).Outcome);
        Assert.Equal(CommandOutcome.IdentityChanged, (await _net.RunAsync(session, s_testUnitReady)).Outcome);
        Assert.Equal(1, writes);
        Assert.Contains(_net.Notices, notice => notice.Kind == IscsiSessionNoticeKind.IdentityChanged);
        await _net.CloseAsync(session);
    }

    [Fact]
    public async Task ConnectionLost_UnitNeverIdentified_CommandComesBack()
    {
        var session = await _net.ConnectAsync(_net.Options with { VerifyIdentity = true });
        _net.Target.OnPdu = (_, bhs, _) => new BasicHeaderSegment(bhs).OpCode == PduOpCode.ScsiCommand;
        var task = Start(session, Read10(0, 1), new byte[512]);
        _net.Pump();
        _net.Target.OnPdu = null;
        _net.Cut();
        _net.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(CommandOutcome.ConnectionLost, (await task).Outcome);
        await _net.CloseAsync(session);
    }

    [Fact]
    public async Task Recovered_UnitAttentionOfTheNewNexus_NotSeenByWhatWasSentAgain()
    {
        var session = await _net.ConnectAsync();
        _net.Target.AttentionOnLogin = true;
        _net.Target.OnPdu = (_, bhs, _) => new BasicHeaderSegment(bhs).OpCode == PduOpCode.ScsiCommand;
        var task = Start(session, Read10(0, 1), new byte[512]);
        _net.Pump();
        _net.Target.OnPdu = null;
        _net.Cut();
        _net.Advance(TimeSpan.FromSeconds(1));
        Assert.True((await task).IsGood);
        Assert.Contains(_net.Notices, notice => notice.Kind == IscsiSessionNoticeKind.UnitAttentionPassed);
        await _net.CloseAsync(session);
    }

    [Fact]
    public async Task Recovery_NobodyAnswers_EndsWhenItsTimeIsOver()
    {
        var session = await _net.ConnectAsync(_net.Options with { RecoveryTime = TimeSpan.FromSeconds(30) });
        _net.Reachable = false;
        _net.Cut();
        _net.Pump();
        var waiting = Start(session, s_testUnitReady);
        _net.Advance(TimeSpan.FromSeconds(25));
        Assert.False(waiting.IsCompleted);
        Assert.InRange(_net.Dials.Count, 5, 20);            // pauses grow
        _net.Advance(TimeSpan.FromSeconds(20));
        var result = await waiting.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(CommandOutcome.SessionEnded, result.Outcome);
        Assert.Equal(IscsiFaultKind.NotRecovered, session.Fault!.Kind);
        Assert.Equal(IscsiFaultKind.NotRecovered, result.Fault!.Kind);
        await session.DisposeAsync();
    }

    [Fact]
    public async Task Recovery_TargetDropsEachNewSession_AttemptsSlowDownAndEnd()
    {
        var session = await _net.ConnectAsync(_net.Options with { RecoveryTime = TimeSpan.FromSeconds(20) });
        for (var i = 0; i < 400 && session.State != IscsiSessionState.Ended; i++)
        {
            if (session.State == IscsiSessionState.LoggedIn) _net.Cut();
            _net.Advance(TimeSpan.FromMilliseconds(100));
        }
        Assert.Equal(IscsiFaultKind.NotRecovered, session.Fault!.Kind);
        Assert.InRange(_net.Target.Logins, 3, 20);
        await session.DisposeAsync();
    }

    [Fact]
    public async Task Recovery_PoisonedCommand_ComesBackAtLast()
    {
        var session = await _net.ConnectAsync(_net.Options with { RecoveryTime = TimeSpan.FromHours(1) });
        var sent = 0;
        _net.Target.OnPdu = (side, bhs, _) =>
        {
            if (bhs[32] != 0x28) return false;
            sent++;
            side.Closing = true;
            return true;
        };
        var task = Start(session, Read10(0, 1), new byte[512]);
        _net.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(CommandOutcome.ConnectionLost, (await task).Outcome);
        Assert.Equal(17, sent);
        _net.Target.OnPdu = null;
        await _net.CloseAsync(session);
    }

    [Fact]
    public async Task Ping_TargetSilent_SessionIsMadeAgain()
    {
        var session = await _net.ConnectAsync();
        _net.Advance(TimeSpan.FromMinutes(2));                  // answered pings keep it
        Assert.Equal(1, _net.Target.Logins);
        _net.Target.OnPdu = (_, _, _) => true;
        _net.Advance(TimeSpan.FromSeconds(19));
        Assert.Equal(1, _net.Target.Logins);
        _net.Advance(TimeSpan.FromSeconds(12));
        Assert.Equal(2, _net.Target.Logins);
        Assert.Contains(_net.Notices, notice => notice.Fault?.Kind == IscsiFaultKind.TimedOut);
        _net.Target.OnPdu = null;
        await _net.CloseAsync(session);
    }

    [Fact]
    public async Task Ping_MachineStoodStillAndTheAnswerIsHere_SessionStays()
    {
        var session = await _net.ConnectAsync();
        _net.Target.OnPdu = (_, _, _) => true;
        _net.StandStill(TimeSpan.FromMinutes(10));              // the login was heard of
        _net.StandStill(TimeSpan.FromMinutes(10));              // nothing since: the target is asked
        _net.Target.Last.Ping(77, "still here"u8);
        _net.StandStill(TimeSpan.FromMinutes(10));
        _net.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(1, _net.Target.Logins);
        _net.Target.OnPdu = null;
        await _net.CloseAsync(session);
    }

    [Fact]
    public async Task LogoutRequest_CommandsUnderWay_EndedThenLoggedOutAndBack()
    {
        var session = await _net.ConnectAsync();
        uint held = 0;
        _net.Target.OnPdu = (_, bhs, _) =>
        {
            if (bhs[32] != 0x28) return false;
            held = new BasicHeaderSegment(bhs).InitiatorTaskTag.Value;
            return true;
        };
        var running = Start(session, Read10(0, 1), new byte[512]);
        _net.Pump();
        var first = _net.Target.Last;
        first.Message(AsyncEvent.LogoutRequest, parameter3: 10);
        _net.Pump();
        Assert.Equal(IscsiSessionState.Draining, session.State);
        var waiting = Start(session, s_testUnitReady);
        _net.Pump();
        Assert.False(waiting.IsCompleted);
        first.Respond(held, ScsiStatus.Good);
        _net.Advance(TimeSpan.FromSeconds(1));
        Assert.True((await running).IsGood);
        Assert.True((await waiting).IsGood);
        Assert.True(first.Closing);
        Assert.Equal(2, session.Settings.Logins);
        _net.Target.OnPdu = null;
        await _net.CloseAsync(session);
    }

    [Fact]
    public async Task SessionDrop_Time2Wait_IsWaited()
    {
        var session = await _net.ConnectAsync();
        _net.Target.Last.Message(AsyncEvent.SessionDrop, parameter2: 7);
        _net.Pump();
        Assert.Equal(IscsiSessionState.Waiting, session.State);
        _net.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(1, _net.Target.Logins);
        _net.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(2, _net.Target.Logins);
        await _net.CloseAsync(session);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task ConnectionCutAtRandom_VerifyingWorkload_NoBlockLostOrWrong(int seed)
    {
        var random = new Random(seed);
        _net.Splits = new Random(seed);
        _net.Target.AttentionOnLogin = true;
        var digests = seed % 2 == 0 ? Digest.Crc32C : Digest.None;
        var session = await _net.ConnectAsync(_net.Options with
        {
            VerifyIdentity = true,
            QueueDepth = 8,
            HeaderDigests = [digests],
            DataDigests = [digests],
            RecoveryTime = TimeSpan.FromHours(1),
        });
        // Each worker has blocks of its own, so that it knows what must stand there.
        var stop = false;
        var workers = Enumerable.Range(0, 12).Select(i => WorkAsync(session, i * 160, seed + i, () => stop)).ToList();
        var cuts = 0;
        _net.Target.OnPdu = (side, bhs, _) =>
        {
            // Somewhere in the middle of things: the answer is lost, the work may have been done.
            if (random.Next(60) != 0) return false;
            cuts++;
            side.Closing = true;
            return random.Next(2) == 0;
        };
        for (var i = 0; i < 4000 && cuts < 100; i++) _net.Advance(TimeSpan.FromMilliseconds(100));
        _net.Target.OnPdu = null;
        stop = true;
        _net.Advance(TimeSpan.FromSeconds(60));
        foreach (var worker in workers)
            Assert.True(await worker.WaitAsync(Patience, TestContext.Current.CancellationToken) > 5, $"seed {seed}");
        Assert.InRange(cuts, 100, 1000);
        Assert.InRange(session.Settings.Logins, 50, 1000);
        await _net.CloseAsync(session);
    }

    private static async Task<int> WorkAsync(IscsiSession session, int lba, int seed, Func<bool> stop)
    {
        var random = new Random(seed);
        var rounds = 0;
        while (!stop())
        {
            var count = random.Next(1, 160);
            var data = new byte[count * 512];
            random.NextBytes(data);
            var write = await RetryAsync(session, Write10(lba, count), default, data);
            Assert.True(write.IsGood, write.Describe());
            var back = new byte[data.Length];
            var read = await RetryAsync(session, Read10(lba, count), back, default);
            Assert.True(read.IsGood, read.Describe());
            Assert.True(data.AsSpan().SequenceEqual(back), $"seed {seed}, round {rounds}");
            rounds++;
        }
        return rounds;
    }

    // A unit attention that a command of its own meets is the caller's to see, as with any disk.
    private static async Task<ScsiResult> RetryAsync(
        IscsiSession session, byte[] cdb, Memory<byte> dataIn, ReadOnlyMemory<byte> dataOut)
    {
        while (true)
        {
            var result = await Start(session, cdb, dataIn, dataOut);
            if (result.TryGetSense(out var sense) && sense.Key == SenseKey.UnitAttention) continue;
            if (result.Outcome == CommandOutcome.ConnectionLost) continue;      // not identified yet
            return result;
        }
    }
}
