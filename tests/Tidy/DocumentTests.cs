using System.Text.RegularExpressions;
using Lunette.Testing;

namespace Lunette.Tidy;

/// <summary>Documents point at what is there, decisions have their four parts.</summary>
public partial class DocumentTests
{
    private static readonly string[] s_parts = ["## Context", "## Decision", "## Cost", "## Rejected"];
    private static readonly string[] s_evidence = ["docs/security.md", "docs/reliability.md"];

    [Fact]
    public void Link_InADocument_Resolves() => Verdict.None("links", Tree.Matching("*.md").SelectMany(Broken));

    [Theory]
    [InlineData("[a](nowhere.md)", 1)]
    [InlineData("[a](#gone)", 1)]
    [InlineData("[a](../LICENSE) [b](https://site.example)", 0)]
    public void Link_WithOrWithoutATarget_IsTold(string line, int findings) =>
        Assert.Equal(findings, Broken(new TextFile("docs/x.md", [line])).Count());

    [Fact]
    public void Test_NamedInADocument_IsThere() => Verdict.None("named tests",
        s_evidence.SelectMany(path => Missing(Tree.File(path))));

    [Theory]
    [InlineData("`DocumentTests.Test_NamedInADocument_IsThere`, `Test_NamedInADocument_IsThere`, `DocumentTests`", 0)]
    [InlineData("`DocumentTests.Test_OfNobody_IsThere`, `Test_OfNobody_IsThere`, `NobodysTests`", 3)]
    public void Test_ThereOrNot_IsTold(string line, int findings) =>
        Assert.Equal(findings, Missing(new TextFile("docs/x.md", [line])).Count());

    [Fact]
    public void Decision_HasNumberAndFourParts() =>
        Verdict.None("decisions", Tree.Matching("docs/adr/*.md").SelectMany(Incomplete));

    [Fact]
    public void Decision_Number_IsGivenOnce() =>
        Verdict.None("decisions",
            from file in Tree.Matching("docs/adr/*.md")
            group file by Path.GetFileName(file.Path).Split('-')[0] into same
            where same.Count() > 1
            from file in same
            select new Finding(file.Path, 1, $"the number {same.Key} is taken twice: renumber the later one"));

    [Fact]
    public void Decision_WithoutItsParts_IsFound() =>
        Assert.Equal(s_parts.Length + 1, Incomplete(new TextFile("docs/adr/first.md", ["# A thought"])).Count());

    private static IEnumerable<Finding> Incomplete(TextFile decision)
    {
        if (!Numbered().IsMatch(Path.GetFileName(decision.Path)))
            yield return new(decision.Path, 1, "name it NNNN-title.md");
        foreach (var part in s_parts.Except(decision.Lines))
            yield return new(decision.Path, 1, $"has no '{part}'");
    }

    private static IEnumerable<Finding> Broken(TextFile page) =>
        from line in page.Numbered
        from match in Link().Matches(line.Text)
        let target = match.Groups[1].Value
        where !Outside().IsMatch(target) && !Resolves(page, target)
        select new Finding(page.Path, line.Number, $"'{target}' leads nowhere");

    private static IEnumerable<Finding> Missing(TextFile page) =>
        from line in page.Numbered
        from match in NamedTest().Matches(line.Text)
        let type = match.Groups["type"].Value
        let method = match.Groups["method"].Value
        where !Tree.Matching("tests/*.cs").Any(file => (type.Length == 0 || Says(file, $"class {type}"))
            && (method.Length == 0 || Says(file, $" {method}(")))
        select new Finding(page.Path, line.Number, $"there is no test {match.Value}");

    private static bool Says(TextFile file, string text) =>
        file.Lines.Any(line => line.Contains(text, StringComparison.Ordinal));

    private static bool Resolves(TextFile page, string target)
    {
        var cut = target.Split('#', 2);
        if (cut[0].Length == 0) return HasHeading(page, cut[1]);
        var full = Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(page.Path)!, cut[0]));
        if (cut.Length == 1 || !full.EndsWith(".md", StringComparison.Ordinal)) return Path.Exists(full);
        return HasHeading(Tree.File(Path.GetRelativePath(Repository.Root, full).Replace('\\', '/')), cut[1]);
    }

    private static bool HasHeading(TextFile page, string anchor) =>
        page.Lines.Where(line => line.StartsWith('#')).Any(line => Anchor(line) == anchor);

    // The anchor a heading gets when the page is shown: lower case, punctuation dropped, blanks to hyphens.
    private static string Anchor(string heading) =>
        Dropped().Replace(heading.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    // A class of tests, one of its methods, or a method alone, which is known by its underscores.
    [GeneratedRegex(@"`(?:(?:\w+\.)?(?<type>\w+Tests)(?:\.(?<method>\w+))?|(?<method>[A-Z]\w*[a-z]\w*_\w+))`")]
    private static partial Regex NamedTest();

    [GeneratedRegex("^[a-z]+:")]
    private static partial Regex Outside();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex Dropped();

    [GeneratedRegex(@"^\d{4}-[a-z0-9-]+\.md$")]
    private static partial Regex Numbered();
}
