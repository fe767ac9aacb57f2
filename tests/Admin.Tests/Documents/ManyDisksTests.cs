using System.Diagnostics;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Documents;
using Lunette.Testing.Admin;

namespace Lunette.Admin.Tests.Documents;

public sealed class ManyDisksTests
{
    private const int Count = 10_000;

    [Fact]
    public async Task Apply_TenThousandDisksWithViews_OneTransaction_AndTheyLoadAgain()
    {
        await using var kit = await AdminKit.StartAsync();
        var document = new ConfigurationDocument
        {
            Lunette = ConfigurationDocument.CurrentFormat,
            Disks = [.. Enumerable.Range(0, Count).Select(i => new DiskSection
            {
                Guid = new StmfGuid(0x6000_0000_0000_0000, (ulong)i + 1),
                File = $"/disks/{i:D5}.img",
                Properties = new() { ["size"] = "1073741824" },
                Views = [new ViewSection { Lun = i }],
            })],
        };
        var watch = Stopwatch.StartNew();
        var applying = kit.Remote.ApplyConfigurationAsync(document, null).AsTask();
        var seen = new HashSet<(int, int)>();
        while (!applying.IsCompleted)
        {
            var now = kit.Framework.Configuration;
            seen.Add((now.Views.Count, now.ProviderEntries.Values.Sum(entries => entries.Count)));
            await Task.WhenAny(applying, Task.Delay(1, TestContext.Current.CancellationToken));
        }
        Assert.Equal(2 * Count, (await applying).Required.Lines.Count);
        var applied = watch.Elapsed;
        // Whoever looks meanwhile sees all of it or nothing.
        Assert.All(seen, state => Assert.True(state is (0, 0) or (Count, Count), $"{state}"));

        Assert.Empty((await kit.Remote.PlanConfigurationAsync(document)).Required.Lines);
        watch.Restart();
        await kit.RestartAsync();
        var loaded = watch.Elapsed;
        Assert.Equal(Count, kit.Framework.LogicalUnits.Count);
        Assert.Equal(Count, kit.Framework.Configuration.Views.Count);
        TestContext.Current.SendDiagnosticMessage($"applied in {applied}, ended and loaded again in {loaded}");
        // Far above what it takes on a quiet machine (docs/performance.md), far below what is not linear.
        Assert.True(applied < TimeSpan.FromSeconds(180), $"applied in {applied}");
        Assert.True(loaded < TimeSpan.FromSeconds(90), $"loaded in {loaded}");
    }
}
