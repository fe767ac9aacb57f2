using Lunette.Scsi;

namespace Lunette.EndToEnd;

/// <summary>A SANITIZE that the daemon's death interrupts: begun anew at the next start, before a read.</summary>
public sealed class SanitizeTests : EndToEndTests
{
    private const int Blocks = 64;

    private static readonly byte[] s_eraseImmediately = [0x48, 0x82, 0, 0, 0, 0, 0, 0, 0, 0];

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task Sanitize_DaemonKilledMeanwhile_GoesOnAfterTheRestart_NothingIsReadOfWhatWas(string thin)
    {
        var data = new byte[Blocks * Steady.BlockBytes];
        Array.Fill(data, (byte)0x5A);
        await using (var daemon = await RunningDaemon.StartAsync(Home))
        {
            var created = await daemon.DoAsync(
                $"stmfadm create-lu -s 8m -p thin={thin} {Path.Combine(Folder, "disk.img")}");
            var guid = created.Trim()[^32..];
            await daemon.DoAsync($"stmfadm add-view -n 7 {guid}");
            await using var host = await Steady.ConnectAsync(daemon, lun: 7);
            await host.WriteAsync(0, data);
            Assert.True((await host.ExecuteAsync([0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0])).IsGood);
            // The store takes it and does nothing, so that not a block is erased when the daemon dies.
            await daemon.DoAsync($"inject {guid} hang");
            Assert.True((await host.ExecuteAsync(s_eraseImmediately)).IsGood);
            var sense = await SenseOfAsync(host);
            Assert.Equal(AdditionalSense.LogicalUnitNotReadySanitizeInProgress, sense.Code);
            Assert.InRange(sense.ProgressIndication ?? -1, 0, 0xFFFF);
            await daemon.KillAsync();
        }
        await using var again = await RunningDaemon.StartAsync(Home);
        await using (var host = await Steady.ConnectAsync(again, lun: 7))
        {
            await WaitForAsync(async () =>
            {
                var read = new byte[data.Length];
                byte[] cdb = [0x28, 0, 0, 0, 0, 0, 0, 0, Blocks, 0];
                var result = await host.ExecuteAsync(cdb, dataIn: read);
                Assert.DoesNotContain((byte)0x5A, read);
                return result.IsGood;
            });
            Assert.Equal(new byte[data.Length], await host.ReadAsync(0, Blocks));
        }
        Assert.Equal(0, await again.StopAsync());
    }

    private static async Task<Sense> SenseOfAsync(Steady host)
    {
        var result = await host.ExecuteAsync(new byte[6]);
        Assert.True(result.TryGetSense(out var sense), result.Describe());
        return sense;
    }
}
