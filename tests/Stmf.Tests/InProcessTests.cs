using System.Buffers.Binary;
using Lunette.Port.Virtual;
using Lunette.Scsi;
using Lunette.Stmf.Configuration;
using Lunette.Stmf.Tests.Kit;

namespace Lunette.Stmf.Tests;

/// <summary>The framework with the product's own port, disk and fallback unit, as an initiator sees them.</summary>
public class InProcessTests
{
    private const string Name = "iqn.2026-11.example:disks";
    private const string Host = "iqn.2026-11.example:host";

    private static readonly byte[] s_testUnitReady = [0x00, 0, 0, 0, 0, 0];
    private static readonly byte[] s_inquiry = [0x12, 0, 0, 0, 96, 0];
    private static readonly byte[] s_reportLuns = [0xA0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0];
    private static readonly byte[] s_reserve = [0x16, 0, 0, 0, 0, 0];
    private static readonly byte[] s_reportTargetPortGroups = [0xA3, 0x0A, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0];

    [Fact]
    public async Task Host_ViewAddedAndRemoved_HearsOfItAndSeesIt()
    {
        await using var world = await World.StartAsync();
        using var host = world.Login(Host);
        Assert.Equal(0x7F, host.Execute(Read(s_inquiry, out var inquiry)).IsGood ? inquiry.Span[0] : 0xFF);
        Assert.Equal("5/2500", Said(host.Execute(new(s_testUnitReady))));
        Assert.Equal(0, LunsReported(host));

        await world.ViewAsync(new(null, null), lun: 300);
        var at = new ScsiRequest(s_testUnitReady) { Lun = Lun.FromNumber(300) };
        Assert.Equal("6/2900", Said(host.Execute(at)));
        Assert.True(host.Execute(at).IsGood);
        Assert.Equal(1, LunsReported(host));

        Target.Accepted(await world.Framework.ChangeAsync(edit =>
        {
            edit.RemoveViewEntry(world.Disk.Id, 0);
            return edit.AddViewEntry(world.Disk.Id, new(null, null), 5).Outcome;
        }));
        Assert.Equal("5/2500", Said(host.Execute(at)));
        at = at with { Lun = Lun.FromNumber(5) };
        Assert.Equal("6/3F0E", Said(host.Execute(at)));
        Assert.True(host.Execute(at).IsGood);
        host.Execute(Read(s_inquiry, out inquiry) with { Lun = Lun.FromNumber(5) });
        Assert.Equal(0x00, inquiry.Span[0]);

        Target.Accepted(await world.Framework.RemoveViewEntryAsync(world.Disk.Id, 0));
        Assert.Equal("5/2500", Said(host.Execute(at)));
        Assert.Equal(0, LunsReported(host));
    }

    [Fact]
    public async Task Host_LosesItsView_ItsReservationGoesToo()
    {
        await using var world = await World.StartAsync();
        Target.Accepted(await world.Framework.ChangeAsync(edit =>
        {
            edit.CreateGroup(GroupKind.Host, "h");
            edit.AddMember(GroupKind.Host, "h", Host);
            return edit.AddMember(GroupKind.Host, "h", Host + "2");
        }));
        await world.ViewAsync(new("h", null), lun: 0);
        using var holder = world.Login(Host);
        using var other = world.Login(Host + "2");
        foreach (var host in new[] { holder, other }) host.Execute(new(s_testUnitReady));
        Assert.True(holder.Execute(new(s_reserve)).IsGood);
        Assert.Equal(ScsiStatus.ReservationConflict, other.Execute(new(s_testUnitReady)).Status);
        Target.Accepted(await world.Framework.RemoveMemberAsync(GroupKind.Host, "h", Host));
        Assert.Equal("5/2500", Said(holder.Execute(new(s_testUnitReady))));
        Assert.True(other.Execute(new(s_testUnitReady)).IsGood);
    }

