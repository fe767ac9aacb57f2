using Lunette.Testing;

namespace Lunette.Conformance;

/// <summary>
/// One line of <c>known.txt</c>: a test that does not pass, with the reason. Columns are set apart by tabs.
/// </summary>
/// <param name="Test">The test, as <c>Suite.Test</c>.</param>
/// <param name="Results">What it ends with: SKIP, FAIL, CRASH or TIMEOUT.</param>
/// <param name="Traits">Words a cell's name must all have for the line to count; <c>*</c> for any cell.</param>
/// <param name="Reason">Why.</param>
internal sealed record KnownResult(string Test, string[] Results, string[] Traits, string Reason)
{
    public bool Concerns(string cell) =>
        Traits is ["*"] || Traits.All(cell.Split('-').Contains);

    public static List<KnownResult> ReadAll()
    {
        var path = Path.Combine(Repository.Root, "tests", "Conformance", "known.txt");
        return [.. File.ReadLines(path).Where(line => line.Length > 0 && line[0] != '#').Select(Parse)];
    }

    private static KnownResult Parse(string line)
    {
        var columns = line.Split('\t');
        Assert.True(columns.Length == 4, $"known.txt has four columns, set apart by tabs: {line}");
        return new(columns[0], columns[1].Split('|'), columns[2].Split('+'), columns[3]);
    }
}
