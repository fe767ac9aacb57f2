using System.Net.Sockets;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Wire;
using Lunette.Testing;

namespace Lunette.EndToEnd;

/// <summary>Two daemons on one machine that share a disk over the proxy door, seen by libiscsi and QEMU.</summary>
public sealed class TwoDaemonsTests : EndToEndTests
{
    private const string Guid = "6024C550000000000000000000000D01";

    [Fact]
    public async Task Disk_OfTheOtherDaemon_IsReadAndWrittenThroughThisOne()
    {
        Peer.Require("qemu-img");
        Peer.RequirePackage("qemu-block-extra");
        var image = Path.Combine(Folder, "image");
        var back = Path.Combine(Folder, "back");
        var bytes = new byte[4 << 20];
        new Random(11).NextBytes(bytes);
        await File.WriteAllBytesAsync(image, bytes, Stop);

        await using var owner = await RunningDaemon.StartAsync(Home);
        await using var other = await RunningDaemon.StartAsync(Home + "2");
        await using var first = owner.Administer();
        await using var second = other.Administer();
        var disk = await ShareAsync(owner, first, second);
        var (ownersEnd, othersEnd) = await PairAsync();
        var door = await OpenAsync(first, ownersEnd);
        await OpenAsync(second, othersEnd);
        await WaitForAsync(async () => (await other.DoAsync("stmfadm list-lu")).Contains(Guid, StringComparison.Ordinal)
            && (await second.GetLogicalUnitPropertiesAsync(disk)).Required is
            {
                Status: LogicalUnitState.Online,
                ProviderName: "pppt",
            });

        var through = $"iscsi://{other.Portal}/{other.Target}/5";
        await WaitForAsync(async () =>
            (await Command.RunAsync("qemu-img", "convert", "-n", "-f", "raw", "-O", "raw", image, through)).Exit == 0);
        await Command.DoAsync("qemu-img", "convert", "-f", "raw", "-O", "raw", through, back);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(back, Stop));
        await Command.DoAsync(
            "qemu-img", "convert", "-f", "raw", "-O", "raw", $"iscsi://{owner.Portal}/{owner.Target}/5", back);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(back, Stop));
        Assert.Contains(
            "prop unavailable in standby", await other.DoAsync("stmfadm list-lu -v"), StringComparison.Ordinal);

        // Without the door there is no medium behind this path, and the disk's own is not touched by that.
        Assert.True((await first.DestroyProxyDoorAsync(door)).Succeeded);
        await WaitForAsync(async () =>
            (await Command.RunAsync("qemu-img", "info", "-f", "raw", through)).Exit != 0);
        await Command.DoAsync("qemu-img", "info", "-f", "raw", $"iscsi://{owner.Portal}/{owner.Target}/5");
        Assert.True((await second.SetAluaStateAsync(new AluaState(false, 1))).Succeeded);
        await WaitForAsync(async () => (await second.GetLogicalUnitPropertiesAsync(disk)).Required.Status
            == LogicalUnitState.Unregistered);
    }

    [Fact]
    public async Task Owner_Killed_TheOtherImportsTheDiskAndServesItsBytes()
    {
        Peer.Require("qemu-img");
        Peer.RequirePackage("qemu-block-extra");
        var image = Path.Combine(Folder, "image");
        var back = Path.Combine(Folder, "back");
        var bytes = new byte[4 << 20];
        new Random(12).NextBytes(bytes);
        await File.WriteAllBytesAsync(image, bytes, Stop);
        await using var owner = await RunningDaemon.StartAsync(Home);
        await using var other = await RunningDaemon.StartAsync(Home + "2");
        await using var second = other.Administer();
        var through = $"iscsi://{other.Portal}/{other.Target}/5";
        await using (var first = owner.Administer())
        {
            await ShareAsync(owner, first, second);
            var (ownersEnd, othersEnd) = await PairAsync();
            await OpenAsync(first, ownersEnd);
            await OpenAsync(second, othersEnd);
            await WaitForAsync(async () => (await Command.RunAsync(
                "qemu-img", "convert", "-n", "-f", "raw", "-O", "raw", image, through)).Exit == 0);
        }

        await owner.KillAsync();
        // As soon as the door has ended, what stood by makes way.
        var import = $"stmfadm import-lu {Path.Combine(Folder, "shared.img")}";
        await WaitForAsync(async () => (await other.RunAsync(import)) is { Exit: 0 } ran
            && ran.Output.Contains(Guid, StringComparison.OrdinalIgnoreCase));
        await WaitForAsync(async () => (await Command.RunAsync(
            "qemu-img", "convert", "-f", "raw", "-O", "raw", through, back)).Exit == 0);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(back, Stop));
    }

    [Fact]
    public async Task Door_Codes_AreLibstmfs()
    {
        await using var daemon = await RunningDaemon.StartAsync(Home);
        await using var admin = daemon.Administer();
        Assert.Equal(StmfStatus.InvalidArg, (await admin.InitProxyDoorAsync(-1)).Status);
        await using (var file = File.OpenRead(RunningDaemon.DaemonPath))
        {
            var descriptor = (int)file.SafeFileHandle.DangerousGetHandle();
            Assert.Equal(StmfStatus.InvalidArg, (await admin.InitProxyDoorAsync(descriptor)).Status);
        }
        var (one, two) = await PairAsync();
        var door = await OpenAsync(admin, one);
        Assert.Equal(StmfStatus.DoorInstalled, (await admin.InitProxyDoorAsync((int)two.Handle)).Status);
        Assert.Equal(StmfStatus.PostMsgFailed, (await admin.PostProxyMsgAsync(door, [1, 2, 3])).Status);
        Assert.Equal(StmfStatus.PostMsgFailed, (await admin.PostProxyMsgAsync(door + 1, [0, 0, 0, 1, 1])).Status);
        Assert.True((await admin.DestroyProxyDoorAsync(door)).Succeeded);
        Assert.True((await admin.DestroyProxyDoorAsync(door)).Succeeded);
        await OpenAsync(admin, two);
    }

    private async Task<StmfGuid> ShareAsync(RunningDaemon owner, RemoteAdmin first, RemoteAdmin second)
    {
        Assert.True(StmfGuid.TryParse(Guid, out var disk));
        Assert.True((await first.SetAluaStateAsync(new AluaState(true, 0))).Succeeded);
        Assert.True((await second.SetAluaStateAsync(new AluaState(true, 1))).Succeeded);
        await owner.DoAsync($"stmfadm create-lu -p guid={Guid} -s 4m {Path.Combine(Folder, "shared.img")}");
        var shown = ViewEntry.ToAll with { Lun = 5 };
        Assert.True((await first.AddViewEntryAsync(disk, shown)).Succeeded);
        Assert.True((await second.AddViewEntryAsync(disk, shown)).Succeeded);
        return disk;
    }

    private static async Task<int> OpenAsync(RemoteAdmin admin, Socket end)
    {
        var opened = await admin.InitProxyDoorAsync((int)end.Handle);
        Assert.True(opened.Succeeded, opened.ToString());
        // The daemon has its own copy.
        end.Dispose();
        return opened.Value;
    }

    private async Task<(Socket One, Socket Two)> PairAsync()
    {
        var path = Path.Combine(Folder, "pair.sock");
        File.Delete(path);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(1);
        var one = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await one.ConnectAsync(new UnixDomainSocketEndPoint(path), Stop);
        return (one, await listener.AcceptAsync(Stop));
    }
}
