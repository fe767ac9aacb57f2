using System.Text.RegularExpressions;
using Lunette.Testing;

namespace Lunette.Libstmf.Tests;

/// <summary>What the headers say.</summary>
internal static partial class Header
{
    private static readonly string s_text = string.Concat(
        Directory.GetFiles(Path.Combine(Repository.Root, "src", "Libstmf", "include"), "*.h").Select(File.ReadAllText));

    /// <summary>Functions declared.</summary>
    public static string[] Functions { get; } =
        [.. Prototype().Matches(s_text).Select(match => match.Groups[1].Value)];

    /// <summary>Constants with a value of their own.</summary>
    public static Dictionary<string, long> Constants { get; } =
        Constant().Matches(s_text).ToDictionary(match => match.Groups[1].Value, match => Number(match.Groups[2].Value));

    private static long Number(string text) => text.StartsWith("0x", StringComparison.Ordinal)
        ? Convert.ToInt64(text, 16)
        : Convert.ToInt64(text, 10);

    [GeneratedRegex(@"^\w[\w ]* \*?((?:stmf|lunette_)\w+)\(", RegexOptions.Multiline)]
    private static partial Regex Prototype();

    [GeneratedRegex(@"^(?:#define| {4})\s*(\w+)\s(?:=\s)?\s*(0x[0-9a-f]+|\d+),?(?=\s)", RegexOptions.Multiline)]
    private static partial Regex Constant();
}
