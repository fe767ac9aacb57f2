using System.Net.Sockets;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Wire;
using Lunette.Admin.Serving;
using Lunette.Testing;
using Lunette.Testing.Admin;

namespace Lunette.Admin.Tests.Serving;

public sealed class AdminServerTests : IAsyncLifetime
{
    private AdminKit _kit = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _kit = await AdminKit.StartAsync();

    public ValueTask DisposeAsync() => _kit.DisposeAsync();

    [Fact]
    public void Socket_Mode_IsOwnerAndGroup()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("file modes are a Unix thing");
        else Assert.Equal("660", Convert.ToString((int)File.GetUnixFileMode(_kit.SocketPath), 8));
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF })]
    [InlineData(new byte[] { 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0, 0, 0, 3, (byte)'a', (byte)'b', (byte)'c' })]
    [InlineData(new byte[] { 0x47, 0x45, 0x54, 0x20, 0x2F })]
    public async Task Nonsense_OnOneConnection_EndsOnlyThatOne(byte[] bytes)
    {
        using var socket = await ConnectAsync();
        await socket.SendAsync(bytes, Stop);
        Assert.True(await HasEndedAsync(socket));
        Assert.True((await _kit.Remote.GetStateAsync()).Succeeded);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"target\":\"\"}")]
    [InlineData("{\"target\":null}")]
    [InlineData("{\"target\":7}")]
    [InlineData("[]")]
    [InlineData("null")]
    public async Task Arguments_Malformed_InvalidArg(string arguments)
    {
        var reply = await CallAsync("{\"version\":1,\"verb\":\"OfflineTarget\",\"arguments\":" + arguments + "}");
        Assert.Equal((int)StmfStatus.InvalidArg, reply.Status);
    }

    [Fact]
    public async Task Verb_NobodyKnows_InvalidArg() => Assert.Equal(
        (int)StmfStatus.InvalidArg, (await CallAsync("{\"version\":1,\"verb\":\"Explode\",\"arguments\":{}}")).Status);

    [Fact]
    public async Task Version_NewerCaller_IsToldOurs()
    {
        var reply = await CallAsync("{\"version\":2,\"verb\":\"GetState\",\"arguments\":{}}");
        Assert.Equal((int)StmfStatus.ServiceDataVersion, reply.Status);
        Assert.Equal(AdminWire.Version, reply.Version);
    }

    [Fact]
    public async Task Caller_DiesInMidCall_OthersAreServed()
    {
        for (var i = 0; i < 2 * AdminServer.ConnectionsMax; i++)
        {
            using var socket = await ConnectAsync();
            await socket.SendAsync(new byte[] { 0, 0, 1, 0, (byte)'{' }, Stop);
        }
        Assert.True((await _kit.Remote.GetStateAsync()).Succeeded);
    }

    // What was asked whole is carried out, though nobody hears of it: all of it, once.
    [Fact]
    public async Task Caller_DiesBeforeTheAnswer_WhatItAskedIsDoneAndOthersAreServed()
    {
        for (var i = 0; i < 2 * AdminServer.ConnectionsMax; i++)
        {
            using var socket = await ConnectAsync();
            var body = System.Text.Encoding.UTF8.GetBytes(
                $$$"""{"version":1,"verb":"CreateHostGroup","arguments":{"group":"g{{{i}}}"}}""");
            await socket.SendAsync((byte[])[0, 0, 0, (byte)body.Length, .. body], Stop);
        }
        await Eventually.IsSoAsync(async () =>
            (await _kit.Remote.GetHostGroupListAsync()).Required.Count == 2 * AdminServer.ConnectionsMax);
        Assert.Equal(StmfStatus.Exists, (await _kit.Remote.CreateHostGroupAsync("g0")).Status);
    }

    [Fact]
    public async Task DaemonGone_NextCall_ServiceNotFound()
    {
        var path = _kit.SocketPath;
        await _kit.DisposeAsync();
        await using (var remote = RemoteAdmin.OverUnixSocket(path))
            Assert.Equal(StmfStatus.ServiceNotFound, (await remote.GetStateAsync()).Status);
        _kit = await AdminKit.StartAsync();
    }

    // Ended with bytes unread, a connection reads as reset.
    private static async Task<bool> HasEndedAsync(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[1], Stop) == 0;
        }
        catch (SocketException ended)
        {
            return ended.SocketErrorCode == SocketError.ConnectionReset;
        }
    }

    private async Task<AdminReply> CallAsync(string json)
    {
        using var socket = await ConnectAsync();
        await using var stream = new NetworkStream(socket);
        var body = System.Text.Encoding.UTF8.GetBytes(json);
        await stream.WriteAsync(new byte[] { 0, 0, 0, (byte)body.Length }, Stop);
        await stream.WriteAsync(body, Stop);
        return (await AdminWire.ReadAsync(stream, AdminJson.Default.AdminReply, Stop))!;
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(_kit.SocketPath), Stop);
        return socket;
    }
}
