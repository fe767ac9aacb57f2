namespace Lunette.Testing;

/// <summary>The code on docs/howto.md: each recipe is compiled and run by a test, and the page shows it as it is
/// there.</summary>
public static class HowToPage
{
    /// <summary>Fails where the code under a heading of the page is not, line by line, in a test's source.</summary>
    /// <param name="heading">The heading, without its signs.</param>
    /// <param name="source">The test's file, from the root.</param>
    public static void AssertIs(string heading, string source)
    {
        var section = File.ReadLines(Path.Combine(Repository.Root, "docs", "howto.md"))
            .SkipWhile(line => line != "## " + heading).Skip(1)
            .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal));
        var code = section.SkipWhile(line => line != "```csharp").Skip(1).TakeWhile(line => line != "```")
            .Where(line => line.Length > 0).ToArray();
        Assert.NotEmpty(code);
        var here = File.ReadAllLines(Path.Combine(Repository.Root, source));
        Assert.All(code, line => Assert.Contains("        " + line, here));
    }
}
