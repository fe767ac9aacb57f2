using Lunette.Scsi;
using Lunette.Testing;

namespace Lunette.EndToEnd;

/// <summary>A thin disk on a file system that gets full.</summary>
public sealed class SpaceTests : EndToEndTests
{
    private const int ChunkBytes = 64 << 10;
    private const int ChunkBlocks = ChunkBytes / Steady.BlockBytes;

    [Fact]
    public async Task FileSystem_GetsFull_InitiatorIsWarnedThenRefusedAndGoesOnWhenThereIsRoom()
    {
        using var small = SmallFileSystem.Mount("tmpfs");
        await using var daemon = await RunningDaemon.StartAsync(Home);
        var created = await daemon.DoAsync($"stmfadm create-lu -s 8m {small.File("thin.img")}");
        var guid = created.Trim()[^32..];
        await daemon.DoAsync($"stmfadm add-view -n 7 {guid}");
        await using var host = await Steady.ConnectAsync(daemon, lun: 7);
        var chunk = new byte[ChunkBytes];
        new Random(38).NextBytes(chunk);

        var warned = -1;
        var full = -1;
        for (var at = 0; at < (8 << 20) / ChunkBytes && full < 0; at++)
        {
            var result = await host.TryWriteAsync((uint)(at * ChunkBlocks), chunk);
            if (result.IsGood) continue;
            Assert.True(result.TryGetSense(out var sense), result.Describe());
            if (sense.Code == AdditionalSense.ThinProvisioningSoftThresholdReached)
            {
                Assert.Equal((SenseKey.UnitAttention, -1), (sense.Key, warned));
                warned = at--;
                // The free pages are looked at now and then, not at every write.
                continue;
            }
            Assert.Equal(
                (SenseKey.DataProtect, AdditionalSense.SpaceAllocationFailedWriteProtect), (sense.Key, sense.Code));
            full = at;
        }
        Assert.True(full > 0, "the disk was larger than its file system and took everything");
        if (warned < 0)
        {
            // So fast that it was full before anybody looked: the warning stands behind the refusal.
            var next = await host.ExecuteAsync(new byte[6]);
            Assert.True(next.TryGetSense(out var late), next.Describe());
            Assert.Equal(AdditionalSense.ThinProvisioningSoftThresholdReached, late.Code);
        }

        // What is there is still read, and writes go on when there is room again.
        Assert.Equal(chunk, await host.ReadAsync(0, ChunkBlocks));
        var shown = await daemon.DoAsync($"stmfadm list-lu -v {guid}");
        Assert.Contains("Operational Status: Online", shown, StringComparison.Ordinal);
        var given = await host.ExecuteAsync(Unmap.Cdb, dataOut: Unmap.List(0, 4 * ChunkBlocks));
        Assert.True(given.IsGood, given.Describe());
        await host.WriteAsync((uint)(full * ChunkBlocks), chunk);
        Assert.Equal(chunk, await host.ReadAsync((uint)(full * ChunkBlocks), ChunkBlocks));
        Assert.Equal(new byte[ChunkBytes], await host.ReadAsync(0, ChunkBlocks));
        await host.DisposeAsync();
        Assert.Equal(0, await daemon.StopAsync());
    }
}
