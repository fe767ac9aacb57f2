using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Lunette.Port.Virtual;
using Lunette.Scsi;
using Lunette.Stmf.Configuration;
using Lunette.Stmf.Contracts.Statistics;
using Lunette.Testing;

namespace Lunette.Proxy.Tests;

/// <summary>Two nodes with a door between them: one owns a disk, the other shows it.</summary>
public sealed class TwoNodesTests : IAsyncLifetime
{
    private const string Host = "iqn.2026-11.test:host";
    private static readonly byte[] s_testUnitReady = new byte[6];

    private Node _owner = null!;
    private Node _other = null!;
    private int _ownersDoor;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _owner = await Node.StartAsync(0);
        _other = await Node.StartAsync(1);
        await _owner.OwnAsync();
        await ConnectAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _other.DisposeAsync();
        await _owner.DisposeAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(8192)]
    public async Task ReadAndWrite_ThroughEitherNode_AreOfOneMedium(int blocks)
    {
        using var here = _owner.Login(Host);
        using var there = _other.Login(Host);
        await ReadyAsync(here);
        await ReadyAsync(there);
        var bytes = new byte[blocks * 512];
        new Random(blocks).NextBytes(bytes);
        Assert.True((await there.ExecuteAsync(Write(7, bytes))).IsGood);
        Assert.Equal(bytes, await ReadAsync(here, 7, blocks));
        bytes.AsSpan().Reverse();
        Assert.True((await here.ExecuteAsync(Write(9, bytes))).IsGood);
        Assert.Equal(bytes, await ReadAsync(there, 9, blocks));
    }

    [Fact]
    public async Task Tasks_ThroughTheDoor_CountAtBothNodes()
    {
        using var there = _other.Login(Host);
        await ReadyAsync(there);
        Assert.True((await there.ExecuteAsync(Write(7, new byte[4096]))).IsGood);
        await ReadAsync(there, 7, 8);
        foreach (var node in new[] { _owner, _other })
        {
            var (_, totals) = node.Framework.LogicalUnitTotals.Single(
                unit => unit.LogicalUnit.LogicalUnit.Id == Node.Id);
            Assert.Equal((1, 4096, 1, 4096), (
                totals.Of(TaskDirection.Out).Tasks, totals.Of(TaskDirection.Out).Bytes,
                totals.Of(TaskDirection.In).Tasks, totals.Of(TaskDirection.In).Bytes));
        }
    }

    [Fact]
    public async Task Door_ClosedAndOpenedAgain_AccessStatesSenseAndAttentionsFollow()
    {
        using var there = _other.Login(Host);
        await ReadyAsync(there);
        // With the door open it is the owner who answers.
        await GroupsBecomeAsync(there, (1, 0x0, [1]), (2, 0x1, [256]));

        await _owner.Proxy.CloseAsync(_ownersDoor);
        await SenseBecomesAsync(there, 0x06, 0x2A, 0x06);
        Assert.Equal((0x02, 0x04, 0x0B), SenseOf(await there.ExecuteAsync(Read(0, new byte[512]))));
        Assert.Equal((0x02, 0x04, 0x0B), SenseOf(await there.ExecuteAsync(Write(0, new byte[512]))));
        Assert.True((await there.ExecuteAsync(Inquiry(new byte[96]))).IsGood);
        await GroupsBecomeAsync(there, (2, 0x2, [256]), (1, 0x0, []));

        await ConnectAsync();
        await SenseBecomesAsync(there, 0x06, 0x2A, 0x06);
        await ReadyAsync(there);
        Assert.Equal(512, (await ReadAsync(there, 0, 1)).Length);
    }

    [Fact]
    public async Task OwnersPath_SaysThatTheOtherNodeIsThere()
    {
        using var here = _owner.Login(Host);
        await ReadyAsync(here);
        await GroupsBecomeAsync(here, (1, 0x0, [1]), (2, 0x1, [256]));
        await _other.Proxy.CloseAsync(1);
        await GroupsBecomeAsync(here, (1, 0x0, [1]), (2, 0x2, []));
    }

    [Fact]
    public async Task Reservation_ThroughOneNode_HoldsThroughTheOther()
    {
        using var here = _owner.Login(Host);
        using var there = _other.Login("iqn.2026-11.test:another");
        await ReadyAsync(here);
        await ReadyAsync(there);
        Assert.True((await here.ExecuteAsync(ReserveOut(0x00, 0, key: 5))).IsGood);
        Assert.True((await here.ExecuteAsync(ReserveOut(0x01, 5, key: 0))).IsGood);
        Assert.Equal(ScsiStatus.ReservationConflict, (await there.ExecuteAsync(Write(0, new byte[512]))).Status);
        Assert.True((await here.ExecuteAsync(ReserveOut(0x02, 5, key: 0))).IsGood);
        await ReadyAsync(there);
        Assert.True((await there.ExecuteAsync(Write(0, new byte[512]))).IsGood);
    }

    [Fact]
    public async Task LogicalUnitReset_ThroughTheOtherNode_ReachesTheOwner()
    {
        using var here = _owner.Login(Host);
        using var there = _other.Login(Host);
        await ReadyAsync(here);
        await ReadyAsync(there);
        Assert.Equal(
            ServiceResponse.FunctionComplete, await there.ManageAsync(TaskManagementFunction.LogicalUnitReset));
        Assert.Equal((0x06, 0x29, 0x03), SenseOf(await here.ExecuteAsync(new ScsiRequest(s_testUnitReady))));
    }

    [Fact]
    public async Task Alua_SwitchedOff_WhatStoodByIsGone()
    {
        Assert.NotNull(_other.Framework.FindLogicalUnit(Node.Id));
        Assert.True((await _other.Framework.SetAluaAsync(new AluaState(false, 1), Stop)).Succeeded);
        await UntilAsync(() => _other.Framework.FindLogicalUnit(Node.Id) is null);
        Assert.True((await _other.Framework.SetAluaAsync(new AluaState(true, 1), Stop)).Succeeded);
        await UntilAsync(() => _other.Framework.FindLogicalUnit(Node.Id) is not null);
        Assert.True((await _owner.Framework.SetAluaAsync(new AluaState(false, 0), Stop)).Succeeded);
        await UntilAsync(() => _other.Framework.FindLogicalUnit(Node.Id) is null);
    }

    [Fact]
    public async Task Door_Second_IsRefused_AndOneThatHearsNonsenseEnds()
    {
        await using var third = new MemoryStream();
        Assert.Null(_owner.Proxy.Open(third));
        Assert.False(_owner.Proxy.Post(_ownersDoor + 1, [0, 0, 0, 1, 1]));
        Assert.False(_owner.Proxy.Post(_ownersDoor, [0, 0, 0, 2, 1]));
        Assert.True(_owner.Proxy.Post(_ownersDoor, [0, 0, 0, 3, 99, 1, 2]));
        await UntilAsync(() => !_owner.Proxy.IsOpen && !_other.Proxy.IsOpen);
        using var here = _owner.Login(Host);
        await ReadyAsync(here);
    }

    // Everything a node says about every frame, cut off and changed: the door may end, nothing else.
    [Fact]
    public async Task Frames_RandomBytes_HurtNobody()
    {
        var random = new Random(20261122);
        for (var round = 0; round < 200; round++)
        {
            var frame = new byte[random.Next(6, 80)];
            random.NextBytes(frame);
            BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - 4);
            frame[4] = (byte)random.Next(1, 8);
            if (!_owner.Proxy.IsOpen) await ConnectAsync(waitForUnit: false);
            _owner.Proxy.Post(_ownersDoor, frame);
        }
        using var here = _owner.Login(Host);
        await ReadyAsync(here);
    }

    private async Task ConnectAsync(bool waitForUnit = true)
    {
        await UntilAsync(() => !_owner.Proxy.IsOpen && !_other.Proxy.IsOpen);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, Stop);
        var server = await listener.AcceptTcpClientAsync(Stop);
        _ownersDoor = Assert.NotNull(_owner.Proxy.Open(server.GetStream()));
        Assert.NotNull(_other.Proxy.Open(client.GetStream()));
        if (waitForUnit)
        {
            await UntilAsync(() => _other.Framework.FindLogicalUnit(Node.Id) is
            {
                State: Stmf.Transitions.ObjectState.Online,
                Access: AsymmetricAccessState.ActiveNonOptimized,
            });
        }
    }

    // Attentions come first, and what was told last arrives a moment later.
    private static Task ReadyAsync(VirtualInitiator host) => UntilAsync(async () =>
        (await host.ExecuteAsync(new ScsiRequest(s_testUnitReady))).IsGood);

    private static Task SenseBecomesAsync(VirtualInitiator host, int key, int code, int qualifier) => UntilAsync(
        async () => SenseOf(await host.ExecuteAsync(new ScsiRequest(s_testUnitReady))) == (key, code, qualifier));

    private static Task GroupsBecomeAsync(
        VirtualInitiator host, params (int Group, int State, int[] Ports)[] expected) => UntilAsync(async () =>
    {
        var data = new byte[256];
        var cdb = new byte[12];
        (cdb[0], cdb[1]) = (0xA3, 0x0A);
        BinaryPrimitives.WriteInt32BigEndian(cdb.AsSpan(6), data.Length);
        var reported = await host.ExecuteAsync(new ScsiRequest(cdb) { DataIn = data });
        if (!reported.IsGood) return false;
        var groups = new List<string>();
        for (var at = 4; at < BinaryPrimitives.ReadInt32BigEndian(data) + 4;)
        {
            var ports = Enumerable.Range(0, data[at + 7])
                .Select(i => BinaryPrimitives.ReadUInt16BigEndian(data.AsSpan(at + 8 + i * 4 + 2)));
            groups.Add($"{BinaryPrimitives.ReadUInt16BigEndian(data.AsSpan(at + 2))} {data[at] & 15} "
                + string.Join(',', ports));
            at += 8 + data[at + 7] * 4;
        }
        return groups.SequenceEqual(expected.Select(g => $"{g.Group} {g.State} {string.Join(',', g.Ports)}"));
    });

    private static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    private static Task UntilAsync(Func<Task<bool>> condition) => Eventually.IsSoAsync(condition);

    private static (int, int, int) SenseOf(ScsiResult result) => result.SenseData.Length >= 14
        ? (result.SenseData.Span[2] & 15, result.SenseData.Span[12], result.SenseData.Span[13])
        : default;

    private static async Task<byte[]> ReadAsync(VirtualInitiator host, uint lba, int blocks)
    {
        var bytes = new byte[blocks * 512];
        var result = await host.ExecuteAsync(Read(lba, bytes));
        Assert.True(result.IsGood, $"{result.Status} {SenseOf(result)}");
        return bytes;
    }

    private static ScsiRequest Read(uint lba, byte[] into) => new(Transfer(0x88, lba, into.Length)) { DataIn = into };

    private static ScsiRequest Write(uint lba, byte[] from) => new(Transfer(0x8A, lba, from.Length)) { DataOut = from };

    private static ScsiRequest Inquiry(byte[] into) =>
        new(new byte[] { 0x12, 0, 0, 0, (byte)into.Length, 0 }) { DataIn = into };

    private static byte[] Transfer(byte operation, uint lba, int length)
    {
        var cdb = new byte[16];
        cdb[0] = operation;
        BinaryPrimitives.WriteUInt32BigEndian(cdb.AsSpan(6), lba);
        BinaryPrimitives.WriteInt32BigEndian(cdb.AsSpan(10), length / 512);
        return cdb;
    }

    private static ScsiRequest ReserveOut(byte action, ulong registered, ulong key)
    {
        var list = new byte[24];
        BinaryPrimitives.WriteUInt64BigEndian(list, registered);
        BinaryPrimitives.WriteUInt64BigEndian(list.AsSpan(8), key);
        return new(new byte[] { 0x5F, action, 0x01, 0, 0, 0, 0, 0, 24, 0 }) { DataOut = list };
    }
}
