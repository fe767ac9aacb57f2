using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Observation;
using Lunette.Iscsi;
using Lunette.Testing;
using Lunette.Testing.Iscsi;

namespace Lunette.EndToEnd;

/// <summary>lunette capture: what it writes, tshark must read as iSCSI, whole and without a complaint.</summary>
public sealed class CaptureTests : EndToEndTests
{
    [Theory]
    [InlineData("127.0.0.1:0")]
    [InlineData("[::1]:0")]
    public async Task Capture_OfASession_TsharkDecodesEveryCommand(string portal)
    {
        var tshark = Peer.Require("tshark");
        Assert.SkipUnless(Socket.OSSupportsIPv6 || portal[0] != '[', "this machine has no IPv6");
        await using var daemon = await RunningDaemon.StartAsync(Home, "--portal", portal);
        var at = IPEndPoint.Parse((await daemon.StatusAsync()).Portals[^1]);
        using var initiator = await SocketInitiator.ConnectAsync(at);
        var login = SocketInitiator.Settings(target: daemon.Target);
        Assert.Equal(LoginStatus.Success, await initiator.LoginAsync(login));
        await initiator.SettleAsync();

        var file = Path.Combine(Folder, "session.pcap");
        var session = await SessionAsync(daemon);
        var capturing = Command.RunAsync("dotnet",
        [
            RunningDaemon.CliPath, "--home", Home, "capture", "--session",
            session.Number.ToString(CultureInfo.InvariantCulture), file,
        ]);
        // The file's head, with the connection being made, is there before it captures: some commands must be, too.
        var head = 0L;
        await Eventually.IsSoAsync(() => (head = new FileInfo(file) is { Exists: true } made ? made.Length : 0) > 0);
        await WaitForAsync(async () =>
        {
            await initiator.SettleAsync();
            return new FileInfo(file).Length > head + 1024;
        });
        const int Rounds = 20;
        for (var i = 0; i < Rounds; i++)
        {
            var data = new byte[512 << (i % 8)];
            new Random(i).NextBytes(data);
            await initiator.WriteAsync((uint)i * 128, data);
            Assert.Equal(data, await initiator.ReadAsync((uint)i * 128, data.Length / 512));
        }
        await initiator.LogoutAsync();
        var ran = await capturing;
        Assert.True(ran.Exit == 0, ran.Error);
        Assert.Contains("the session is over", ran.Error, StringComparison.Ordinal);

        var port = at.Port;
        var opCodes = await FieldAsync(tshark, file, port, "iscsi", "iscsi.opcode");
        // SCSI Command, Data-In, Logout Request and its answer, as RFC 7143 numbers them.
        Assert.True(opCodes.Count(code => code == "0x01") > 2 * Rounds, string.Join(' ', opCodes));
        Assert.True(opCodes.Count(code => code == "0x25") >= Rounds, string.Join(' ', opCodes));
        Assert.Contains("0x06", opCodes);
        Assert.Contains("0x26", opCodes);
        Assert.DoesNotContain("0x03", opCodes);
        const string Commands = "scsi_sbc.opcode && iscsi.opcode == 0x01";
        var commands = await FieldAsync(tshark, file, port, Commands, "scsi_sbc.opcode", "f");
        // One command a packet; the field stands there twice, as number and as name.
        Assert.Equal(Rounds, commands.Count(code => code == "0x2a"));
        Assert.Equal(Rounds, commands.Count(code => code == "0x28"));
        // Nothing malformed, no gap, no packet twice, every checksum right.
        const string Wrong =
            "_ws.malformed || tcp.analysis.flags || ip.checksum.status == 0 || tcp.checksum.status == 0";
        Assert.Empty(await FieldAsync(tshark, file, port, Wrong, "frame.number"));
        Assert.Empty(await FieldAsync(tshark, file, port, "iscsi.keyvalue contains \"CHAP\"", "frame.number"));
    }

