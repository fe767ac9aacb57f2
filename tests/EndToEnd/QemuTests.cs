using System.Text;
using Lunette.Admin.Contracts.Faults;
using Lunette.Iscsi;
using Lunette.Testing;

namespace Lunette.EndToEnd;

/// <summary>QEMU's iSCSI client: a file system written through the target, compared, and read back.</summary>
public sealed class QemuTests : EndToEndTests
{
    private const string Initiator = "iqn.2026-11.example:qemu";
    private const string Secret = "a secret of 12+";
    private const string Chap = """
        ,"user":"me","password-secret":"s","header-digest":"crc32c"
        """;

    [Fact]
    public async Task FileSystem_WrittenComparedReadBack_IsWhole()
    {
        var (image, qemu) = await MakeImageAsync();
        await using var daemon = await RunningDaemon.StartAsync(Home);
        await RoundTripAsync(qemu, image, [], Disk(daemon, ""));
        Assert.Equal(0, await daemon.StopAsync());

        // The same disk and the same bytes after a restart; and, since the file is the disk, without any daemon.
        await using (var again = await RunningDaemon.StartAsync(Home))
        {
            await Command.DoAsync(qemu, "compare", "-f", "raw", "-F", "raw", image, Disk(again, ""));
            Assert.Equal(daemon.Target, again.Target);
            Assert.Equal(0, await again.StopAsync());
        }
        var file = Path.Combine(Home, "disks", "disk0.img");
        await Command.DoAsync(qemu, "compare", "-f", "raw", "-F", "raw", image, file);
    }

    // What the initiator has flushed is there after a kill.
    [Fact]
    public async Task FileSystem_DaemonKilled_SameBytesAtTheSecondStart()
    {
        var (image, qemu) = await MakeImageAsync();
        await using (var daemon = await RunningDaemon.StartAsync(Home))
        {
            await Command.DoAsync(qemu, "convert", "-n", "-f", "raw", "-O", "raw", image, Disk(daemon, ""));
            await daemon.KillAsync();
        }
        await using var again = await RunningDaemon.StartAsync(Home);
        await Command.DoAsync(qemu, "compare", "-f", "raw", "-F", "raw", image, Disk(again, ""));
    }

    // QEMU's client knows no data digests; ours does, and QEMU reads what it wrote.
    [Fact]
    public async Task FileSystem_WrittenWithMutualChapAndBothDigests_IsWhole()
    {
        const string TargetSecret = "the secret of the target";
        const string Writer = "writer";
        var (image, qemu) = await MakeImageAsync();
        await using var daemon = await RunningDaemon.StartAsync(Home);
        foreach (var name in new[] { "iqn.2026-11.example:" + Writer, Initiator })
            await daemon.DoAsync($"itadm create-initiator -S {await SecretFileAsync(Secret)} -u me {name}");
        await daemon.DoAsync(
            $"itadm modify-target -a chap -S {await SecretFileAsync(TargetSecret)} -u you {daemon.Target}");
        await using (var steady = await Steady.ConnectAsync(daemon, Writer, with: options => options with
        {
            HeaderDigests = [Digest.Crc32C],
            DataDigests = [Digest.Crc32C],
            Credentials = new("me", new ChapSecret(Encoding.ASCII.GetBytes(Secret))),
            TargetCredentials = new("you", new ChapSecret(Encoding.ASCII.GetBytes(TargetSecret))),
        }))
        {
            var settings = steady.Session.Settings;
            Assert.True(settings.TargetProven);
            Assert.True(settings.Connection is { HeaderDigest: true, DataDigest: true });
            var bytes = await File.ReadAllBytesAsync(image, Stop);
            const int Step = 1 << 20;
            for (var at = 0; at < bytes.Length; at += Step)
                await steady.WriteAsync((uint)(at / Steady.BlockBytes), bytes.AsMemory(at, Step));
            for (var at = 0; at < bytes.Length; at += Step)
            {
                var back = await steady.ReadAsync((uint)(at / Steady.BlockBytes), Step / Steady.BlockBytes);
                Assert.True(bytes.AsSpan(at, Step).SequenceEqual(back), "the bytes differ");
            }
        }
        await Command.DoAsync(
            qemu, "compare", "--object", $"secret,id=s,data={Secret}", "-f", "raw", "-F", "raw", image,
            Disk(daemon, Chap));
    }

