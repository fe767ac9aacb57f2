using System.Diagnostics;
using System.Globalization;
using Lunette.Admin.Contracts.Documents;

namespace Lunette.EndToEnd;

/// <summary>
/// kill -9 of the daemon while it applies a configuration file, at moments spread evenly over the time applying takes:
/// after each the configuration is the old one or the new one, whole, and the daemon starts.
/// </summary>
public sealed class KilledApplyTests : EndToEndTests
{
    private const string Variable = "LUNETTE_APPLY_KILLS";
    private const int KillsInEveryRun = 40;
    private const int Things = 12;

    [Fact]
    public async Task Kill_AtManyMomentsOfApplying_OldOrNewWhole_AndItStartsAndTakesItAgain()
    {
        var wanted = Environment.GetEnvironmentVariable(Variable);
        var kills = int.TryParse(wanted, CultureInfo.InvariantCulture, out var said) ? said : KillsInEveryRun;
        var daemon = await RunningDaemon.StartAsync(Home);
        try
        {
            await ApplyAsync(daemon, Document(version: 0));
            var clock = Stopwatch.StartNew();
            var before = await ApplyAsync(daemon, Document(version: 1));
            var whole = clock.Elapsed;
            var (old, taken) = (0, 0);
            for (var kill = 1; kill <= kills; kill++)
            {
                var document = Document(version: kill + 1);
                bool answered;
                await using (daemon) answered = await KillWhileApplyingAsync(daemon, document, whole * kill / kills);
                daemon = await RunningDaemon.StartAsync(Home);
                var there = await ExportAsync(daemon);
                var after = await ApplyAsync(daemon, document);
                Assert.True(there == after || (there == before && !answered),
                    $"kill {kill}, answered {answered}: "
                    + $"{Difference(there, answered ? after : before)}\n{daemon.Said}");
                if (there == after) taken++;
                else old++;
                before = after;
            }
            TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{kills} kills within {whole.TotalMilliseconds:0} ms: {old} times the old, {taken} the new one"));
        }
        finally
        {
            await daemon.DisposeAsync();
        }
    }

    // Whether it had answered before the end came: then the new configuration must be there.
    private static async Task<bool> KillWhileApplyingAsync(
        RunningDaemon daemon, ConfigurationDocument document, TimeSpan moment)
    {
        await using var admin = daemon.Administer();
        var applying = admin.ApplyConfigurationAsync(document, null).AsTask();
        await Task.WhenAny(applying, Task.Delay(moment, Stop));
        await daemon.KillAsync();
        return (await applying).Succeeded;
    }

    private static async Task<string> ApplyAsync(RunningDaemon daemon, ConfigurationDocument document)
    {
        await using var admin = daemon.Administer();
        var applied = await admin.ApplyConfigurationAsync(document, null);
        Assert.True(applied.Succeeded, $"{applied}\n{daemon.Said}");
        Assert.Empty((await admin.PlanConfigurationAsync(document)).Required.Lines);
        return await ExportAsync(daemon);
    }

    private static async Task<string> ExportAsync(RunningDaemon daemon)
    {
        await using var admin = daemon.Administer();
        return DocumentText.Write((await admin.ExportConfigurationAsync(ExportScope.Whole, null)).Required);
    }

    private static string Difference(string there, string wanted)
    {
        var lines = there.Split('\n').Zip(wanted.Split('\n')).FirstOrDefault(pair => pair.First != pair.Second);
        return $"found '{lines.First?.Trim()}' for '{lines.Second?.Trim()}'";
    }

    // Each version changes what the one before made, and adds a disk, a group and a target of its own.
    private ConfigurationDocument Document(int version) => new()
    {
        Lunette = ConfigurationDocument.CurrentFormat,
        Targets = [new TargetSection { Name = $"iqn.2026-11.example:v{version}" }],
        HostGroups = [.. Names(version).Select(name => new GroupSection
        {
            Name = $"g-{name}",
            Members = [$"iqn.2026-11.example:host-{name}-v{version}"],
        })],
        Disks = [.. Names(version).Select(name => new DiskSection
        {
            Guid = new(0x6000_0000_0000_0000UL, (ulong)name + 1),
            File = Path.Combine(Folder, $"{name}.img"),
            Properties = new() { ["size"] = "1048576", ["alias"] = $"{name} of v{version}" },
            Views = [new ViewSection { HostGroup = $"g-{name}" }],
        })],
    };

    private static IEnumerable<int> Names(int version) => Enumerable.Range(0, Things).Append(Things + version);
}
