using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using Lunette.Scsi;

namespace Lunette.EndToEnd;

/// <summary>
/// kill -9 of the daemon at random moments under writes with FUA and SYNCHRONIZE CACHE: whatever was answered as
/// durable is there, with the configuration and the reservations, and the daemon is back soon. What the page cache
/// would hide is looked at in Backing.Tests (PowerLossTests).
/// </summary>
public sealed class KillTests : EndToEndTests
{
    private const string Variable = "LUNETTE_KILLS";
    private const int KillsInEveryRun = 10;
    private const int Writers = 4;
    private const int BlocksEach = 64;
    private const byte RegisterAndIgnore = 0x06;
    private const byte Reserve = 0x01;
    private const byte WriteExclusiveAllRegistrants = (byte)PersistentReservationType.WriteExclusiveAllRegistrants;

    // Generous, for machines that are busy; what a quiet one needs stands in docs/reliability.md.
    private static readonly TimeSpan s_restart = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task Kill_UnderWriteLoad_DurableWritesConfigurationAndReservationsAreThere()
    {
        var wanted = Environment.GetEnvironmentVariable(Variable);
        var kills = int.TryParse(wanted, CultureInfo.InvariantCulture, out var said) ? said : KillsInEveryRun;
        var random = new Random(kills);
        var daemon = await RunningDaemon.StartAsync(Home);
        try
        {
            var created = await daemon.DoAsync($"stmfadm create-lu -s 8m {Path.Combine(Folder, "disk.img")}");
            await daemon.DoAsync($"stmfadm add-view -n 7 {created.Trim()[^32..]}");
            var (issued, durable) = (new long[Writers * BlocksEach], new long[Writers * BlocksEach]);
            List<double> restarts = [];
            for (var kill = 0; kill < kills; kill++)
            {
                await daemon.DoAsync($"stmfadm create-hg group{kill}");
                await LoadUntilKilledAsync(daemon, issued, durable, random.Next(50, 400), key: (ulong)kill + 1);
                await daemon.DisposeAsync();
                var clock = Stopwatch.StartNew();
                daemon = await RunningDaemon.StartAsync(Home);
                restarts.Add(clock.Elapsed.TotalSeconds);
                Assert.True(clock.Elapsed < s_restart, $"back after {clock.Elapsed}");
                await VerifyAsync(daemon, issued, durable, kill);
            }
            restarts.Sort();
            TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{kills} kills: back after {restarts[restarts.Count / 2]:0.00} s, {restarts[^1]:0.00} s at most"));
        }
        finally
        {
            await daemon.DisposeAsync();
        }
    }

    private static async Task LoadUntilKilledAsync(
        RunningDaemon daemon, long[] issued, long[] durable, int milliseconds, ulong key)
    {
        await using var host = await Steady.ConnectAsync(daemon, lun: 7, with: options => options with
        {
            RecoveryTime = TimeSpan.Zero,
        });
        Assert.True((await ReserveOutAsync(host, RegisterAndIgnore, 0, key, aptpl: true)).IsGood);
        // All registrants hold it: each of them reserves, and may write.
        Assert.True((await ReserveOutAsync(host, Reserve, key, 0, aptpl: false)).IsGood);
        var writers = Enumerable.Range(0, Writers).Select(i => WriteAsync(host, issued, durable, i)).ToArray();
        await Task.Delay(milliseconds, Stop);
        await daemon.KillAsync();
        await Task.WhenAll(writers);
    }

    // Each block of a writer's own holds a number that only grows.
    private static async Task WriteAsync(Steady host, long[] issued, long[] durable, int writer)
    {
        var data = new byte[Steady.BlockBytes];
        var answered = new long[issued.Length];
        for (var i = 0; ; i++)
        {
            var block = (writer * BlocksEach) + (i % BlocksEach);
            var number = ++issued[block];
            for (var at = 0; at < data.Length; at += sizeof(long))
                BinaryPrimitives.WriteInt64BigEndian(data.AsSpan(at), number);
            var isDurable = i % 3 == 0;
            var cdb = Testing.Iscsi.Cdb.Write10((uint)block, 1);
            if (isDurable) cdb[1] |= 0x08;
            if (!(await host.ExecuteAsync(cdb, dataOut: data)).IsGood) return;
            answered[block] = number;
            if (isDurable) durable[block] = number;
            if (i % 50 != 49) continue;
            var before = (long[])answered.Clone();
            if (!(await host.ExecuteAsync([0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0])).IsGood) return;
            for (var b = writer * BlocksEach; b < (writer + 1) * BlocksEach; b++)
                durable[b] = Math.Max(durable[b], before[b]);
        }
    }

    private static async Task VerifyAsync(RunningDaemon daemon, long[] issued, long[] durable, int kill)
    {
        await using var host = await Steady.ConnectAsync(daemon, lun: 7);
        var data = await host.ReadAsync(0, issued.Length);
        for (var block = 0; block < issued.Length; block++)
        {
            var bytes = data.AsSpan(block * Steady.BlockBytes, Steady.BlockBytes);
            var found = BinaryPrimitives.ReadInt64BigEndian(bytes);
            for (var at = 0; at < bytes.Length; at += sizeof(long))
                Assert.Equal(found, BinaryPrimitives.ReadInt64BigEndian(bytes[at..]));
            Assert.InRange(found, durable[block], issued[block]);
        }
        var groups = await daemon.DoAsync("stmfadm list-hg");
        for (var group = 0; group <= kill; group++) Assert.Contains($"group{group}", groups, StringComparison.Ordinal);
        var keys = new byte[4096];
        var read = await host.ExecuteAsync([0x5E, 0, 0, 0, 0, 0, 0, 0x10, 0, 0], dataIn: keys);
        Assert.True(read.IsGood, read.Describe());
        // One registration a session; each came with APTPL.
        Assert.Equal(8 * (kill + 1), BinaryPrimitives.ReadInt32BigEndian(keys.AsSpan(4)));
        await VerifyReservationAsync(host);
    }

    // It is there, and it keeps a stranger from writing.
    private static async Task VerifyReservationAsync(Steady stranger)
    {
        var data = new byte[24];
        var read = await stranger.ExecuteAsync([0x5E, 0x01, 0, 0, 0, 0, 0, 0, 24, 0], dataIn: data);
        Assert.True(read.IsGood, read.Describe());
        Assert.Equal(16, BinaryPrimitives.ReadInt32BigEndian(data.AsSpan(4)));
        Assert.Equal(WriteExclusiveAllRegistrants, data[21]);
        var write = await stranger.TryWriteAsync(0, new byte[Steady.BlockBytes]);
        Assert.Equal(ScsiStatus.ReservationConflict, write.Status);
    }

    private static async Task<Initiator.Iscsi.ScsiResult> ReserveOutAsync(
        Steady host, byte serviceAction, ulong key, ulong serviceActionKey, bool aptpl)
    {
        var list = new byte[24];
        BinaryPrimitives.WriteUInt64BigEndian(list, key);
        BinaryPrimitives.WriteUInt64BigEndian(list.AsSpan(8), serviceActionKey);
        list[20] = (byte)(aptpl ? 0x01 : 0);
        byte[] cdb = [0x5F, serviceAction, WriteExclusiveAllRegistrants, 0, 0, 0, 0, 0, 24, 0];
        var result = await host.ExecuteAsync(cdb, dataOut: list);
        return result.TryGetSense(out var sense) && sense.Key == SenseKey.UnitAttention
            ? await host.ExecuteAsync(cdb, dataOut: list)
            : result;
    }
}
