using Lunette.Iscsi;
using Lunette.Testing;
using Lunette.Testing.Iscsi;

namespace Lunette.EndToEnd;

/// <summary>The daemon on plain sockets, as it runs where there is no epoll.</summary>
public sealed class PortableTests : EndToEndTests
{
    [Fact]
    public async Task Portable_SessionsLargeTransfersAndOffline_AsOnTheLinuxShell()
    {
        await using var daemon = await RunningDaemon.StartAsync(Home, "--portable", "--ram", "64m");
        await using var steady = await Steady.ConnectAsync(daemon);
        using var over = new CancellationTokenSource();
        var verified = steady.VerifyUntilAsync(over.Token);
        for (var round = 0; round < 8; round++)
        {
            using var guest = await SocketInitiator.ConnectAsync(daemon.EndPoint);
            var settings = SocketInitiator.Settings($"guest{round}", target: daemon.Target);
            Assert.Equal(LoginStatus.Success, await guest.LoginAsync(settings));
            await guest.SettleAsync();
            var data = new byte[32 << 10];
            new Random(round).NextBytes(data);
            await guest.WriteAsync(200_000, data);
            Assert.Equal(data, await guest.ReadAsync(200_000, data.Length / 512));
            if (round % 2 == 0) await guest.LogoutAsync();
        }
        await over.CancelAsync();
        Assert.True(await verified > 0);
        await daemon.DoAsync($"stmfadm offline-target {daemon.Target}");
        await daemon.DoAsync($"stmfadm online-target {daemon.Target}");
        Assert.Equal(0, await daemon.CounterAsync("dropped Fault"));
        Assert.Equal(0, await daemon.StopAsync());
    }

    [Fact]
    public async Task Portable_Libiscsi_FindsItsDisks()
    {
        var lister = Peer.Require("iscsi-ls");
        await using var daemon = await RunningDaemon.StartAsync(Home, "--portable", "--ram", "64m");
        var listed = await Command.RunAsync(lister, ["-s", $"iscsi://{daemon.Portal}"]);
        Assert.Contains("Lun:1", listed.Output, StringComparison.Ordinal);
    }
}
