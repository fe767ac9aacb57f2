using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Lunette.Testing.Wire;

/// <summary>tgt, from its package, in the foreground on a port and a control socket of its own.</summary>
public sealed class TgtTarget : IWireTarget
{
    private static int s_ports;

    private readonly Process _daemon;
    private readonly string _control;
    private readonly string _disk;

    private TgtTarget(Process daemon, int port, string control, string disk)
    {
        _daemon = daemon;
        Port = port;
        _control = control;
        _disk = disk;
    }

    public int Port { get; }

    public int LunNumber => 1;

    public static async Task<TgtTarget> StartAsync(WireSecrets? secrets, string hostSecret, string diskSecret)
    {
        var program = Peer.Require("tgtd");
        Peer.Require("tgtadm");
        var port = FreePort();
        // Names its control socket, and has to be a short integer.
        var control = (port % short.MaxValue).ToString(CultureInfo.InvariantCulture);
        var disk = Path.Combine(Path.GetTempPath(), $"lunette-tgt-{control}.img");
        await using (var file = File.Create(disk)) file.SetLength(IWireTarget.LengthBytes);
        var start = new ProcessStartInfo(program, ["-f", "-C", control, "--iscsi", $"portal=127.0.0.1:{port}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var daemon = Process.Start(start)!;
        daemon.OutputDataReceived += (_, _) => { };
        daemon.ErrorDataReceived += (_, _) => { };
        daemon.BeginOutputReadLine();
        daemon.BeginErrorReadLine();
        var target = new TgtTarget(daemon, port, control, disk);
        try
        {
            await target.ConfigureAsync(secrets, hostSecret, diskSecret);
            return target;
        }
        catch
        {
            await target.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_daemon.HasExited) _daemon.Kill();
        await _daemon.WaitForExitAsync();
        _daemon.Dispose();
        File.Delete(_disk);
    }

    private async Task ConfigureAsync(WireSecrets? secrets, string hostSecret, string diskSecret)
    {
        await WaitForPortAsync();
        await AdministerAsync("--op new --mode target --tid 1 -T " + IWireTarget.Name);
        await AdministerAsync($"--op new --mode logicalunit --tid 1 --lun 1 -b {_disk} --bstype rdwr");
        await AdministerAsync("--op bind --mode target --tid 1 -I ALL");
        foreach (var (key, value) in ((string, string)[])
            [("HeaderDigest", "None,CRC32C"), ("DataDigest", "None,CRC32C"), ("MaxRecvDataSegmentLength", "131072"),
            ("InitialR2T", "No"), ("DefaultTime2Wait", "0")])
            await AdministerAsync($"--op update --mode target --tid 1 --name {key} --value {value}");
        if (secrets is null) return;
        await AdministerAsync($"--op new --mode account --user {secrets.Host.Name} --password {hostSecret}");
        await AdministerAsync($"--op bind --mode account --tid 1 --user {secrets.Host.Name}");
        if (secrets.Disk is not { } disk) return;
        await AdministerAsync($"--op new --mode account --user {disk.Name} --password {diskSecret}");
        await AdministerAsync($"--op bind --mode account --tid 1 --user {disk.Name} --outgoing");
    }

    private async Task AdministerAsync(string arguments)
    {
        var start = new ProcessStartInfo(Peer.Require("tgtadm"), $"-C {_control} --lld iscsi {arguments}")
        {
            RedirectStandardError = true,
        };
        using var tool = Process.Start(start)!;
        var said = await tool.StandardError.ReadToEndAsync();
        await tool.WaitForExitAsync();
        Assert.True(tool.ExitCode == 0, "tgtadm said: " + said);
    }

    private async Task WaitForPortAsync()
    {
        for (var i = 0; i < 6000; i++)
        {
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await probe.ConnectAsync(IPAddress.Loopback, Port);
                return;
            }
            catch (SocketException) when (!_daemon.HasExited)
            {
                await Task.Delay(20);
            }
        }
        Assert.Fail("tgtd does not listen");
    }

    // Below those that the system gives to whoever asks for any: such a one might be taken before tgtd has it.
    private static int FreePort()
    {
        const int Lowest = 10_000, Ports = 20_000;
        while (true)
        {
            var chance = (Environment.ProcessId * 61) + Interlocked.Increment(ref s_ports);
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Loopback, Lowest + (chance % Ports)));
                return ((IPEndPoint)probe.LocalEndPoint!).Port;
            }
            catch (SocketException)
            {
                // Somebody's: the next.
            }
        }
    }
}
