using Lunette.Testing;

namespace Lunette.EndToEnd;

/// <summary>libiscsi's tools against the daemon: an initiator we did not write.</summary>
public sealed class LibiscsiTests : EndToEndTests
{
    [Fact]
    public async Task Tools_FirstStart_FindTheDisk()
    {
        var list = Peer.Require("iscsi-ls");
        await using var daemon = await RunningDaemon.StartAsync(Home);
        Assert.Equal(
            [$"Target:{daemon.Target} Portal:{daemon.Portal},1", "Lun:0    Type:DIRECT_ACCESS (Size:1023M)"],
            Lines(await Command.DoAsync(list, "-s", $"iscsi://{daemon.Portal}")));
        var inquiry = Lines(await Command.DoAsync(Peer.Require("iscsi-inq"), daemon.Url));
        Assert.Contains("Vendor:LUNETTE ", inquiry);
        Assert.Contains("Peripheral Qualifier:CONNECTED", inquiry);
        var capacity = Lines(await Command.DoAsync(Peer.Require("iscsi-readcapacity16"), daemon.Url));
        Assert.Contains("RETURNED LOGICAL BLOCK ADDRESS:2097151", capacity);
        Assert.Contains("Total size:1073741824", capacity);
        Assert.Equal(0, await daemon.StopAsync());
    }

    [Fact]
    public async Task Swp_SetAndClear_IsRemembered()
    {
        var swp = Peer.Require("iscsi-swp");
        await using var daemon = await RunningDaemon.StartAsync(Home);
        Assert.Contains("SWP:0", await Command.DoAsync(swp, daemon.Url), StringComparison.Ordinal);
        await Command.DoAsync(swp, "-s", "on", daemon.Url);
        Assert.Contains("SWP:1", await Command.DoAsync(swp, daemon.Url), StringComparison.Ordinal);
        await Command.DoAsync(swp, "-s", "off", daemon.Url);
        Assert.Contains("SWP:0", await Command.DoAsync(swp, daemon.Url), StringComparison.Ordinal);
    }

    // The first five minutes of the README.
    [Fact]
    public async Task FirstMinutes_DiskForOneInitiator_TargetOfflineAndBack()
    {
        const string Mine = "iqn.2026-11.example:mine";
        var list = Peer.Require("iscsi-ls");
        await using var daemon = await RunningDaemon.StartAsync(Home);
        var created = await daemon.DoAsync($"stmfadm create-lu -s 2g {Path.Combine(Folder, "second.img")}");
        var guid = created.Trim()[^32..];
        await daemon.DoAsync("stmfadm create-hg mine");
        await daemon.DoAsync($"stmfadm add-hg-member -g mine {Mine}");
        await daemon.DoAsync($"stmfadm add-view -h mine {guid}");
        var portal = $"iscsi://{daemon.Portal}";
        Assert.Equal(2, Lines(await Command.DoAsync(list, "-s", portal)).Length);
        Assert.Equal(
            "Lun:1    Type:DIRECT_ACCESS (Size:1G)", Lines(await Command.DoAsync(list, "-i", Mine, "-s", portal))[2]);

        await daemon.DoAsync($"stmfadm offline-target {daemon.Target}");
        var refused = await Command.RunAsync(Peer.Require("iscsi-inq"), daemon.Url);
        Assert.NotEqual(0, refused.Exit);
        Assert.Contains("Service unavailable", refused.Error + refused.Output, StringComparison.Ordinal);
        await daemon.DoAsync($"stmfadm online-target {daemon.Target}");
        await Command.DoAsync(Peer.Require("iscsi-inq"), daemon.Url);
    }

    [Fact]
    public async Task Chap_BothWaysWithHeaderDigest_OnlyWithBothSecrets()
    {
        const string Mine = "iqn.2026-11.example:mine";
        var inquiry = Peer.Require("iscsi-inq");
        await using var daemon = await RunningDaemon.StartAsync(Home);
        var file = Path.Combine(Folder, "secret");
        await File.WriteAllTextAsync(file, "mysecret1234\n", Stop);
        await daemon.DoAsync($"itadm create-initiator -S {file} -u me {Mine}");
        await File.WriteAllTextAsync(file, "yoursecret1234\n", Stop);
        await daemon.DoAsync($"itadm modify-target -a chap -S {file} -u you {daemon.Target}");
        string Url(string mine, string yours) =>
            $"iscsi://me%{mine}@{daemon.Portal}/{daemon.Target}/0"
            + $"?target_user=you&target_password={yours}&header_digest=crc32c";
        await Command.DoAsync(inquiry, "-i", Mine, Url("mysecret1234", "yoursecret1234"));
        foreach (var (mine, yours) in new[] { ("mysecret4321", "yoursecret1234"), ("mysecret1234", "yoursecret4321") })
            Assert.NotEqual(0, (await Command.RunAsync(inquiry, "-i", Mine, Url(mine, yours))).Exit);
    }

    // Who brings a password where none is asked for gets in: discovery never asks.
    [Fact]
    public async Task Credentials_WhereNoneAreNeeded_GetIn()
    {
        var (list, inquiry) = (Peer.Require("iscsi-ls"), Peer.Require("iscsi-inq"));
        await using var daemon = await RunningDaemon.StartAsync(Home);
        var credentials = $"iscsi://nobody%abcdefgh12345678@{daemon.Portal}";
        Assert.Contains(daemon.Target, await Command.DoAsync(list, credentials), StringComparison.Ordinal);
        await Command.DoAsync(inquiry, $"{credentials}/{daemon.Target}/0");
    }

    [Fact]
    public async Task Login_ToAStranger_NotFound()
    {
        var inquiry = Peer.Require("iscsi-inq");
        await using var daemon = await RunningDaemon.StartAsync(Home);
        var refused = await Command.RunAsync(inquiry, $"iscsi://{daemon.Portal}/iqn.2026-11.example:stranger/0");
        Assert.NotEqual(0, refused.Exit);
        Assert.Contains("Target not found", refused.Error + refused.Output, StringComparison.OrdinalIgnoreCase);
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
