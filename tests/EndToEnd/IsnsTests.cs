using System.Net;
using System.Net.Sockets;
using Lunette.Testing;

namespace Lunette.EndToEnd;

/// <summary>Registration with open-isns, a foreign iSNS server.</summary>
public sealed class IsnsTests : EndToEndTests
{
    [Fact]
    public async Task Target_OnlineIsRegistered_OfflineIsWithdrawn()
    {
        var server = Peer.Require("isnsd");
        Peer.Require("isnsadm");
        var at = FreePortal();
        var configuration = await ConfigureAsync("d.conf", $"BindAddress = {at}");
        await ConfigureAsync("c.conf", $"ServerAddress = {at}");
        using var isnsd = Command.Start(server, ["-f", "-c", configuration]);
        try
        {
            await using var daemon = await RunningDaemon.StartAsync(Home);
            await daemon.DoAsync($"itadm modify-defaults -i enable -I {at}");
            await RegisteredAsync(daemon.Target, true);
            Assert.Contains($"= {daemon.EndPoint.Port}/tcp", await ListAsync("portals"), StringComparison.Ordinal);

            await daemon.DoAsync($"itadm create-target -n {daemon.Target}.second");
            await RegisteredAsync(daemon.Target + ".second", true);
            await daemon.DoAsync($"stmfadm offline-target {daemon.Target}.second");
            await RegisteredAsync(daemon.Target + ".second", false);
            await RegisteredAsync(daemon.Target, true);

            var (one, two) = (FreePortal(), FreePortal());
            await daemon.DoAsync($"itadm create-tpg 7 {one}");
            await daemon.DoAsync($"itadm create-target -t 7 -n {daemon.Target}.third");
            await RegisteredAsync(daemon.Target + ".third", true);
            await WaitForAsync(async () => await PortalOfAsync(daemon.Target + ".third") == $"{one} tag 7");
            Assert.Equal($"127.0.0.1:{daemon.EndPoint.Port} tag 1", await PortalOfAsync(daemon.Target));
            await daemon.DoAsync($"itadm create-tpg 8 {two}");
            await daemon.DoAsync($"itadm modify-target -t 8 {daemon.Target}.third");
            await WaitForAsync(async () => await PortalOfAsync(daemon.Target + ".third") == $"{two} tag 8");

            await daemon.DoAsync("itadm modify-defaults -i disable");
            await RegisteredAsync(daemon.Target, false);
            await daemon.DoAsync("itadm modify-defaults -i enable");
            await RegisteredAsync(daemon.Target, true);
            Assert.Equal(0, await daemon.StopAsync());
            await RegisteredAsync(daemon.Target, false);
        }
        finally
        {
            isnsd.Kill();
            await isnsd.WaitForExitAsync(Stop);
        }
    }

    private Task RegisteredAsync(string target, bool wanted) => WaitForAsync(async () =>
        (await ListAsync("nodes")).Contains($"\"{target}\"", StringComparison.Ordinal) == wanted);

    private async Task<string> ConfigureAsync(string name, string line)
    {
        var path = Path.Combine(Folder, name);
        await File.WriteAllTextAsync(
            path,
            $"""
            SourceName = iqn.2026-11.example:isns
            Database = {Path.Combine(Folder, "isns")}
            PIDFile = {Path.Combine(Folder, "isnsd.pid")}
            ControlSocket = {Path.Combine(Folder, "isnsd.sock")}
            Security = 0
            SLPRegister = 0
            DefaultDiscoveryDomain = 1
            {line}

            """,
            Stop);
        return path;
    }

    private async Task<string> ListAsync(string what)
    {
        var listed = await Command.RunAsync(
            Peer.Require("isnsadm"), "-c", Path.Combine(Folder, "c.conf"), "--local", "--list", what);
        return listed.Output;
    }

    // Where open-isns knows a node to be: portal and tag of its one portal group.
    private async Task<string> PortalOfAsync(string target)
    {
        var groups = (await ListAsync("portal-groups")).Split("Object ")
            .Where(group => group.Contains($"\"{target}\"", StringComparison.Ordinal)).ToArray();
        if (groups is not [var one]) return $"{groups.Length} groups";
        return $"{Field("address")}:{Field("port").Replace("/tcp", "", StringComparison.Ordinal)} tag {Field("tag")}";

        string Field(string name) => one.Split('\n')
            .First(line => line.Contains($"Portal group {name} =", StringComparison.Ordinal)).Split("= ")[1].Trim();
    }

    // At an address of this test's own, where nobody else takes the port before it is used.
    private static IPEndPoint FreePortal()
    {
        using var listener = new TcpListener(IPAddress.Parse("127.0.83.2"), 0);
        listener.Start();
        return (IPEndPoint)listener.LocalEndpoint;
    }
}
