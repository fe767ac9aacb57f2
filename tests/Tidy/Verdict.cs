namespace Lunette.Tidy;

/// <summary>Fails a test with every finding that <c>eng/tidy/allow.txt</c> does not excuse.</summary>
internal static class Verdict
{
    private const string AllowList = "eng/tidy/allow.txt";

    public static void None(string rule, IEnumerable<Finding> findings)
    {
        var rows = Tree.Rows(AllowList).Where(row => row.Cells[0] == rule).ToList();
        var excused = new HashSet<int>();
        List<Finding> left = [];
        foreach (var finding in findings)
        {
            var file = new TextFile(finding.Path, []);
            var row = rows.Find(row => file.Matches(row.Cells[1]));
            if (row.Cells is null) left.Add(finding);
            else excused.Add(row.Line);
        }
        left.AddRange(rows.Where(row => !excused.Contains(row.Line))
            .Select(row => new Finding(AllowList, row.Line, "excuses nothing any more: remove the row")));
        Assert.True(left.Count == 0, $"{rule}:\n" + string.Join('\n', left));
    }
}
