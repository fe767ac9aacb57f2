using System.Xml.Linq;
using Lunette.Testing;

namespace Lunette.Tidy;

/// <summary>Where things stand in the tree.</summary>
public class LayoutTests
{
    private static readonly string[] s_kindsOfClass = ["Utils", "Helpers", "Common", "Models", "Managers", "Misc"];
    private static readonly string[] s_header = ["# Does:", "# Needs:", "# Takes:"];

    [Fact]
    public void Project_InTheTree_IsInTheSolution()
    {
        var listed = Listed();
        Verdict.None("solution", from file in Tree.Matching("*.csproj")
                                 where !listed.Contains(file.Path)
                                 select new Finding(file.Path, 1, "not in Lunette.slnx: add it, or it is never built"));
    }

    [Fact]
    public void Project_InTheSolution_IsInTheTree() =>
        Assert.All(Listed(), path => Assert.True(File.Exists(Path.Combine(Repository.Root, path)), path));

    [Fact]
    public void Product_UnderSrc_UsesNoTestProject() =>
        Verdict.None("src-uses-tests",
            from file in Tree.Matching("src/*.csproj")
            from line in file.Numbered
            where line.Text.Contains("/tests/", StringComparison.Ordinal)
            select new Finding(file.Path, line.Number, "the product may not use its tests"));

    [Fact]
    public void Folder_InTheTree_IsNamedByAConcept() =>
        Verdict.None("folder-names",
            from file in Tree.Files
            from folder in file.Path.Split('/').SkipLast(1).Intersect(s_kindsOfClass, StringComparer.OrdinalIgnoreCase)
            select new Finding(file.Path, 1, $"'{folder}' is a kind of class: name the concept"));

    [Fact]
    public void Verb_OfDev_SaysWhatItDoesNeedsAndTakes() =>
        Verdict.None("verbs",
            from path in Directory.EnumerateFiles(Path.Combine(Repository.Root, "eng"))
            where !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & UnixFileMode.UserExecute) != 0
            let head = File.ReadLines(path).Take(20).ToList()
            from wanted in s_header
            where !head.Exists(line => line.StartsWith(wanted, StringComparison.Ordinal))
            select new Finding("eng/" + Path.GetFileName(path), 1, $"./dev help shows its '{wanted}' line: write one"));

    private static HashSet<string> Listed() =>
        [.. XDocument.Load(Path.Combine(Repository.Root, "Lunette.slnx")).Descendants("Project")
            .Select(project => (string?)project.Attribute("Path") ?? "")];
}
