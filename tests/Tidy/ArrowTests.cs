using System.Xml.Linq;
using Lunette.Testing;

namespace Lunette.Tidy;

/// <summary>The arrow table, <c>eng/arrows.txt</c>, against the project files under <c>src/</c>.</summary>
public class ArrowTests
{
    private const string Table = "eng/arrows.txt";

    private sealed record Row(string Project, string[] Uses, string[] Packages);

    private static readonly Row[] s_rows =
        [.. Tree.Rows(Table).Select(row => new Row(row.Cells[0], Words(row.Cells[1]), Words(row.Cells[2])))];

    [Fact]
    public void Project_UnderSrc_UsesOnlyWhatItsArrowsReach() =>
        Verdict.None("arrows", ProjectFile.All().Where(IsProduct).SelectMany(Breaches));

    [Fact]
    public void Arrow_InTheTable_PointsAtARow()
    {
        foreach (var used in s_rows.SelectMany(row => row.Uses).Where(used => used != "*")) Assert.NotNull(Find(used));
    }

    [Fact]
    public void Arrows_Followed_NeverComeBack()
    {
        foreach (var row in s_rows.Where(row => !row.Uses.Contains("*")))
            Assert.DoesNotContain(row.Project, row.Uses.SelectMany(Reach));
    }

    [Theory]
    [InlineData("Scsi", "Runtime", "-")]
    [InlineData("Lu.Disk", "Port.Iscsi", "-")]
    [InlineData("Scsi", "-", "Spectre.Console")]
    [InlineData("Nowhere", "-", "-")]
    public void Project_AgainstTheTable_IsFound(string project, string uses, string packages) =>
        Assert.NotEmpty(Breaches(new ProjectFile("src/X/X.csproj", project, Words(uses), Words(packages))));

    [Theory]
    [InlineData("Lu.Disk", "Stmf.Contracts Scsi Runtime")]
    [InlineData("Daemon", "Port.Iscsi Lu.Disk")]
    public void Project_AlongTheTable_IsNotFound(string project, string uses) =>
        Assert.Empty(Breaches(new ProjectFile("src/X/X.csproj", project, Words(uses), [])));

    // What they may not call stands in eng/banned/BannedSymbols.Simulated.txt; the vocabulary knows no task at all.
    [Fact]
    public void SimulatedProjects_InTheBuild_AreThoseTheSimulationReaches()
    {
        var said = XDocument.Load(Path.Combine(Repository.Root, "src/Directory.Build.props"))
            .Descendants("Simulated").Single().Value.Trim('|').Split('|');
        var reached = ProjectFile.All().Single(project => project.Name == "Simulation").Uses
            .Where(used => Find(used) is not null).SelectMany(used => Reach(used).Append(used));
        Assert.Equal(reached.Except(["Scsi", "Iscsi"]).Distinct().Order(), said.Order());
    }

    private static bool IsProduct(ProjectFile project) => project.Path.StartsWith("src/", StringComparison.Ordinal);

    private static IEnumerable<Finding> Breaches(ProjectFile project)
    {
        if (Find(project.Name) is not { } row)
        {
            yield return new(project.Path, 1, $"{project.Name} has no row in {Table}: write there what it may use");
            yield break;
        }
        foreach (var used in project.Uses.Except(Reach(row.Project)))
            if (!row.Uses.Contains("*"))
                yield return new(project.Path, 1, $"{project.Name} may not use {used} ({Table})");
        foreach (var package in project.Packages.Except(row.Packages))
            if (!row.Packages.Contains("*"))
                yield return new(project.Path, 1, $"{project.Name} may not take the package {package} ({Table})");
    }

    private static HashSet<string> Reach(string project)
    {
        HashSet<string> reached = [];
        var ahead = new Queue<string>([project]);
        while (ahead.TryDequeue(out var next))
            foreach (var used in Find(next)?.Uses ?? [])
                if (reached.Add(used)) ahead.Enqueue(used);
        return reached;
    }

    private static Row? Find(string project) =>
        Array.Find(s_rows, row => row.Project == project)
        ?? Array.Find(s_rows, row => row.Project.EndsWith(".*", StringComparison.Ordinal)
            && project.StartsWith(row.Project[..^1], StringComparison.Ordinal));

    private static string[] Words(string cell) =>
        cell == "-" ? [] : cell.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
