using System.Diagnostics;
using Lunette.Admin.Contracts;
using Lunette.Admin.Disks;
using Lunette.Admin.Storage;
using Lunette.Backing;
using Lunette.Backing.Workers;
using Lunette.DeviceServer;
using Lunette.Iscsi;
using Lunette.Lu.Disk.Provider;
using Lunette.Runtime;
using Lunette.Runtime.Buffers;
using Lunette.Stmf;
using Lunette.Stmf.Configuration;
using Lunette.Stmf.Contracts;
using Lunette.Testing.Iscsi;
using ProviderType = Lunette.Stmf.Configuration.ProviderType;
using StmfResult = Lunette.Stmf.StmfResult;

namespace Lunette.EndToEnd;

/// <summary>Very many logical units, and nothing to do.</summary>
public sealed class ScaleTests : EndToEndTests
{
    private const int Disks = 10_000;

    // Under 5 s on a quiet machine (docs/performance.md); here others may be at work.
    [Fact]
    public async Task Start_TenThousandDisksWithViews_ServesSoonAndIsSmall()
    {
        RequireDescriptors(Disks);
        await using (var first = await RunningDaemon.StartAsync(Home)) Assert.Equal(0, await first.StopAsync());
        using var disks = new MemoryFolder(Folder, "-disks");
        await MakeDisksAsync(disks.Path);
        var watch = Stopwatch.StartNew();
        await using var daemon = await RunningDaemon.StartAsync(Home);
        using var initiator = await SocketInitiator.ConnectAsync(daemon.EndPoint);
        Assert.Equal(
            LoginStatus.Success, await initiator.LoginAsync(SocketInitiator.Settings(target: daemon.Target)));
        watch.Stop();
        await initiator.SettleAsync();
        Assert.Equal(512, (await initiator.ReadAsync(0, 1)).Length);
        await using var admin = daemon.Administer();
        Assert.Equal(Disks + 1, (await admin.GetLogicalUnitListAsync()).Required.Count);
        var resident = daemon.ResidentBytes() >> 20;
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Disks} disks: {watch.Elapsed.TotalSeconds:F2} s to the first login, {resident} MiB");
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(120));
        Assert.InRange(resident, 0, 400);
    }

    // Loops sleep when nothing comes, with a session there as well as without.
    [Fact]
    public async Task Daemon_Idle_NeitherWorksNorGrows()
    {
        await using var daemon = await RunningDaemon.StartAsync(Home);
        using var initiator = await SocketInitiator.ConnectAsync(daemon.EndPoint);
        Assert.Equal(LoginStatus.Success, await initiator.LoginAsync(SocketInitiator.Settings(target: daemon.Target)));
        await initiator.SettleAsync();
        using var process = Process.GetProcessById(daemon.ProcessId);
        // What begins late, such as the compiler's second look, is over when three seconds took next to nothing.
        await WaitForAsync(async () => await UsedInAsync(process, TimeSpan.FromSeconds(3)) < 0.05);
        Assert.InRange(daemon.ResidentBytes() >> 20, 0, 100);
    }

    private static async Task<double> UsedInAsync(Process process, TimeSpan time)
    {
        process.Refresh();
        var before = process.TotalProcessorTime;
        await Task.Delay(time, Stop);
        process.Refresh();
        return (process.TotalProcessorTime - before) / time;
    }

    // As ten thousand times create-lu and add-view leave them, in one transaction.
    private async Task MakeDisksAsync(string folder)
    {
        using var database = ConfigDatabase.Open(new LunetteHome(Home).StorePath);
        using var pool = new BufferPool(1 << 24);
        await using var workers = new StoreWorkers();
        await using var framework = new StmfFramework(
            new SqliteConfigStore(database), new FallbackUnit(), TimeProvider.System);
        Assert.True((await framework.LoadConfigurationAsync(Stop)).Succeeded);
        var provider = new DiskProvider(
            new StoreOpener(pool, workers), workers, new DiskIdSource(TimeProvider.System, SystemEntropy.Instance),
            folder, TimeProvider.System);
        var made = new List<(LogicalUnitId Id, string Path)>();
        for (var i = 0; i < Disks; i++)
        {
            var path = Path.Combine(folder, $"{i}.img");
            var result = await provider.CreateAsync(
                new DiskProperties { DataPath = path, LengthBytes = 1 << 20 }, _ => false);
            Assert.True(result.Succeeded, result.Reason);
            made.Add((result.Disk!.Id, path));
        }
        var sbd = new ProviderKey(ProviderType.LogicalUnit, SbdProvider.Name);
        Assert.Equal(StmfResult.Success, await framework.ChangeAsync(edit => Show(edit, sbd, made), Stop));
    }

    private static StmfResult Show(
        ConfigurationEdit edit, ProviderKey sbd, IEnumerable<(LogicalUnitId Id, string Path)> disks)
    {
        Span<byte> bytes = stackalloc byte[16];
        foreach (var (id, path) in disks)
        {
            id.Write(bytes);
            var kept = edit.SetProviderEntry(sbd, Convert.ToHexStringLower(bytes), path);
            if (!kept.Succeeded) return kept.Outcome;
            var shown = edit.AddViewEntry(id, new GroupPair(null, null), null);
            if (!shown.Succeeded) return shown.Outcome;
        }
        return StmfResult.Success;
    }
}
