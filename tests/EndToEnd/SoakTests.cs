using System.Globalization;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Wire;
using Lunette.Iscsi;
using Lunette.Scsi;
using Lunette.Testing.Iscsi;

namespace Lunette.EndToEnd;

/// <summary>
/// Everything at once, for as long as one likes: initiators come and go, disks are reset, targets, disks and views are
/// taken away and given back. What nothing of it concerns sees nothing of it; what it concerns goes on with every byte
/// that was acknowledged; and memory stays where it was.
/// </summary>
public sealed class SoakTests : EndToEndTests
{
    private const string Rough = "iqn.2026-11.example:rough";
    private const string SecondsVariable = "LUNETTE_SOAK_SECONDS";
    private const int Disks = 3;
    private const int Guests = 8;
    private const long GrowthMax = 64L << 20;

    [Fact]
    public async Task Everything_AtOnce_NobodyElseIsDisturbedAndNothingGrows()
    {
        var seconds = int.TryParse(
            Environment.GetEnvironmentVariable(SecondsVariable), CultureInfo.InvariantCulture, out var set) ? set : 20;
        await using var daemon = await RunningDaemon.StartAsync(Home, "--limit", "offline-seconds=2");
        await using var admin = daemon.Administer();
        await daemon.DoAsync($"itadm create-target -n {Rough}");
        var disks = await MakeDisksAsync(daemon);
        await using var steady = await Steady.ConnectAsync(daemon);
        using var over = new CancellationTokenSource();
        var undisturbed = steady.VerifyUntilAsync(over.Token);

        var hosts = await Task.WhenAll(Enumerable.Range(1, Disks).Select(n => Steady.ConnectAsync(
            daemon, $"host{n}", Rough, n,
            options => options with { RetryDelayMax = TimeSpan.FromSeconds(1), VerifyIdentity = false })));
        var persistents = hosts.Select((host, n) => new Persistent(host, (uint)(n * 1000), n)).ToArray();
        var verified = persistents.Select(persistent => persistent.RunUntilAsync(over.Token)).ToArray();
        var guests = Enumerable.Range(0, Guests).Select(n => DisturbAsync(daemon, n, over.Token)).ToArray();
        var changes = ChangeAsync(admin, disks, hosts, over.Token);

        await Task.Delay(TimeSpan.FromSeconds(seconds / 2.0), Stop);
        var memory = daemon.ResidentBytes();
        await Task.Delay(TimeSpan.FromSeconds(seconds / 2.0), Stop);
        var growth = daemon.ResidentBytes() - memory;
        await over.CancelAsync();

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{await changes} changes, {(await Task.WhenAll(guests)).Sum()} visits, memory {memory >> 20} MiB and " +
            $"{growth >> 10} KiB more at the end");
        await Task.WhenAll(verified);
        foreach (var persistent in persistents)
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{persistent.Rounds} rounds, {persistent.Repeats} repeats");
        Assert.All(persistents, persistent => Assert.True(persistent.Rounds > 0));
        Assert.True(await undisturbed > 0);
        Assert.Equal(1, steady.Session.Settings.Logins);
        Assert.InRange(growth, long.MinValue, GrowthMax);
        Assert.Equal(0, await daemon.CounterAsync("dropped Fault"));
        foreach (var host in hosts) await host.DisposeAsync();
        Assert.Equal(0, await daemon.StopAsync());
    }

    private async Task<List<StmfGuid>> MakeDisksAsync(RunningDaemon daemon)
    {
        var disks = new List<StmfGuid>();
        await daemon.DoAsync("stmfadm create-tg rough");
        await daemon.DoAsync($"stmfadm offline-target {Rough}");
        await daemon.DoAsync($"stmfadm add-tg-member -g rough {Rough}");
        await daemon.DoAsync($"stmfadm online-target {Rough}");
        for (var n = 1; n <= Disks; n++)
        {
            var file = Path.Combine(Folder, $"rough{n}.img");
            var guid = (await daemon.DoAsync($"stmfadm create-lu -s 64m {file}")).Trim()[^32..];
            await daemon.DoAsync($"stmfadm add-view -t rough -n {n} {guid}");
            Assert.True(StmfGuid.TryParse(guid, out var disk));
            disks.Add(disk);
        }
        return disks;
    }

    // The administrator's part, and a reset now and then; how many changes there were. It leaves everything as it was.
    private static async Task<int> ChangeAsync(
        RemoteAdmin admin, List<StmfGuid> disks, Steady[] hosts, CancellationToken over)
    {
        var random = new Random(5);
        Assert.True(Devid.TryParse(Rough, out var target));
        var changes = 0;
        for (; !over.IsCancellationRequested; changes++)
        {
            var n = random.Next(Disks);
            switch (random.Next(4))
            {
                case 0:
                    Done(await admin.OfflineTargetAsync(target));
                    await WaitForAsync(async () =>
                        (await admin.GetTargetPropertiesAsync(target)).Required.Status == TargetPortState.Offline);
                    Done(await admin.OnlineTargetAsync(target));
                    await WaitForAsync(async () =>
                        (await admin.GetTargetPropertiesAsync(target)).Required.Status == TargetPortState.Online);
                    break;
                case 1:
                    Done(await admin.OfflineLogicalUnitAsync(disks[n]));
                    await WaitForAsync(async () =>
                        (await admin.GetLogicalUnitPropertiesAsync(disks[n])).Required.Status
                            == LogicalUnitState.Offline);
                    Done(await admin.OnlineLogicalUnitAsync(disks[n]));
                    await WaitForAsync(async () =>
                        (await admin.GetLogicalUnitPropertiesAsync(disks[n])).Required.Status
                            == LogicalUnitState.Online);
                    break;
                case 2:
                    var view = Assert.Single((await admin.GetViewEntryListAsync(disks[n])).Required);
                    Done(await admin.RemoveViewEntryAsync(disks[n], view.Index!.Value));
                    Done((await admin.AddViewEntryAsync(disks[n], view with { Index = null })).WithoutValue);
                    break;
                default:
                    // It may find the session gone, which is an answer too.
                    _ = await hosts[n].Session.ManageAsync(
                        TaskManagementFunction.LogicalUnitReset, Lun.FromNumber(n + 1));
                    break;
            }
            await Task.Delay(random.Next(100), Stop);
        }
        return changes;
    }

    private static void Done(StmfResult result) => Assert.True(result.Status == StmfStatus.Success, result.Detail);

    // Comes, reads or writes blocks nobody else looks at, and goes in the middle; how often.
    private static async Task<int> DisturbAsync(RunningDaemon daemon, int number, CancellationToken over)
    {
        var random = new Random(100 + number);
        var visits = 0;
        for (; !over.IsCancellationRequested; visits++)
        {
            using var guest = await SocketInitiator.ConnectAsync(daemon.EndPoint);
            var settings = SocketInitiator.Settings($"guest{number}", target: Rough);
            if (random.Next(8) == 0 || await guest.LoginAsync(settings) != LoginStatus.Success) continue;
            guest.Lun = Lun.FromNumber(1 + random.Next(Disks));
            try
            {
                for (var i = random.Next(1, 6); i > 0; i--)
                {
                    var lba = (uint)(60_000 + random.Next(1000));
                    if (random.Next(2) == 0) await guest.SendCommandAsync(Cdb.Read10(lba, 128), read: 65536);
                    else await guest.SendCommandAsync(Cdb.Write10(lba, 16), write: new byte[8192]);
                    if (random.Next(2) == 0) await guest.ReceiveAsync();
                }
            }
            catch (IOException)
            {
                // The target went offline under it.
            }
        }
        return visits;
    }
}
