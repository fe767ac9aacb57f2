using System.Buffers.Binary;
using System.Globalization;
using Lunette.Admin.Storage;
using Lunette.Backing;
using Lunette.Backing.Workers;
using Lunette.Lu.Disk.Provider;
using Lunette.Port.Virtual;
using Lunette.Runtime;
using Lunette.Runtime.Buffers;
using Lunette.Stmf.Configuration;

namespace Lunette.EndToEnd.PowerLoss;

/// <summary>
/// What the daemon writes of its configuration and of its disks' metadata is recorded, call by call, while both are
/// changed; and what a power loss may leave at some moment is opened again: whatever was answered is there.
/// </summary>
public sealed class PowerLossTests : EndToEndTests
{
    private const int Rounds = 25;
    private const int MomentsTried = 120;
    private const int ImagesEach = 2;

    private readonly List<(double Time, int Number)> _groups = [];
    private readonly List<(double Time, int Number)> _keys = [];

    [Fact]
    public async Task PowerLoss_AnyMoment_ConfigurationAndReservationsAreThere()
    {
        var calls = await RecordAsync();
        Assert.Null(await FindLossAsync(calls, seed: 31));
    }

    [Fact]
    public async Task PowerLoss_SyncsForgotten_LossFound()
    {
        var calls = await RecordAsync();
        Assert.NotNull(await FindLossAsync(calls.FindAll(call => call.Kind != FileCallKind.Sync), seed: 31));
    }

    private async Task<List<FileCall>> RecordAsync()
    {
        var calls = await TracedDaemon.RecordAsync(Folder, Home, async daemon =>
        {
            var created = await daemon.DoAsync($"stmfadm create-lu -s 8m {DiskPath}");
            await daemon.DoAsync($"stmfadm add-view -n 7 {created.Trim()[^32..]}");
            await using var admin = daemon.Administer();
            await using var host = await Steady.ConnectAsync(daemon, lun: 7);
            for (var i = 1; i <= Rounds; i++)
            {
                Assert.True((await admin.CreateHostGroupAsync($"group{i}")).Succeeded);
                _groups.Add((Now(), i));
                Assert.True((await RegisterAsync(host, (ulong)i)).IsGood);
                _keys.Add((Now(), i));
            }
        });
        Assert.Contains(calls, call => call.Kind == FileCallKind.Rename);
        return calls;
    }

    // The first that an image does not have and that somebody was told of; null for none.
    private async Task<string?> FindLossAsync(List<FileCall> calls, int seed)
    {
        var random = new Random(seed);
        // From the first answer on: before it nothing was promised.
        var from = calls.FindIndex(call => call.Time > _groups[0].Time);
        for (var tried = 0; tried < MomentsTried; tried++)
        {
            var call = calls[random.Next(from, calls.Count)];
            var left = new CrashedFolder(calls, call.Begun);
            for (var i = 0; i < ImagesEach; i++)
            {
                var folder = Directory.CreateDirectory(
                    Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"image{tried}-{i}"))).FullName;
                left.Draw(random, name => Path.Combine(folder, Path.GetFileName(name)));
                var group = await FindGroupAsync(folder);
                if (group < Promised(_groups, call.Time)) return $"line {call.Begun}: group {group} is the last";
                var key = await FindKeyAsync(folder);
                if (key < Promised(_keys, call.Time)) return $"line {call.Begun}: key {key}";
                Directory.Delete(folder, recursive: true);
            }
        }
        return null;
    }

    private static int Promised(List<(double Time, int Number)> answers, double time) =>
        answers.FindLast(answer => answer.Time < time).Number;

    private static async Task<int> FindGroupAsync(string folder)
    {
        try
        {
            using var database = ConfigDatabase.Open(Path.Combine(folder, "lunette.db"));
            var groups = (await new SqliteConfigStore(database).LoadAsync(Stop)).OfType<GroupCreated>()
                .Select(created => created.Name).ToHashSet();
            return Enumerable.Range(1, Rounds).TakeWhile(number => groups.Contains($"group{number}")).Count();
        }
        catch (ConfigStoreException)
        {
            return -1;
        }
    }

    private async Task<int> FindKeyAsync(string folder)
    {
        using var pool = new BufferPool(1 << 24);
        await using var workers = new StoreWorkers();
        var provider = new DiskProvider(
            new StoreOpener(pool, workers), workers, new DiskIdSource(TimeProvider.System, SystemEntropy.Instance),
            folder, TimeProvider.System);
        var opened = await provider.ImportAsync(Path.Combine(folder, Path.GetFileName(DiskPath)));
        if (!opened.Succeeded) return -1;
        using var target = await VirtualTarget.StartAsync(opened.Disk!);
        using var host = target.Login("iqn.2026-11.example:looks");
        var keys = new byte[256];
        byte[] readKeys = [0x5E, 0, 0, 0, 0, 0, 0, 1, 0, 0];
        if (!host.Execute(new ScsiRequest(readKeys) { DataIn = keys }).IsGood)      // the power on attention
            host.Execute(new ScsiRequest(readKeys) { DataIn = keys });
        var found = BinaryPrimitives.ReadInt32BigEndian(keys.AsSpan(4)) >= 8
            ? (int)BinaryPrimitives.ReadUInt64BigEndian(keys.AsSpan(8)) : 0;
        host.Dispose();
        await opened.Disk!.OfflineAsync(Stop);
        return found;
    }

    private string DiskPath => Path.Combine(Folder, "disk.img");

    private static double Now() => (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalSeconds;

    private static async Task<Initiator.Iscsi.ScsiResult> RegisterAsync(Steady host, ulong key)
    {
        var list = new byte[24];
        BinaryPrimitives.WriteUInt64BigEndian(list.AsSpan(8), key);
        list[20] = 0x01;        // APTPL
        byte[] cdb = [0x5F, 0x06, 0, 0, 0, 0, 0, 0, 24, 0];
        var result = await host.ExecuteAsync(cdb, dataOut: list);
        return result.IsGood ? result : await host.ExecuteAsync(cdb, dataOut: list);
    }
}