    // 32 MiB wait at most for whoever takes them: the rest is left out, counted, and the file says where.
    [Fact]
    public async Task Capture_NobodyTakes_WhatIsMissingIsTold()
    {
        await using var daemon = await RunningDaemon.StartAsync(Home);
        using var initiator = await SocketInitiator.ConnectAsync(daemon.EndPoint);
        var login = SocketInitiator.Settings(target: daemon.Target);
        Assert.Equal(LoginStatus.Success, await initiator.LoginAsync(login));
        await initiator.SettleAsync();
        var session = await SessionAsync(daemon);
        await using var admin = daemon.Administer();
        var capture = (await admin.StartCaptureAsync(session.Number)).Required.Capture;
        CaptureChunk chunk;
        // It has begun when something of the session is in it.
        do
        {
            await initiator.ReadAsync(0, 8);
            chunk = (await admin.ReadCaptureAsync(capture)).Required;
        }
        while (chunk.Bytes.Length < 4096);
        Assert.Equal(0, chunk.LostBytes);

        const int Blocks = 512;
        for (var i = 0; i < 40 << 20; i += Blocks * 512) await initiator.ReadAsync(0, Blocks);
        var taken = 0L;
        do
        {
            chunk = (await admin.ReadCaptureAsync(capture)).Required;
            taken += chunk.Bytes.Length;
        }
        while (chunk.Bytes.Length > 0);
        Assert.InRange(chunk.LostBytes, 7 << 20, 9 << 20);
        Assert.InRange(taken, 31 << 20, 36 << 20);
        // There is room again, and nothing more is lost.
        var lost = chunk.LostBytes;
        await initiator.ReadAsync(0, Blocks);
        taken = 0;
        // What was sent is recorded after it has left, so the last of it may come a chunk later.
        await WaitForAsync(async () =>
        {
            chunk = (await admin.ReadCaptureAsync(capture)).Required;
            taken += chunk.Bytes.Length;
            return taken > Blocks * 512;
        });
        Assert.Equal(lost, chunk.LostBytes);
        Assert.True((await admin.EndCaptureAsync(capture)).Succeeded);
        Assert.Equal(StmfStatus.NotFound, (await admin.ReadCaptureAsync(capture)).Status);
    }

    [Fact]
    public async Task Capture_FileAsLargeAsItMayBe_EndsAndSaysSo()
    {
        await using var daemon = await RunningDaemon.StartAsync(Home);
        using var initiator = await SocketInitiator.ConnectAsync(daemon.EndPoint);
        var login = SocketInitiator.Settings(target: daemon.Target);
        Assert.Equal(LoginStatus.Success, await initiator.LoginAsync(login));
        await initiator.SettleAsync();
        var file = Path.Combine(Folder, "small.pcap");
        var session = await SessionAsync(daemon);
        var capturing = daemon.RunAsync(string.Create(
            CultureInfo.InvariantCulture, $"capture --size 64k --session {session.Number} {file}"));
        while (!capturing.IsCompleted) await initiator.ReadAsync(0, 64);
        var ran = await capturing;
        Assert.True(ran.Exit == 0, ran.Error);
        Assert.Contains("the file is as large as it may be", ran.Error, StringComparison.Ordinal);
        Assert.True(new FileInfo(file).Length >= 64 << 10);
        Assert.NotEmpty(await initiator.ReadAsync(0, 64));
    }

    [Fact]
    public async Task Capture_NoSuchSession_FailsAndLeavesNoFile()
    {
        await using var daemon = await RunningDaemon.StartAsync(Home);
        var file = Path.Combine(Folder, "nothing.pcap");
        var ran = await Command.RunAsync(
            "dotnet", [RunningDaemon.CliPath, "--home", Home, "capture", "--session", "4711", file]);
        Assert.Equal((1, "lunette: 4711: not found"), (ran.Exit, ran.Error.Split('\n')[0]));
        Assert.False(File.Exists(file));
    }

    private static async Task<SessionDescription> SessionAsync(RunningDaemon daemon)
    {
        await using var admin = daemon.Administer();
        return Assert.Single((await admin.GetActivityAsync(ActivityKind.Session)).Required.Rows).Session!;
    }

    // One line for each packet; several PDUs in one stand behind each other, separated by commas.
    private static async Task<string[]> FieldAsync(
        string tshark, string file, int port, string filter, string field, string occurrences = "a")
    {
        var said = await Command.DoAsync(tshark,
        [
            "-r", file, "-d", string.Create(CultureInfo.InvariantCulture, $"tcp.port=={port},iscsi"),
            "-E", "occurrence=" + occurrences,
            "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-Y", filter, "-T", "fields", "-e", field,
        ]);
        return said.Split(['\n', ',', '\t'], StringSplitOptions.RemoveEmptyEntries);
    }
}
