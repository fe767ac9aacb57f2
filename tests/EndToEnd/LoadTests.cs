using System.Diagnostics;
using Lunette.Admin.Contracts;
using Lunette.Iscsi;
using Lunette.Scsi;
using Lunette.Testing.Iscsi;

namespace Lunette.EndToEnd;

/// <summary>As many logical units and sessions as one daemon is to hold.</summary>
public sealed class LoadTests : EndToEndTests
{
    private const int Units = 10_000;
    private const int Sessions = 1000;
    private const int AtOnce = 50;
    private const long MemoryMax = 2L << 30;

    private static readonly TimeSpan s_loginsMax = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Daemon_ThousandSessionsTenThousandUnits_HeldAndEachAnswered()
    {
        RequireDescriptors(Units + Sessions);
        using var units = new MemoryFolder(Folder, "-units");
        await using var daemon = await RunningDaemon.StartAsync(Home);
        var made = Stopwatch.StartNew();
        await MakeUnitsAsync(daemon, units.Path);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Units} disks in {made.Elapsed.TotalSeconds:F1} s, {daemon.ResidentBytes() >> 20} MiB");

        var initiators = new SocketInitiator[Sessions];
        try
        {
            var logins = Stopwatch.StartNew();
            for (var first = 0; first < Sessions; first += AtOnce)
                await Task.WhenAll(Enumerable.Range(first, AtOnce).Select(LoginAsync));
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{Sessions} logins in {logins.Elapsed.TotalSeconds:F1} s, {daemon.ResidentBytes() >> 20} MiB");
            Assert.InRange(logins.Elapsed, TimeSpan.Zero, s_loginsMax);
            Assert.Equal(Sessions, (await daemon.StatusAsync()).Sessions);

            // Each uses a unit of its own, and one asks for all there are.
            for (var first = 0; first < Sessions; first += AtOnce)
                await Task.WhenAll(Enumerable.Range(first, AtOnce).Select(UseAsync));
            Assert.Equal(Units + 1, await initiators[0].CountUnitsAsync());
            Assert.InRange(daemon.ResidentBytes(), 0, MemoryMax);
            TestContext.Current.TestOutputHelper?.WriteLine($"in use: {daemon.ResidentBytes() >> 20} MiB");
        }
        finally
        {
            foreach (var initiator in initiators) initiator?.Dispose();
        }
        await WaitForAsync(async () => (await daemon.StatusAsync()).Sessions == 0);
        Assert.Equal(0, await daemon.StopAsync());

        var start = Stopwatch.StartNew();
        await using var again = await RunningDaemon.StartAsync(Home);
        TestContext.Current.TestOutputHelper?.WriteLine($"started again in {start.Elapsed.TotalSeconds:F1} s");
        using var late = await SocketInitiator.ConnectAsync(again.EndPoint);
        var settings = SocketInitiator.Settings("late", target: again.Target);
        Assert.Equal(LoginStatus.Success, await late.LoginAsync(settings));
        await late.SettleAsync();
        Assert.Equal(Units + 1, await late.CountUnitsAsync());

        async Task LoginAsync(int n)
        {
            initiators[n] = await SocketInitiator.ConnectAsync(daemon.EndPoint);
            var host = SocketInitiator.Settings($"host{n}", target: daemon.Target);
            Assert.Equal(LoginStatus.Success, await initiators[n].LoginAsync(host));
        }

        async Task UseAsync(int n)
        {
            initiators[n].Lun = Lun.FromNumber(1 + (n * (Units / Sessions)));
            await initiators[n].SettleAsync();
            var data = new byte[512];
            new Random(n).NextBytes(data);
            Assert.Equal(ScsiStatus.Good, await initiators[n].WriteAsync(7, data));
            Assert.Equal(data, await initiators[n].ReadAsync(7, 1));
        }
    }

    private static async Task MakeUnitsAsync(RunningDaemon daemon, string folder)
    {
        await using var admin = daemon.Administer();
        for (var n = 0; n < Units; n++)
        {
            var resource = new LuResource();
            resource.Set(LuProperty.Filename, Path.Combine(folder, $"{n:D5}.img"));
            resource.Set(LuProperty.Size, "1m");
            var unit = await admin.CreateLuAsync(resource);
            Assert.True(unit.Status == StmfStatus.Success, unit.Detail);
            var view = await admin.AddViewEntryAsync(unit.Value, new(null, null, null, n + 1));
            Assert.True(view.Status == StmfStatus.Success, view.Detail);
        }
    }
}
