using System.Text.RegularExpressions;

namespace Lunette.Tidy;

/// <summary>Each package has its line in <c>docs/dependencies.md</c>, each line its package.</summary>
public partial class DependencyTests
{
    private const string Versions = "Directory.Packages.props";
    private const string Page = "docs/dependencies.md";

    [Fact]
    public void Package_OfTheBuild_HasItsLine() =>
        Verdict.None("dependencies", Missing(Versions, Package(), Page, Row(), "has no line in " + Page));

    [Fact]
    public void Line_OfThePage_HasItsPackage() =>
        Verdict.None("dependencies", Missing(Page, Row(), Versions, Package(), "is not in " + Versions));

    private static IEnumerable<Finding> Missing(
        string page, Regex name, string otherPage, Regex otherName, string trouble)
    {
        var there = Names(otherPage, otherName).Select(found => found.Name).ToHashSet();
        return from found in Names(page, name)
               where !there.Contains(found.Name)
               select new Finding(page, found.Line, $"{found.Name} {trouble}: add it, or remove this line");
    }

    private static IEnumerable<(int Line, string Name)> Names(string path, Regex name) =>
        from line in Tree.File(path).Numbered
        let match = name.Match(line.Text)
        where match.Success
        select (line.Number, match.Groups[1].Value);

    [GeneratedRegex("""<PackageVersion Include="([^"]+)" """)]
    private static partial Regex Package();

    [GeneratedRegex(@"^\| `([\w.]+)` \|")]
    private static partial Regex Row();
}
