using System.CommandLine;

namespace Lunette.Cli;

/// <summary>What somebody who mistyped a command most likely meant.</summary>
internal static class Suggestion
{
    private const int DistanceMax = 3;

    /// <summary>The subcommand, or for an option the option, nearest to a word; null where none is near.</summary>
    public static string? Find(Command command, string word) => Candidates(command, word)
        .Where(symbol => !symbol.Hidden)
        .Select(symbol => (symbol.Name, Distance: Distance(symbol.Name, word)))
        .Where(near => near.Distance <= Math.Min(DistanceMax, word.Length / 2))
        .OrderBy(near => near.Distance).Select(near => near.Name).FirstOrDefault();

    private static IEnumerable<Symbol> Candidates(Command command, string word) =>
        word.StartsWith('-') ? command.Options : command.Subcommands;

    // Levenshtein's distance, by rows.
    private static int Distance(string left, string right)
    {
        var row = new int[right.Length + 1];
        for (var j = 0; j <= right.Length; j++) row[j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[^1];
    }
}
