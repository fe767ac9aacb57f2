using Lunette.Admin.Contracts.Documents;

namespace Lunette.EndToEnd;

/// <summary>The daemon killed while a configuration file is applied, at many moments.</summary>
public sealed class KilledApplyTests : EndToEndTests
{
    private const int Rounds = 6;
    private const int Things = 25;

    [Fact]
    public async Task Kill_WhileAFileIsApplied_AllOfItOrNothing_AndItStartsAndTakesItAgain()
    {
        var random = new Random(20261122);
        for (var round = 0; round < Rounds; round++)
        {
            var document = Document(round);
            await using (var daemon = await RunningDaemon.StartAsync(Home))
            {
                await using var admin = daemon.Administer();
                var applying = admin.ApplyConfigurationAsync(document, null).AsTask();
                await Task.WhenAny(applying, Task.Delay(random.Next(250), Stop));
                await daemon.KillAsync();
                await applying;
            }
            await using var again = await RunningDaemon.StartAsync(Home);
            await using var asking = again.Administer();
            var there = (await asking.ExportConfigurationAsync(ExportScope.Whole, null)).Required;
            var counts = (
                there.HostGroups!.Count(group => group.Name.StartsWith($"g{round}-", StringComparison.Ordinal)),
                there.Disks!.Count(disk => disk.Guid.High >> 32 == High(round) >> 32),
                there.Targets!.Count(target => target.Name == TargetOf(round)));
            Assert.True(counts is (0, 0, 0) or (Things, Things, 1), $"round {round}: {counts}\n{again.Said}");
            var applied = await asking.ApplyConfigurationAsync(document, null);
            Assert.True(applied.Succeeded, applied.ToString());
            Assert.Empty((await asking.PlanConfigurationAsync(document)).Required.Lines);
        }
    }

    private static ulong High(int round) => 0x6000_0000_0000_0000UL | (ulong)(round + 1) << 32;

    private static string TargetOf(int round) => $"iqn.2026-11.example:round{round}";

    private ConfigurationDocument Document(int round) => new()
    {
        Lunette = ConfigurationDocument.CurrentFormat,
        Targets = [new TargetSection { Name = TargetOf(round) }],
        HostGroups = [.. Enumerable.Range(0, Things).Select(i => new GroupSection
        {
            Name = $"g{round}-{i}",
            Members = [$"iqn.2026-11.example:host{round}-{i}"],
        })],
        Disks = [.. Enumerable.Range(0, Things).Select(i => new DiskSection
        {
            Guid = new(High(round), (ulong)i + 1),
            File = Path.Combine(Folder, $"{round}-{i}.img"),
            Properties = new() { ["size"] = "1048576" },
            Views = [new ViewSection { HostGroup = $"g{round}-{i}" }],
        })],
    };
}