    [Fact]
    public async Task FileSystem_WithChapAndHeaderDigest_IsWhole()
    {
        var (image, qemu) = await MakeImageAsync();
        await using var daemon = await RunningDaemon.StartAsync(Home);
        var secretFile = await SecretFileAsync(Secret);
        await daemon.DoAsync($"itadm create-initiator -S {secretFile} -u me {Initiator}");
        await daemon.DoAsync($"itadm modify-target -a chap {daemon.Target}");
        var refused = await Command.RunAsync(qemu, "info", Disk(daemon, ""));
        Assert.NotEqual(0, refused.Exit);
        var wrong = await Command.RunAsync(
            qemu, "info", "--object", "secret,id=s,data=another secret!", Disk(daemon, Chap));
        Assert.NotEqual(0, wrong.Exit);
        await RoundTripAsync(qemu, image, ["--object", $"secret,id=s,data={Secret}"], Disk(daemon, Chap));
    }

    // The initiator is asked to log out, is refused while the target is offline, and goes on when it is back.
    [Fact]
    public async Task OfflineTarget_WhileItWrites_GoesOnWhenItIsBack()
    {
        Peer.RequirePackage("qemu-block-extra");
        var qemu = Peer.Require("qemu-img");
        await using var daemon = await RunningDaemon.StartAsync(Home);
        await using var admin = daemon.Administer();
        var unit = Assert.Single((await admin.GetLogicalUnitListAsync()).Required);
        // So slow that it is not done before the target is back, however slow the machine is.
        Assert.True((await admin.InjectFaultAsync(unit, new Fault(FaultKind.Delay, Milliseconds: 20))).Succeeded);
        using var bench = Command.Start(qemu, ["bench", "-w", "-c", "60000", "-d", "8", "-s", "4k", "-f", "raw",
            Disk(daemon, "")]);
        var error = bench.StandardError.ReadToEndAsync(Stop);
        await WaitForAsync(async () => await daemon.StatusAsync() is { Sessions: 1, Commands: > 100 });
        await daemon.DoAsync($"stmfadm offline-target {daemon.Target}");
        Assert.Contains(
            "Operational Status: Offline", await daemon.DoAsync("stmfadm list-target -v"), StringComparison.Ordinal);
        Assert.False(bench.HasExited, "the initiator gave up");
        await daemon.DoAsync($"stmfadm online-target {daemon.Target}");
        Assert.True((await admin.ClearFaultsAsync(unit)).Succeeded);
        await bench.WaitForExitAsync(Stop).WaitAsync(TimeSpan.FromMinutes(5), Stop);
        Assert.True(bench.ExitCode == 0, await error);
    }

    private static string Disk(RunningDaemon daemon, string more) =>
        """
        json:{"driver":"raw","file":{"driver":"iscsi","transport":"tcp","portal":"PORTAL","target":"TARGET","lun":0,
        "initiator-name":"INITIATOR"MORE}}
        """.Replace("PORTAL", daemon.Portal, StringComparison.Ordinal)
            .Replace("TARGET", daemon.Target, StringComparison.Ordinal)
            .Replace("INITIATOR", Initiator, StringComparison.Ordinal)
            .Replace("MORE", more, StringComparison.Ordinal);

    private async Task RoundTripAsync(string qemu, string image, string[] objects, string disk)
    {
        var back = Path.Combine(Folder, "back.img");
        await Command.DoAsync(qemu, ["convert", .. objects, "-n", "-f", "raw", "-O", "raw", image, disk]);
        await Command.DoAsync(qemu, ["compare", .. objects, "-f", "raw", "-F", "raw", image, disk]);
        await Command.DoAsync(qemu, ["dd", .. objects, "-f", "raw", "-O", "raw", "bs=1M", "count=64",
            "if=" + disk, "of=" + back]);
        await Command.DoAsync(Peer.Require("e2fsck"), "-f", "-n", back);
        Assert.True(
            File.ReadAllBytes(image).AsSpan().SequenceEqual(File.ReadAllBytes(back)), "the bytes differ");
    }

    private async Task<string> SecretFileAsync(string secret)
    {
        var file = Path.Combine(Folder, "secret");
        await File.WriteAllTextAsync(file, secret + "\n", Stop);
        return file;
    }

    /// <summary>An ext4 image of this repository's own sources.</summary>
    private async Task<(string Image, string Qemu)> MakeImageAsync()
    {
        Peer.RequirePackage("qemu-block-extra");
        var qemu = Peer.Require("qemu-img");
        var make = Peer.Require("mke2fs");
        var image = Path.Combine(Folder, "image.ext4");
        await Command.DoAsync(
            make, "-q", "-t", "ext4", "-d", Path.Combine(Repository.Root, "src", "Scsi"), image, "64M");
        return (image, qemu);
    }
}
