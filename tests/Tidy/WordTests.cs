using System.Text.RegularExpressions;

namespace Lunette.Tidy;

/// <summary>Words that must not stand in the tree: the rows of <c>eng/tidy/words.txt</c>.</summary>
public class WordTests
{
    internal sealed record Word(string Name, string Files, Regex Pattern, string Advice);

    public static TheoryData<string> Names => new(Words().Select(word => word.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void Word_InTheTree_StandsNowhere(string name)
    {
        var word = Words().Single(word => word.Name == name);
        Verdict.None(name, Tree.Matching(word.Files).SelectMany(file => Find(word, file)));
    }

    // Samples are put together here so that this file does not break the rules it tests.
    [Theory]
    [InlineData("issueless", "// TO" + "DO: later")]
    [InlineData("three-letters", "var map = new T" + "pgMap();")]
    [InlineData("async-void", "private async " + "void Run()")]
    [InlineData("unbuilt", "throw new NotImplemented" + "Exception();")]
    [InlineData("region", "    #reg" + "ion Fields")]
    [InlineData("empty-skip", "[Fact(Skip = \"" + "\")]")]
    [InlineData("unjustified", "[Suppress" + "Message(\"Usage\", \"CA2213\")]")]
    [InlineData("machine-path", "cd /ro" + "ot/lunette")]
    [InlineData("machine-path", "cd /ho" + "me/somebody/lunette")]
    [InlineData("machine-drive", "C:\\Us" + "ers\\somebody")]
    [InlineData("registry-host", "https://api.nuget" + ".org/v3")]
    public void Word_InALine_IsFound(string name, string line) =>
        Assert.Single(Find(Words().Single(word => word.Name == name), new TextFile("src/X/X.cs", [line])));

    [Theory]
    [InlineData("issueless", "// TO" + "DO #12: the other form")]
    [InlineData("three-letters", "// TPGS (STANDARD INQUIRY DATA)")]
    [InlineData("machine-path", "docs/wo" + "rk/list.md and ~/wo" + "rk/")]
    public void Word_InALawfulLine_IsNotFound(string name, string line) =>
        Assert.Empty(Find(Words().Single(word => word.Name == name), new TextFile("src/X/X.cs", [line])));

    private static IEnumerable<Finding> Find(Word word, TextFile file) =>
        from line in file.Numbered
        let match = word.Pattern.Match(line.Text)
        where match.Success
        select new Finding(file.Path, line.Number, $"'{match.Value}': {word.Advice}");

    private static IEnumerable<Word> Words() =>
        from row in Tree.Rows("eng/tidy/words.txt")
        select new Word(row.Cells[0], row.Cells[1], new Regex(row.Cells[2]), row.Cells[3]);
}
