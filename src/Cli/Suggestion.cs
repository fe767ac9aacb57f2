using System.CommandLine;

namespace Lunette.Cli;

/// <summary>What somebody who mistyped a command most likely meant.</summary>
internal static class Suggestion
{
    private const int DistanceMax = 3;

    // What other programs call it, COMSTAR's abbreviations among them.
    private static readonly Dictionary<string, string[]> s_otherWords = new(StringComparer.Ordinal)
    {
        ["lu"] = ["disk"],
        ["lun"] = ["disk", "view"],
        ["logical-unit"] = ["disk"],
        ["hg"] = ["host-group"],
        ["tg"] = ["target-group"],
        ["tpg"] = ["portal-group"],
        ["describe"] = ["history"],
        ["transitions"] = ["history"],
        ["ls"] = ["list"],
        ["show"] = ["list"],
        ["get"] = ["list"],
        ["add"] = ["create"],
        ["new"] = ["create"],
        ["set"] = ["modify"],
        ["rm"] = ["delete", "remove"],
        ["remove"] = ["delete"],
        ["delete"] = ["remove"],
    };

    /// <summary>
    /// The subcommands, or for an option the options, that a word most likely stands for: the nearest ones, those that
    /// other words mean, or those it is a part of; none where none is near.
    /// </summary>
    public static IReadOnlyList<string> Find(Command command, string word)
    {
        var names = Candidates(command, word).Where(symbol => !symbol.Hidden).Select(symbol => symbol.Name).ToArray();
        var known = s_otherWords.GetValueOrDefault(word, []).Intersect(names).ToArray();
        if (known.Length > 0) return known;
        var bare = word.TrimStart('-');
        var near = names.Select(name => (Name: name, Distance: Distance(name.TrimStart('-'), bare)))
            .Where(near => near.Distance <= Math.Min(DistanceMax, bare.Length / 2)).ToArray();
        return near.Length > 0
            ? [.. near.Where(one => one.Distance == near.Min(other => other.Distance)).Select(one => one.Name)]
            : [.. names.Where(name => bare.Length > 0 && name.Split('-').Contains(bare))];
    }

    private static IEnumerable<Symbol> Candidates(Command command, string word) =>
        word.StartsWith('-') ? command.Options : command.Subcommands;

    // Levenshtein's distance, with two letters that changed places as one mistake.
    private static int Distance(string left, string right)
    {
        var distance = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
        {
            for (var j = 0; j <= right.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    distance[i, j] = i + j;
                    continue;
                }
                var replaced = distance[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                distance[i, j] = Math.Min(replaced, Math.Min(distance[i - 1, j], distance[i, j - 1]) + 1);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                    distance[i, j] = Math.Min(distance[i, j], distance[i - 2, j - 2] + 1);
            }
        }
        return distance[left.Length, right.Length];
    }
}
