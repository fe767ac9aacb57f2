using System.Text.RegularExpressions;

namespace Lunette.Tidy;

/// <summary>Whoever silences the compiler says why, on the same line.</summary>
public partial class SuppressionTests
{
    [Fact]
    public void Pragma_ThatDisablesAWarning_SaysWhy() =>
        Verdict.None("pragma", Tree.Matching("*.cs").SelectMany(Unexplained));

    [Theory]
    [InlineData("#pragma " + "warning disable CA1822", 1)]
    [InlineData("#pragma " + "warning disable CA1822 // the table calls it on an instance", 0)]
    [InlineData("#pragma warning restore CA1822", 0)]
    public void Pragma_WithOrWithoutAReason_IsTold(string line, int findings) =>
        Assert.Equal(findings, Unexplained(new TextFile("a.cs", [line])).Count());

    private static IEnumerable<Finding> Unexplained(TextFile file) =>
        from line in file.Numbered
        where Disables().IsMatch(line.Text) && !Reason().IsMatch(line.Text)
        select new Finding(file.Path, line.Number, "say why on the same line: \"... // reason\"");

    [GeneratedRegex(@"^\s*#pragma warning disable\b")]
    private static partial Regex Disables();

    [GeneratedRegex(@"//\s*\w+")]
    private static partial Regex Reason();
}
