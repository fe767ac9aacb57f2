using System.Net;
using System.Net.Sockets;
using Lunette.Adapter.Disks;
using Lunette.Adapter.Iscsi;
using Lunette.Initiator.Iscsi;
using Lunette.Iscsi;
using Lunette.Lu.Disk;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;
using Lunette.Testing;

namespace Lunette.Target.Iscsi.Tests;

/// <summary>A target that lives in a program, and a disk as a program opens it.</summary>
public sealed class IscsiTargetTests
{
    private static readonly ChapCredentials s_host = new("host", new("the-hosts-secret"u8));
    private static readonly ChapCredentials s_disk = new("disk", new("the-disks-secret"u8));

    [Fact]
    public async Task Serve_Libiscsi_SeesTargetAndDisks()
    {
        await using var target = await IscsiTarget.StartAsync(
            DiskUnit.InMemory(1 << 20), DiskUnit.InMemory(2 << 20, number: 1));
        var list = await Command.DoAsync(
            Peer.Require("iscsi-ls"), "-s", $"iscsi://{target.EndPoint}");
        Assert.Contains(target.Name, list, StringComparison.Ordinal);
        Assert.Equal(2, list.Split('\n').Count(line => line.StartsWith("Lun:", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Chap_BothWays_RightOpensWrongSaysWhy()
    {
        await using var target = await IscsiTarget.StartAsync(
            new IscsiTargetOptions { Initiator = s_host, Target = s_disk }, [DiskUnit.InMemory(1 << 20)]);
        var session = IscsiUrl.Parse(target.UrlOf(0)).ToSession() with
        {
            Credentials = s_host,
            TargetCredentials = s_disk,
        };
        await using (var opened = await IscsiDisk.OpenAsync(session, Lun.FromNumber(0)))
            Assert.Equal(1 << 20, opened.Disk.LengthBytes);
        var wrong = session with { Credentials = new ChapCredentials("host", new("not-the-secret"u8)) };
        var thrown = await Assert.ThrowsAsync<IscsiException>(() => IscsiDisk.OpenAsync(wrong, Lun.FromNumber(0)));
        Assert.Equal(IscsiFaultKind.LoginRefused, thrown.Fault.Kind);
    }

    [Fact]
    public Task Chap_OfTheTargetAlone_IsRefused() => Assert.ThrowsAsync<ArgumentException>(() =>
        IscsiTarget.StartAsync(new IscsiTargetOptions { Target = s_disk }, [DiskUnit.InMemory(1 << 20)]));

    [Fact]
    public async Task Open_NothingAtTheLun_TheDiskSaysSo()
    {
        await using var target = await IscsiTarget.StartAsync(DiskUnit.InMemory(1 << 20));
        await Assert.ThrowsAsync<ScsiDiskException>(() => IscsiDisk.OpenAsync(target.UrlOf(5)));
    }

    [Theory]
    [InlineData("127.0.0.1/iqn.2026-11.example:disk/0")]
    [InlineData("iscsi://user%secret@127.0.0.1/iqn.2026-11.example:disk/0")]
    [InlineData("iscsi://127.0.0.1")]
    [InlineData("iscsi://127.0.0.1/not a name/0")]
    [InlineData("iscsi://127.0.0.1:notaport/iqn.2026-11.example:disk/0")]
    public async Task Open_NoUrl_SaysHowOneIsWritten(string url) =>
        await Assert.ThrowsAsync<FormatException>(() => IscsiDisk.OpenAsync(url));

    [Fact]
    public async Task Remove_UnitInUse_ItsReaderHearsThatItIsGone()
    {
        var unit = DiskUnit.InMemory(1 << 20);
        await using var target = await IscsiTarget.StartAsync(unit, DiskUnit.InMemory(1 << 20, number: 1));
        await using var opened = await IscsiDisk.OpenAsync(target.UrlOf(0));
        await using var other = await IscsiDisk.OpenAsync(target.UrlOf(1));
        await target.RemoveAsync(unit);
        await Assert.ThrowsAsync<ScsiDiskException>(() => opened.Disk.ReadAsync(0, new byte[512]).AsTask());
        await other.Disk.ReadAsync(0, new byte[512]);
        Assert.Equal(0, await target.AddAsync(DiskUnit.InMemory(1 << 20, number: 2)));
    }

    [Fact]
    public async Task Start_SameIdentifierTwice_RefusedAndNothingIsLeft()
    {
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => IscsiTarget.StartAsync(
            DiskUnit.InMemory(1 << 20), DiskUnit.InMemory(1 << 20)));
        Assert.Contains(new LogicalUnitId(0x6024_C550_0000_0000, 0).ToString(), thrown.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Add_StoreDoesNotOpen_SaysWhyAndLeavesNothing()
    {
        await using var target = await IscsiTarget.StartAsync(DiskUnit.InMemory(1 << 20));
        var sound = DiskUnit.InMemory(1 << 20, number: 1);
        var broken = new DiskUnit(sound.Disk, () => new(null, "the shelf is empty"));
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => target.AddAsync(broken));
        Assert.Contains("the shelf is empty", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(1, await target.AddAsync(sound));
    }

    [Fact]
    public async Task Start_AddressInUse_SocketException()
    {
        await using var target = await IscsiTarget.StartAsync(DiskUnit.InMemory(1 << 20));
        var same = new IscsiTargetOptions { EndPoint = new IPEndPoint(IPAddress.Loopback, target.EndPoint.Port) };
        var thrown = await Assert.ThrowsAsync<SocketException>(
            () => IscsiTarget.StartAsync(same, [DiskUnit.InMemory(1 << 20)]));
        Assert.Equal(SocketError.AddressAlreadyInUse, thrown.SocketErrorCode);
    }
}
