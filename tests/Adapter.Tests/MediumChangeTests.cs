using Lunette.Adapter.Disks;
using Lunette.Port.Virtual;
using Lunette.Scsi;

namespace Lunette.Adapter.Tests;

/// <summary>Media that are changed while their disk is open.</summary>
public sealed class MediumChangeTests
{
    private const byte Removable = 0x80;

    private static readonly Answer s_changed =
        Answer.Sense(SenseKey.UnitAttention, AdditionalSense.NotReadyToReadyChangeMediumMayHaveChanged);

    private readonly ManyPathRig _rig = new(paths: 1);

    [Theory]
    [InlineData(PeripheralDeviceType.DirectAccessBlock, Errno.EMEDIA)]
    [InlineData(PeripheralDeviceType.CdDvd, Errno.ESTALE)]
    [InlineData(PeripheralDeviceType.OpticalMemory, Errno.ESTALE)]
    public async Task Changed_NothingIsMovedUntilOpenedAgain(PeripheralDeviceType type, Errno told)
    {
        _rig.Inquiry = [(byte)type, Removable];
        _rig.Once(0, s_changed);            // the open's own reservation meets it: that is no change yet
        var disk = await _rig.OpenAsync(new ScsiDiskOptions { ReservePolicy = Paths.ReservePolicy.SinglePath });
        await _rig.RunAsync(disk.WriteAsync(0, new byte[512]));
        _rig.Once(0, s_changed);
        var seen = _rig.Seen[0].Count;

        await AssertToldAsync(told, disk.WriteAsync(0, new byte[512]));
        await AssertToldAsync(told, disk.ReadAsync(0, new byte[512]));
        await AssertToldAsync(told, disk.FlushAsync());
        await AssertToldAsync(told, disk.DiscardAsync(0, 1));
        var write = disk.IoctlAsync(DiskIoctlNumber.DKIOWRSE, new DiskReadWrite { Buffer = new byte[512] });
        Assert.Equal(told, await _rig.RunAsync(write));

        Assert.Equal(seen + 1, _rig.Seen[0].Count);
        await _rig.RunAsync(disk.DisposeAsync());
        Assert.Equal(seen + 2, _rig.Seen[0].Count);      // RELEASE
        disk = await _rig.OpenAsync(new ScsiDiskOptions());
        await _rig.RunAsync(disk.WriteAsync(0, new byte[512]));
        await _rig.RunAsync(disk.DisposeAsync());
    }

    [Fact]
    public async Task Changed_WhatWaitedBehindIsNotSent()
    {
        _rig.Inquiry = [0, Removable];
        var disk = await _rig.OpenAsync(new ScsiDiskOptions { QueueDepth = 1 });
        _rig.Once(0, s_changed);
        var seen = _rig.Seen[0].Count;
        var writes = Enumerable.Range(0, 4).Select(_ => disk.WriteAsync(0, new byte[512])).ToArray();
        foreach (var write in writes) await AssertToldAsync(Errno.EMEDIA, write);
        Assert.Equal(seen + 1, _rig.Seen[0].Count);
        await _rig.RunAsync(disk.DisposeAsync());
    }

    [Fact]
    public async Task FixedMedium_TheAttentionIsTakenAsAnyOther()
    {
        var disk = await _rig.OpenAsync(new ScsiDiskOptions());
        _rig.Once(0, s_changed);
        await _rig.RunAsync(disk.WriteAsync(0, new byte[512]));
        await _rig.RunAsync(disk.DisposeAsync());
    }

    [Fact]
    public async Task AnotherHostTakesTheMediumOutAndPutsItBack_EMEDIAUntilOpenedAgain()
    {
        await using var rig = await VirtualRig.StartAsync(removable: true);
        var disk = await rig.Run(ScsiDisk.OpenAsync(rig.Adapter, 1, Lun.Zero));
        using (var other = VirtualInitiator.Login(rig.Target, rig.Target.Port, "iqn.2026-11.example:other")!)
        {
            // What waits for a new nexus.
            for (var i = 0; other.Execute(new ScsiRequest(new byte[6])).Status != ScsiStatus.Good; i++)
                Assert.True(i < 10, "it does not become ready");
            foreach (var change in (byte[])[2, 3])
            {
                byte[] startStop = [0x1B, 0, 0, 0, change, 0];
                Assert.Equal(ScsiStatus.Good, other.Execute(new ScsiRequest(startStop)).Status);
            }
        }
        for (var i = 0; i < 2; i++)
        {
            var told = await Assert.ThrowsAsync<ScsiDiskException>(
                () => rig.Run(Done(disk.WriteAsync(0, new byte[512]))));
            Assert.Equal(Errno.EMEDIA, told.Errno);
        }
        await rig.Run(Done(disk.DisposeAsync()));
        disk = await rig.Run(ScsiDisk.OpenAsync(rig.Adapter, 1, Lun.Zero));
        await rig.Run(Done(disk.WriteAsync(0, new byte[512])));
        await rig.Run(Done(disk.DisposeAsync()));
    }

    private static async Task<bool> Done(ValueTask work)
    {
        await work;
        return true;
    }

    private async Task AssertToldAsync(Errno told, ValueTask call)
    {
        var thrown = await Assert.ThrowsAsync<ScsiDiskException>(() => _rig.RunAsync(call));
        Assert.Equal(told, thrown.Errno);
    }
}