    [Fact]
    public async Task Host_LogicalUnitStandby_NotReadyThenBack()
    {
        await using var world = await World.StartAsync();
        await world.ViewAsync(new(null, null), lun: 0);
        Target.Accepted(await world.Framework.SetAluaAsync(new(Enabled: true, Node: 0)));
        using var host = world.Login(Host);
        host.Execute(new(s_testUnitReady));
        host.Execute(new(s_testUnitReady));
        Assert.True(host.Execute(new(s_testUnitReady)).IsGood);

        Target.Accepted(world.Framework.SetAccessState(world.Disk.Id, AsymmetricAccessState.Standby));
        await UntilAsync(() => Said(host.Execute(new(s_testUnitReady))) == "6/2A06");
        Assert.Equal("2/040B", Said(host.Execute(new(s_testUnitReady))));
        Assert.True(host.Execute(Read(s_reportTargetPortGroups, out var groups)).IsGood);
        // Two groups: ours, standby, with the one port; the other node's, active/optimized and preferred.
        Assert.Equal(0x02, groups.Span[4] & 0x0F);
        Assert.Equal(1, groups.Span[4 + 7]);
        Assert.Equal(0x80, groups.Span[4 + 12]);

        Target.Accepted(world.Framework.SetAccessState(world.Disk.Id, AsymmetricAccessState.ActiveOptimized));
        await UntilAsync(() => Said(host.Execute(new(s_testUnitReady))) == "6/2A06");
        Assert.True(host.Execute(new(s_testUnitReady)).IsGood);
    }

    [Fact]
    public async Task Target_GoesOffline_HostIsAskedToLogOutAndMayComeBack()
    {
        await using var world = await World.StartAsync();
        await world.ViewAsync(new(null, null), lun: 0);
        var polite = world.Login(Host);
        polite.LogoutRequested += (_, _) => polite.BeginLogout();
        Target.Accepted(world.Framework.OfflineTarget(Name));
        Target.Accepted(await WaitAsync(world, online: false));
        Assert.True(polite.IsClosed);
        Assert.Null(VirtualInitiator.Login(world.Framework, world.Port, Host));
        Target.Accepted(world.Framework.OnlineTarget(Name));
        Target.Accepted(await WaitAsync(world, online: true));
        using var again = world.Login(Host);
        Assert.Equal("6/2900", Said(again.Execute(new(s_testUnitReady))));
        Assert.True(again.Execute(new(s_testUnitReady)).IsGood);
        polite.Dispose();
    }

    [Fact]
    public async Task LogicalUnit_OfflineAndBack_HostKeepsItsData()
    {
        await using var world = await World.StartAsync();
        await world.ViewAsync(new(null, null), lun: 0);
        using var host = world.Login(Host);
        host.Execute(new(s_testUnitReady));
        byte[] write = [0x2A, 0, 0, 0, 0, 7, 0, 0, 1, 0];
        byte[] read = [0x28, 0, 0, 0, 0, 7, 0, 0, 1, 0];
        var block = Enumerable.Range(0, 512).Select(i => (byte)(i * 7)).ToArray();
        Assert.True(host.Execute(new(write) { DataOut = block }).IsGood);

        Target.Accepted(world.Framework.OfflineLogicalUnit(world.Disk.Id));
        Target.Accepted(await world.Framework.WaitForLogicalUnitAsync(world.Disk.Id, online: false));
        Assert.Equal("5/2500", Said(host.Execute(new(s_testUnitReady))));
        Target.Accepted(world.Framework.OnlineLogicalUnit(world.Disk.Id));
        Target.Accepted(await world.Framework.WaitForLogicalUnitAsync(world.Disk.Id, online: true));
        Assert.Equal("6/2901", Said(host.Execute(new(s_testUnitReady))));
        Assert.Equal("6/3F0E", Said(host.Execute(new(s_testUnitReady))));
        Memory<byte> back = new byte[512];
        Assert.True(host.Execute(new(read) { DataIn = back }).IsGood);
        Assert.Equal(block, back.ToArray());
    }

    private static Task<StmfResult> WaitAsync(World world, bool online) =>
        world.Framework.WaitForTargetAsync(Name, online).AsTask().WaitAsync(World.Patience);

    private static ScsiRequest Read(byte[] cdb, out Memory<byte> into)
    {
        into = new byte[256];
        return new(cdb) { DataIn = into };
    }

    private static int LunsReported(VirtualInitiator host)
    {
        Assert.True(host.Execute(Read(s_reportLuns, out var luns)).IsGood);
        return BinaryPrimitives.ReadInt32BigEndian(luns.Span) / 8;
    }

    private static string Said(ScsiResult result)
    {
        if (result.IsGood) return "good";
        var sense = result.SenseData.Span;
        return $"{sense[2] & 0x0F:X}/{sense[12]:X2}{sense[13]:X2}";
    }

    private static async Task UntilAsync(Func<bool> so)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!so())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < World.Patience, "waited in vain");
            await Task.Delay(1);
        }
    }
}
