using Lunette.Initiator.Iscsi.Tests.Kit;
using Lunette.Iscsi;
using Lunette.Scsi;
using static Lunette.Initiator.Iscsi.Tests.Kit.SimulatedNetwork;

namespace Lunette.Initiator.Iscsi.Tests;

/// <summary>Login, commands and data in every form the keys allow.</summary>
public sealed class SessionTests : IDisposable
{
    private readonly SimulatedNetwork _net = new();

    public void Dispose() => _net.Dispose();

    [Fact]
    public async Task ConnectAsync_Target_SettingsAreWhatWasAgreedOn()
    {
        var session = await _net.ConnectAsync();
        Assert.Equal(IscsiSessionState.LoggedIn, session.State);
        Assert.Equal(_net.Target.Last.Session, session.Settings.Session);
        Assert.Equal(64 << 10, session.Settings.Connection.MaxSendDataSegmentLength);
        Assert.Equal(256 << 10, session.Settings.Connection.MaxRecvDataSegmentLength);
        Assert.Equal(2, session.Settings.Session.ProtocolLevel);
        Assert.Equal(1, session.Settings.Logins);
        await _net.CloseAsync(session);
        Assert.Equal(IscsiSessionState.Ended, session.State);
        Assert.Equal(IscsiFaultKind.Closed, session.Fault!.Kind);
    }

