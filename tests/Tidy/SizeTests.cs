namespace Lunette.Tidy;

/// <summary>Files hold one thought, lines fit the screen.</summary>
public class SizeTests
{
    private const int LinesToThinkAbout = 400;
    private const int LinesAtMost = 800;
    private const int ColumnsAtMost = 120;

    [Fact]
    public void File_Over800Lines_SaysWhyAtItsHead() =>
        Verdict.None("length", Tree.Matching("*.cs").SelectMany(TooLong));

    [Fact]
    public void Line_InCode_FitsIn120Columns() => Verdict.None("columns", Tree.Matching("*.cs").SelectMany(TooWide));

    /// <summary>Not a rule, a look: the run prints the files in which a second thought may live.</summary>
    [Fact]
    public void File_Over400Lines_IsListed()
    {
        foreach (var file in Tree.Matching("*.cs").Where(file => file.Lines.Length > LinesToThinkAbout))
            TestContext.Current.AddWarning($"{file.Path}: {file.Lines.Length} lines; does a second thought live here?");
    }

    [Fact]
    public void LongFile_WithoutAReason_IsFound() =>
        Assert.Single(TooLong(new TextFile("src/X/X.cs", [.. Enumerable.Repeat("", LinesAtMost + 1)])));

    [Fact]
    public void LongFile_WithAReason_IsNotFound() =>
        Assert.Empty(TooLong(new TextFile("src/X.cs", ["// Long: one table.", .. Enumerable.Repeat("", LinesAtMost)])));

    [Fact]
    public void WideLine_IsFound() =>
        Assert.Equal(2, TooWide(new TextFile("a.cs", ["", new string('x', ColumnsAtMost + 1)])).Single().Line);

    private static IEnumerable<Finding> TooLong(TextFile file)
    {
        if (file.Lines.Length <= LinesAtMost) yield break;
        if (file.Lines.Take(10).Any(line => line.Contains("Long: ", StringComparison.Ordinal))) yield break;
        yield return new(file.Path, 1, $"{file.Lines.Length} lines: split it, or give its head a \"// Long: why\"");
    }

    private static IEnumerable<Finding> TooWide(TextFile file) =>
        from line in file.Numbered
        where line.Text.Length > ColumnsAtMost
        select new Finding(file.Path, line.Number, $"{line.Text.Length} columns: break it at {ColumnsAtMost}");
}
