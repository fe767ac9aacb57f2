namespace Lunette.Cli.Output;

/// <summary>Names and texts as a screen or a line of a list may have them.</summary>
internal static class Printable
{
    /// <summary>The text, with a question mark for each character that would move a terminal or end the line.</summary>
    public static string Of(string text) => text.Any(char.IsControl)
        ? string.Create(text.Length, text, static (to, from) =>
        {
            for (var i = 0; i < to.Length; i++) to[i] = char.IsControl(from[i]) ? '?' : from[i];
        })
        : text;
}
