using Lunette.Testing;

namespace Lunette.EndToEnd;

/// <summary>A disk whose blocks are a block device's.</summary>
public sealed class BlockDeviceTests : EndToEndTests
{
    private const int Blocks = 2048;

    [Fact]
    public async Task BlockDevice_WrittenUnmappedAndServedAgain_SameBytes()
    {
        using var device = LoopDevice.Over(Path.Combine(Folder, "device.img"), 64 << 20);
        var data = new byte[Blocks * Steady.BlockBytes];
        new Random(3).NextBytes(data);
        string guid;
        await using (var daemon = await RunningDaemon.StartAsync(Home))
        {
            guid = (await daemon.DoAsync($"stmfadm create-lu {device.Path}")).Trim()[^32..];
            await daemon.DoAsync($"stmfadm add-view -n 3 {guid}");
            Assert.Contains(
                "Size              : 67108864", await daemon.DoAsync($"stmfadm list-lu -v {guid}"),
                StringComparison.Ordinal);
            await using var host = await Steady.ConnectAsync(daemon, lun: 3);
            await host.WriteAsync(0, data);
            await host.WriteAsync(Blocks, data);
            Assert.Equal(data, await host.ReadAsync(0, Blocks));
            await SynchronizeAsync(host);
            var full = device.AllocatedBytes();
            var unmapped = await host.ExecuteAsync(Unmap.Cdb, dataOut: Unmap.List(Blocks, Blocks));
            Assert.True(unmapped.IsGood, unmapped.Describe());
            Assert.Equal(new byte[data.Length], await host.ReadAsync(Blocks, Blocks));
            await SynchronizeAsync(host);
            Assert.InRange(device.AllocatedBytes(), 0, full - (data.Length / 2));
            // A second disk of the same device would be two owners of one disk.
            var twice = await daemon.RunAsync($"stmfadm create-lu {device.Path}");
            Assert.NotEqual(0, twice.Exit);
            await daemon.KillAsync();
        }
        await using var again = await RunningDaemon.StartAsync(Home);
        await using (var host = await Steady.ConnectAsync(again, lun: 3))
        {
            Assert.Equal(data, await host.ReadAsync(0, Blocks));
            Assert.Equal(new byte[data.Length], await host.ReadAsync(Blocks, Blocks));
        }
        Assert.Equal(0, await again.StopAsync());
        // What is on the device is the disk and nothing else: the metadata lie elsewhere.
        Assert.Equal(data, (await File.ReadAllBytesAsync(device.BackingFile, Stop))[..data.Length]);
    }

    private static async Task SynchronizeAsync(Steady host)
    {
        var result = await host.ExecuteAsync([0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        Assert.True(result.IsGood, result.Describe());
    }
}
