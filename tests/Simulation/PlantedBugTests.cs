using System.Diagnostics;
using System.Globalization;
using Lunette.Simulation.Planted;

namespace Lunette.Simulation;

/// <summary>The simulation proves itself: each mistake planted in a copy of the product is found.</summary>
public sealed class PlantedBugTests
{
    // An assertion of a debug build may see it before the checkers do.
    private const int AbortedByAssertion = 134;

    public static TheoryData<string> Bugs => [.. PlantedBug.All.Select(bug => bug.Name)];

    [Theory]
    [MemberData(nameof(Bugs))]
    public async Task PlantedBug_WithinItsSeeds_Found(string name)
    {
        var bug = PlantedBug.All.Single(one => one.Name == name);
        var folder = Directory.CreateTempSubdirectory("lunette-planted-").FullName;
        try
        {
            var program = PlantedCopy.Make(bug, folder);
            var seeds = bug.Seeds.ToString(CultureInfo.InvariantCulture);
            var start = new ProcessStartInfo("dotnet", [program, "sim", "--from", "1", "--seeds", seeds])
            {
                RedirectStandardOutput = true,
            };
            using var child = Process.Start(start)!;
            var said = await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await child.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(
                child.ExitCode is 1 or AbortedByAssertion,
                $"{name} was not found within {bug.Seeds} seeds: {said}");
            TestContext.Current.TestOutputHelper?.WriteLine(said.Split('\n').SkipLast(1).LastOrDefault(""));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