    [Theory]
    [CombinatorialBools]
    public async Task WriteThenRead_EveryWayOfSending_SameBytes(
        bool headers, bool data, bool initialR2T, bool immediate)
    {
        _net.Splits = new Random(5);
        var session = await _net.ConnectAsync(_net.Options with
        {
            HeaderDigests = [headers ? Digest.Crc32C : Digest.None],
            DataDigests = [data ? Digest.Crc32C : Digest.None],
            InitialR2T = initialR2T,
            ImmediateData = immediate,
        });
        Assert.Equal((headers, data), (_net.Target.Last.Terms.HeaderDigest, _net.Target.Last.Terms.DataDigest));
        foreach (var blocks in (int[])[1, 8, 16, 17, 127, 128, 129, 255])
        {
            var written = Pattern(blocks * 512, blocks);
            var write = await _net.RunAsync(session, Write10(blocks, blocks), dataOut: written);
            Assert.True(write.IsGood, write.Describe());
            Assert.Equal(written, _net.Target.Disk.AsSpan(blocks * 512, written.Length));
            var back = new byte[written.Length];
            var read = await _net.RunAsync(session, Read10(blocks, blocks), back);
            Assert.True(read.IsGood, read.Describe());
            Assert.Equal(back.Length, read.DataInLength);
            Assert.Equal(written, back);
        }
        await _net.CloseAsync(session);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Received_AnySplitOfTheStream_SameBytes(int seed)
    {
        _net.Splits = new Random(seed);
        new Random(seed).NextBytes(_net.Target.Disk);
        var session = await _net.ConnectAsync(_net.Options with
        {
            HeaderDigests = [seed % 2 == 0 ? Digest.Crc32C : Digest.None],
            DataDigests = [seed % 3 == 0 ? Digest.Crc32C : Digest.None],
            MaxRecvDataSegmentLength = 8192 * seed + 512,
        });
        var random = new Random(seed);
        var reads = new List<(int Lba, byte[] Data, Task<ScsiResult> Task)>();
        for (var i = 0; i < 60; i++)
        {
            var (lba, count) = (random.Next(1700), random.Next(1, 255));
            var buffer = new byte[count * 512];
            reads.Add((lba, buffer, Start(session, Read10(lba, count), buffer)));
        }
        _net.Pump();
        foreach (var (lba, data, task) in reads)
        {
            Assert.True((await task).IsGood);
            Assert.True(_net.Target.Disk.AsSpan(lba * 512, data.Length).SequenceEqual(data), $"seed {seed}");
        }
        await _net.CloseAsync(session);
    }

    [Fact]
    public async Task Result_ShorterAndLonger_ResidualsAndSense()
    {
        var session = await _net.ConnectAsync();
        var shorter = await _net.RunAsync(session, Read10(0, 1), new byte[2048]);
        Assert.Equal((512, 1536L, true), (shorter.DataInLength, shorter.Residual, shorter.IsGood));
        var longer = await _net.RunAsync(session, Read10(0, 4), new byte[512]);
        Assert.Equal((512, -1536L), (longer.DataInLength, longer.Residual));
        var unknown = await _net.RunAsync(session, [0xC1, 0, 0, 0, 0, 0]);
        Assert.Equal(ScsiStatus.CheckCondition, unknown.Status);
        Assert.True(unknown.TryGetSense(out var sense));
        Assert.Equal(AdditionalSense.InvalidCommandOperationCode, sense.Code);
        await _net.CloseAsync(session);
    }

    [Fact]
    public async Task Command_32Bytes_ExtendedCdbFollowsTheHeader()
    {
        var session = await _net.ConnectAsync(_net.Options with { HeaderDigests = [Digest.Crc32C] });
        var ahs = 0;
        _net.Target.OnPdu = (side, bhs, _) =>
        {
            var command = Lunette.Iscsi.ScsiCommand.Over(bhs);
            ahs = command.TotalAhsLength;
            side.Respond(command.InitiatorTaskTag.Value, ScsiStatus.Good);
            return true;
        };
        var cdb = new byte[32];
        cdb[0] = 0x7F;
        Assert.True((await _net.RunAsync(session, cdb)).IsGood);
        Assert.Equal(20, ahs);
        _net.Target.OnPdu = null;
        await _net.CloseAsync(session);
    }

    [Theory]
    [InlineData(1u, 128)]
    [InlineData(64u, 3)]
    public async Task Window_SmallOrOwnDepth_NeverExceededAndAllAnswered(uint window, int depth)
    {
        _net.Target.Window = window;
        var session = await _net.ConnectAsync(_net.Options with { QueueDepth = depth });
        var held = new Queue<uint>();
        var most = 0;
        _net.Target.OnPdu = (_, bhs, _) =>
        {
            if (new BasicHeaderSegment(bhs).OpCode != PduOpCode.ScsiCommand) return false;
            held.Enqueue(new BasicHeaderSegment(bhs).InitiatorTaskTag.Value);
            most = Math.Max(most, held.Count);
            return true;
        };
        // The target's window moves when it takes a command, not when it answers: held back, it would be one ahead.
        var tasks = Enumerable.Range(0, 40).Select(_ => Start(session, [0, 0, 0, 0, 0, 0])).ToList();
        _net.Pump();
        while (held.TryDequeue(out var tag))
        {
            _net.Target.Last.Respond(tag, ScsiStatus.Good);
            _net.Pump();
        }
        Assert.All(await Task.WhenAll(tasks), result => Assert.True(result.IsGood));
        Assert.InRange(most, 1, Math.Min((int)window, depth));
        _net.Target.OnPdu = null;
        await _net.CloseAsync(session);
    }

    [Fact]
    public async Task ExecuteAsync_MoreThanTheSessionHolds_QueueFull()
    {
        var session = await _net.ConnectAsync(_net.Options with { QueueDepth = 2, PendingMax = 3 });
        var tasks = Enumerable.Range(0, 7).Select(_ => Start(session, [0, 0, 0, 0, 0, 0])).ToList();
        _net.Pump();
        var outcomes = (await Task.WhenAll(tasks)).Select(result => result.Outcome).ToList();
        Assert.Equal(5, outcomes.Count(outcome => outcome == CommandOutcome.Completed));
        Assert.Equal(2, outcomes.Count(outcome => outcome == CommandOutcome.QueueFull));
        await _net.CloseAsync(session);
        Assert.Equal(CommandOutcome.SessionEnded, (await _net.RunAsync(session, [0, 0, 0, 0, 0, 0])).Outcome);
    }

    [Fact]
    public async Task Continuation_Inline_MayStartTheNextCommand()
    {
        var session = await _net.ConnectAsync();
        var chain = ChainAsync(session, 500);
        _net.Pump();
        Assert.Equal(500, await chain.WaitAsync(Patience, TestContext.Current.CancellationToken));
        await _net.CloseAsync(session);
    }

    private static async Task<int> ChainAsync(IscsiSession session, int length)
    {
        var good = 0;
        for (var i = 0; i < length; i++)
            if ((await Start(session, [0, 0, 0, 0, 0, 0])).IsGood) good++;
        return good;
    }

    internal static byte[] Pattern(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}

/// <summary>Every combination of four flags.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CombinatorialBoolsAttribute : Xunit.v3.DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(
        System.Reflection.MethodInfo testMethod, Xunit.Sdk.DisposalTracker disposalTracker) =>
        new([.. from i in Enumerable.Range(0, 16)
            select new TheoryDataRow((i & 1) != 0, (i & 2) != 0, (i & 4) != 0, (i & 8) != 0)]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
