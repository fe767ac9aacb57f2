using Lunette.Adapter.Arguments;
using Lunette.Adapter.Disks;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Paths;
using Lunette.Adapter.Virtual;
using Lunette.Scsi;

namespace Lunette.Adapter.Tests;

/// <summary>The friendly disk over the virtual port.</summary>
public class ScsiDiskTests
{
    private static Task<ScsiDisk> Open(VirtualRig rig, ScsiDiskOptions? options = null, byte lun = 0) =>
        rig.Run(ScsiDisk.OpenAsync(rig.Adapter, 1, Lun.FromNumber(lun), options));

    private static Task<bool> Done(ValueTask task) => Done(task.AsTask());

    private static async Task<bool> Done(Task task)
    {
        await task;
        return true;
    }

    private static byte[] Random(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    [Fact]
    public async Task Open_TakesAttentionsAndReadsCapacity()
    {
        await using var rig = await VirtualRig.StartAsync();

        var disk = await Open(rig);

        Assert.Equal((512, 2048ul), (disk.BlockLengthBytes, disk.BlockCount));
        await rig.Run(Done(disk.DisposeAsync()));
    }

    [Fact]
    public async Task Write_Read_ManyAtOnceBeyondTheQueueDepth()
    {
        await using var rig = await VirtualRig.StartAsync();
        var disk = await Open(rig, new ScsiDiskOptions { QueueDepth = 4 });
        var bytes = Random(256 * 512, 1);
        await rig.Run(Done(Task.WhenAll(Enumerable.Range(0, 64)
            .Select(i => disk.WriteAsync((ulong)i * 4, bytes.AsMemory(i * 2048, 2048)).AsTask()))));

        var read = new byte[bytes.Length];
        await rig.Run(Done(Task.WhenAll(Enumerable.Range(0, 64)
            .Select(i => disk.ReadAsync((ulong)i * 4, read.AsMemory(i * 2048, 2048)).AsTask()))));

        Assert.Equal(bytes, read);
        await rig.Run(Done(disk.FlushAsync()));
        await rig.Run(Done(disk.DisposeAsync()));
    }

    [Fact]
    public async Task Read_PastTheEnd_ENXIO()
    {
        await using var rig = await VirtualRig.StartAsync();
        var disk = await Open(rig);

        var thrown = await Assert.ThrowsAsync<ScsiDiskException>(
            () => rig.Run(Done(disk.ReadAsync(2047, new byte[1024]))));

        Assert.Equal(Errno.ENXIO, thrown.Errno);
        Assert.Equal("hdisk0: ENXIO: 2 blocks from 2047 on are not there: it has 2048", thrown.Message);
        await rig.Run(Done(disk.DisposeAsync()));
    }

    [Fact]
    public async Task Read_NoWholeBlocks_EINVAL()
    {
        await using var rig = await VirtualRig.StartAsync();
        var disk = await Open(rig);

        var thrown = await Assert.ThrowsAsync<ScsiDiskException>(
            () => rig.Run(Done(disk.ReadAsync(0, new byte[100]))));

        Assert.Equal(Errno.EINVAL, thrown.Errno);
        Assert.Equal("hdisk0: EINVAL: 100 bytes are not made of blocks of 512", thrown.Message);
        await rig.Run(Done(disk.DisposeAsync()));
    }

    [Fact]
    public async Task Discard_ReadsZeros()
    {
        await using var rig = await VirtualRig.StartAsync();
        var disk = await Open(rig);
        await rig.Run(Done(disk.WriteAsync(0, Random(8192, 2))));

        await rig.Run(Done(disk.DiscardAsync(0, 16)));

        var read = Random(8192, 3);
        await rig.Run(Done(disk.ReadAsync(0, read)));
        Assert.Equal(new byte[8192], read);
        await rig.Run(Done(disk.DisposeAsync()));
    }

    [Fact]
    public async Task HaltAndResetByAnotherCaller_RequestsGoOn()
    {
        await using var rig = await VirtualRig.StartAsync();
        var disk = await Open(rig);
        foreach (var operation in (int[])[IoctlNumber.SCIOHALT, IoctlNumber.SCIOLUNRST, IoctlNumber.SCIORESET])
        {
            Assert.Equal(Errno.None, await rig.Ioctl(operation, new IdLun(1, 0)));
            var bytes = Random(512, operation);
            await rig.Run(Done(disk.WriteAsync(7, bytes)));
            var read = new byte[512];
            await rig.Run(Done(disk.ReadAsync(7, read)));
            Assert.Equal(bytes, read);
        }
        await rig.Run(Done(disk.DisposeAsync()));
    }

    [Fact]
    public async Task Stream_UnalignedAccess_SameBytes()
    {
        await using var rig = await VirtualRig.StartAsync();
        var disk = await Open(rig);
        await using var stream = disk.OpenStream();
        var bytes = Random(5000, 4);
        stream.Position = 300;
        await rig.Run(Done(stream.WriteAsync(bytes)));

        stream.Position = 300;
        var read = new byte[5000];
        await rig.Run(stream.ReadAsync(read).AsTask());

        Assert.Equal(bytes, read);
        Assert.Equal(1 << 20, stream.Length);
        stream.Position = stream.Length;
        Assert.Equal(0, await rig.Run(stream.ReadAsync(read).AsTask()));
        await rig.Run(Done(disk.DisposeAsync()));
    }

    [Fact]
    public async Task PassThrough_MixedWrite_EINVALOfFlags()
    {
        await using var rig = await VirtualRig.StartAsync();
        var disk = await Open(rig);
        var command = new ScPassthru { DeviceFlags = 1, DataLength = 512, Buffer = new byte[512], TimeoutSeconds = 5 };
        command.SetCdb([0x2A, 0, 0, 0, 0, 0, 0, 0, 1, 0]);

        Assert.Equal(Errno.EINVAL, await rig.Run(disk.IoctlAsync(DiskIoctlNumber.DK_PASSTHRU, command)));
        Assert.Equal(EinvalArgument.Flags, command.EinvalArgument);
        command.DeviceFlags = 0;
        Assert.Equal(Errno.None, await rig.Run(disk.IoctlAsync(DiskIoctlNumber.DK_PASSTHRU, command)));
        Assert.Equal(Errno.EACCES, await rig.Run(disk.IoctlAsync(DiskIoctlNumber.DKIOCMD)));
        await rig.Run(Done(disk.DisposeAsync()));
    }

    [Fact]
    public async Task Reservation_PersistentExclusive_KeepsOthersOutAndIsReleasedAtClose()
    {
        await using var rig = await VirtualRig.StartAsync();
        var mine = await Open(rig, new ScsiDiskOptions
        {
            ReservePolicy = ReservePolicy.PersistentExclusive,
            ReservationKey = 0xABCD,
        });
        await using var other = new ScsiAdapter(new AdapterAttributes { Name = "vscsi1" }, rig.Loop,
            new VirtualTransport("iqn.2026-11.example:other", [new VirtualBinding(1, rig.Target)]), rig.Log);

        var refused = await Assert.ThrowsAsync<ScsiDiskException>(
            () => rig.Run(ScsiDisk.OpenAsync(other, 1, default, new ScsiDiskOptions { RetriesMax = 2 })
                .ContinueWith(Read, TaskScheduler.Default).Unwrap()));
        Assert.Equal(Errno.EBUSY, refused.Errno);
        await rig.Run(Done(mine.DisposeAsync()));

        var theirs = await rig.Run(ScsiDisk.OpenAsync(other, 1, default));
        await rig.Run(Done(theirs.ReadAsync(0, new byte[512])));
        await rig.Run(Done(theirs.DisposeAsync()));

        static async Task<bool> Read(Task<ScsiDisk> opening)
        {
            var disk = await opening;
            try
            {
                await disk.ReadAsync(0, new byte[512]);
                return true;
            }
            finally
            {
                await disk.DisposeAsync();
            }
        }
    }

    [Theory]
    [InlineData(PathAlgorithm.FailOver)]
    [InlineData(PathAlgorithm.RoundRobin)]
    [InlineData(PathAlgorithm.ShortestQueue)]
    public async Task TwoPaths_OneFails_RequestsGoOverTheOther(PathAlgorithm algorithm)
    {
        await using var rig = await VirtualRig.StartAsync();
        await using var second = new ScsiAdapter(new AdapterAttributes { Name = "vscsi1" }, rig.Loop,
            new VirtualTransport("iqn.2026-11.example:adapter2", [new VirtualBinding(1, rig.Target)]), rig.Log);
        await using var dead = new ScsiAdapter(new AdapterAttributes { Name = "vscsi2" }, rig.Loop,
            new VirtualTransport("iqn.2026-11.example:adapter3", []), rig.Log);
        DiskPathOptions[] paths =
            [new(dead, 1, default, Priority: 1), new(rig.Adapter, 1, default, 2), new(second, 1, default, 3)];

        var disk = await rig.Run(ScsiDisk.OpenAsync(paths, new ScsiDiskOptions { Algorithm = algorithm }));
        for (var i = 0; i < 12; i++) await rig.Run(Done(disk.ReadAsync((ulong)i, new byte[512])));

        Assert.Equal(PathState.Failed, disk.Paths[0].State);
        Assert.Contains(rig.Log.Entries, entry => entry.Label == ErrorLog.ErrorLabel.DISK_ERR6);
        if (algorithm == PathAlgorithm.RoundRobin)
            Assert.All(disk.Paths.Skip(1), path => Assert.True(path.Requests > 5));
        Assert.True(disk.TrySetPathEnabled(disk.Paths[1], enabled: false));
        await rig.Run(Done(disk.ReadAsync(0, new byte[512])));
        Assert.False(disk.TrySetPathEnabled(disk.Paths[2], enabled: false));
        await rig.Run(Done(disk.DisposeAsync()));
    }
}
