using System.Buffers.Binary;
using System.Text;
using Lunette.Iscsi;
using Lunette.Runtime.Loops;
using Lunette.Scsi;
using Lunette.Testing.Wire;

namespace Lunette.Initiator.Iscsi.Tests.Wire;

/// <summary>Over TCP, against tgt and against our own target.</summary>
public class WireTests
{
    private const string HostSecret = "the-hosts-secret";
    private const string DiskSecret = "the-disks-secret";
    private const int BlockLength = 512;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(180);
    private static readonly ChapCredentials s_host = new("host", new(Encoding.ASCII.GetBytes(HostSecret)));
    private static readonly ChapCredentials s_disk = new("disk", new(Encoding.ASCII.GetBytes(DiskSecret)));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("lunette", false, false)]
    [InlineData("lunette", true, false)]
    [InlineData("lunette", false, true)]
    [InlineData("tgt", false, false)]
    [InlineData("tgt", true, false)]
    [InlineData("tgt", false, true)]
    public async Task Disk_CopiedWhole32Deep_ReadsBackTheSame(string peer, bool digests, bool portable)
    {
        await using var target = await StartAsync(peer);
        await using var initiator = NewInitiator(portable);
        await using var session = await ConnectAsync(initiator, target.Port, digests);
        Assert.Equal(digests, session.Settings.Connection.DataDigest);
        var disk = new byte[IWireTarget.LengthBytes];
        new Random(11).NextBytes(disk);
        Assert.True(await CopyAsync(session, target, disk, write: true));
        var back = new byte[disk.Length];
        Assert.True(await CopyAsync(session, target, back, write: false));
        Assert.True(disk.AsSpan().SequenceEqual(back));
    }

    [Theory]
    [InlineData("lunette", ChapAlgorithm.Md5, false)]
    [InlineData("lunette", ChapAlgorithm.Sha1, true)]
    [InlineData("lunette", ChapAlgorithm.Sha256, true)]
    [InlineData("lunette", ChapAlgorithm.Sha3, true)]
    // tgt has SHA-1 under the number of SHA-256 (7), so MD5 is what the two have in common.
    [InlineData("tgt", ChapAlgorithm.Md5, false)]
    [InlineData("tgt", ChapAlgorithm.Md5, true)]
    public async Task Chap_RightAndWrongSecret_InAndOut(string peer, ChapAlgorithm algorithm, bool mutual)
    {
        await using var target = await StartAsync(peer, new WireSecrets(s_host, mutual ? s_disk : null));
        await using var initiator = NewInitiator();
        var options = Options(target.Port, digests: false) with
        {
            Credentials = s_host,
            TargetCredentials = mutual ? s_disk : null,
            Algorithms = [algorithm],
        };
        await using (var session = await IscsiSession.ConnectAsync(initiator, options, Stop))
        {
            Assert.Equal(mutual, session.Settings.TargetProven);
            Assert.True((await RunAsync(session, target, [0x12, 0, 0, 0, 36, 0], new byte[36])).IsGood);
        }
        var wrong = options with { Credentials = new ChapCredentials("host", new("not-the-secret"u8)) };
        var thrown = await Assert.ThrowsAsync<IscsiException>(() => IscsiSession.ConnectAsync(initiator, wrong, Stop));
        Assert.True(thrown.Fault.Kind is IscsiFaultKind.LoginRefused or IscsiFaultKind.LoginFailed
            or IscsiFaultKind.ConnectionLost, thrown.Message);
    }

    [Theory]
    [InlineData("lunette")]
    [InlineData("tgt")]
    public async Task Discover_Portal_NamesTheTarget(string peer)
    {
        await using var target = await StartAsync(peer);
        await using var initiator = NewInitiator();
        var targets = await initiator.DiscoverAsync(new PortalAddress("127.0.0.1", target.Port), null, Stop);
        var found = Assert.Single(targets);
        Assert.Equal(IWireTarget.Name, found.Name);
        Assert.Contains(found.Addresses, address => address.Port == target.Port);
    }

    [Theory]
    [InlineData("lunette")]
    [InlineData("tgt")]
    public async Task Manage_Functions_AreAnswered(string peer)
    {
        await using var target = await StartAsync(peer);
        await using var initiator = NewInitiator();
        await using var session = await ConnectAsync(initiator, target.Port, digests: false);
        var lun = Lun.FromNumber(target.LunNumber);
        foreach (var function in (TaskManagementFunction[])
            [TaskManagementFunction.AbortTaskSet, TaskManagementFunction.LogicalUnitReset])
        {
            var result = await session.ManageAsync(function, lun).WaitAsync(s_patience, Stop);
            Assert.True(result.Response == ServiceResponse.FunctionComplete, $"{function}: {result}");
        }
        Assert.True((await RunAsync(session, target, [0x12, 0, 0, 0, 36, 0], new byte[36])).IsGood);
    }

    [Theory]
    [InlineData("lunette", false)]
    [InlineData("lunette", true)]
    [InlineData("tgt", false)]
    public async Task ConnectionKilledAgainAndAgain_VerifyingWorkload_NoBlockLostOrWrong(string peer, bool digests)
    {
        const int Kills = 100;
        await using var target = await StartAsync(peer);
        await using var proxy = new CuttingProxy(target.Port);
        await using var initiator = NewInitiator();
        await using var session = await ConnectAsync(initiator, proxy.Port, digests);
        using var stop = new CancellationTokenSource();
        var workers = Enumerable.Range(0, 16)
            .Select(i => WorkAsync(session, target, i * 2000, i, stop.Token)).ToList();
        var kills = 0;
        var random = new Random(5);
        while (kills < Kills && workers.TrueForAll(worker => !worker.IsCompleted))
        {
            // Paced by the workload itself: some commands further on, at a place nobody chose.
            var after = random.Next(1, 50);
            for (var seen = Volatile.Read(ref s_done) + after; Volatile.Read(ref s_done) < seen;)
                await Task.Delay(1, Stop);
            if (proxy.Cut()) kills++;
        }
        await stop.CancelAsync();
        foreach (var worker in workers) await worker.WaitAsync(s_patience, Stop);
        Assert.Equal(Kills, kills);
        Assert.InRange(session.Settings.Logins, 20, Kills + 1);
    }

    // Callers may block: whoever ended with them goes on all the same.
    [Fact]
    public async Task Continuations_OneBlocksUntilAllOthersAreThrough_NobodyIsHeldUp()
    {
        const int Commands = 64;
        await using var target = await StartAsync("lunette");
        await using var initiator = NewInitiator();
        await using var session = await ConnectAsync(initiator, target.Port, digests: false);
        var (first, through, issued) = (0, 0, false);
        var callers = Enumerable.Range(0, Commands).Select(_ => CallAsync()).ToArray();
        Volatile.Write(ref issued, true);
        await Task.WhenAll(callers).WaitAsync(s_patience, Stop);

        async Task CallAsync()
        {
            await RunAsync(session, target, Cdb(0x88, 0, 512), new byte[512 * BlockLength]).ConfigureAwait(false);
            // Whoever ended before all were sent went on by himself.
            if (!Volatile.Read(ref issued) || Interlocked.Exchange(ref first, 1) != 0)
                Interlocked.Increment(ref through);
            else
                Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref through) == Commands - 1, s_patience));
        }
    }

    // What a caller starts may be kept until those behind it have gone on, but not for as long as it likes.
    [Fact]
    public async Task Continuations_EachBlocksOnItsOwnNextCommand_ItIsSent()
    {
        await using var target = await StartAsync("lunette");
        await using var initiator = NewInitiator();
        await using var session = await ConnectAsync(initiator, target.Port, digests: false);
        var callers = Enumerable.Range(0, 16).Select(_ => CallAsync()).ToArray();
        await Task.WhenAll(callers).WaitAsync(s_patience, Stop);

        async Task CallAsync()
        {
            var block = new byte[BlockLength];
            await RunAsync(session, target, Cdb(0x88, 0, 1), block).ConfigureAwait(false);
            var next = RunAsync(session, target, Cdb(0x88, 0, 1), block);
            Assert.True(SpinWait.SpinUntil(() => next.IsCompleted, s_patience));
            await next;
        }
    }

    private static long s_done;

    private static async Task WorkAsync(
        IscsiSession session, IWireTarget target, int lba, int seed, CancellationToken stop)
    {
        var random = new Random(seed);
        while (!stop.IsCancellationRequested)
        {
            var count = random.Next(1, 300);
            var data = new byte[count * BlockLength];
            random.NextBytes(data);
            var write = await RetryAsync(session, target, Cdb(0x8A, lba, count), default, data);
            Assert.True(write.IsGood, write.Describe());
            var back = new byte[data.Length];
            var read = await RetryAsync(session, target, Cdb(0x88, lba, count), back, default);
            Assert.True(read.IsGood, read.Describe());
            Assert.True(data.AsSpan().SequenceEqual(back), $"blocks {lba} to {lba + count} are not what was written");
            Interlocked.Increment(ref s_done);
        }
    }

    private static async Task<bool> CopyAsync(IscsiSession session, IWireTarget target, byte[] disk, bool write)
    {
        var next = -1;
        const int Piece = 96;
        var blocks = disk.Length / BlockLength;
        async Task<bool> CopyPieces()
        {
            while (Interlocked.Increment(ref next) * Piece is var lba && lba < blocks)
            {
                var count = Math.Min(Piece, blocks - lba);
                var memory = disk.AsMemory(lba * BlockLength, count * BlockLength);
                var result = write
                    ? await RetryAsync(session, target, Cdb(0x8A, lba, count), default, memory)
                    : await RetryAsync(session, target, Cdb(0x88, lba, count), memory, default);
                if (!result.IsGood || (!write && result.DataInLength != memory.Length)) return false;
            }
            return true;
        }
        var all = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => CopyPieces())).WaitAsync(s_patience, Stop);
        return all.All(good => good);
    }

    private static async Task<ScsiResult> RetryAsync(
        IscsiSession session, IWireTarget target, byte[] cdb, Memory<byte> dataIn, ReadOnlyMemory<byte> dataOut)
    {
        while (true)
        {
            var result = await session.ExecuteAsync(
                new IscsiCommand(Lun.FromNumber(target.LunNumber), cdb), dataIn, dataOut, CancellationToken.None);
            // Of a new nexus, or before the unit was identified for the first time: the caller's to repeat.
            if (result.TryGetSense(out var sense) && sense.Key == SenseKey.UnitAttention) continue;
            if (result.Outcome == CommandOutcome.ConnectionLost) continue;
            return result;
        }
    }

    private static async Task<ScsiResult> RunAsync(
        IscsiSession session, IWireTarget target, byte[] cdb, Memory<byte> dataIn) =>
        await session.ExecuteAsync(
            new IscsiCommand(Lun.FromNumber(target.LunNumber), cdb), dataIn, default, CancellationToken.None);

    private static byte[] Cdb(byte code, int lba, int count)
    {
        var cdb = new byte[16];
        cdb[0] = code;
        BinaryPrimitives.WriteUInt64BigEndian(cdb.AsSpan(2), (ulong)lba);
        BinaryPrimitives.WriteUInt32BigEndian(cdb.AsSpan(10), (uint)count);
        return cdb;
    }

    private static async Task<IWireTarget> StartAsync(string peer, WireSecrets? secrets = null) => peer == "tgt"
        ? await TgtTarget.StartAsync(secrets, HostSecret, DiskSecret)
        : await LunetteTarget.StartAsync(secrets);

    private static IscsiInitiator NewInitiator(bool portable = false) => IscsiInitiator.Start(
        new IscsiInitiatorOptions { Name = IscsiName.Parse("iqn.2001-04.com.example:host") },
        new LoopGroupOptions { Count = 1, Portable = portable });

    private static Task<IscsiSession> ConnectAsync(IscsiInitiator initiator, int port, bool digests) =>
        IscsiSession.ConnectAsync(initiator, Options(port, digests), Stop);

    private static IscsiSessionOptions Options(int port, bool digests) => new()
    {
        TargetName = IWireTarget.Name,
        Portals = [new PortalAddress("127.0.0.1", port)],
        HeaderDigests = [digests ? Digest.Crc32C : Digest.None],
        DataDigests = [digests ? Digest.Crc32C : Digest.None],
    };
}
