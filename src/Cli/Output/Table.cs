namespace Lunette.Cli.Output;

/// <summary>How a cell is shown on a screen with colours.</summary>
internal enum Shade
{
    /// <summary>As it is.</summary>
    Plain,

    /// <summary>All is well.</summary>
    Good,

    /// <summary>Something is on its way, or asks to be looked at.</summary>
    Warning,

    /// <summary>Something is wrong.</summary>
    Bad,

    /// <summary>Of less interest.</summary>
    Dim,
}

/// <summary>
/// Columns as wide as what is in them, with a head: the same text on a screen and in a pipe, but for colours.
/// </summary>
internal sealed class Table(params IReadOnlyList<string> columns)
{
    private const string Gap = "  ";
    private const int NumberLengthMax = 20;       // what is longer is a name made of digits

    private readonly List<(string Text, Shade Shade)[]> _rows = [];
    private bool _left;

    /// <summary>A row, as many cells as there are columns; what looks like a number stands to the right.</summary>
    public void Add(params IReadOnlyList<(string Text, Shade Shade)> cells) =>
        _rows.Add([.. cells.Select(cell => (Printable.Of(cell.Text), cell.Shade))]);

    /// <summary>Words of a state, shaded by what they say.</summary>
    public static (string Text, Shade Shade) State(string word) => (word, word.ToUpperInvariant() switch
    {
        "ONLINE" or "GOOD" or "ACTIVE" => Shade.Good,
        "OFFLINE" or "UNREGISTERED" => Shade.Bad,
        _ => Shade.Warning,
    });

    /// <summary>The lines.</summary>
    public IEnumerable<string> Lines(bool colors)
    {
        var widths = columns.Select((head, i) =>
            Math.Max(head.Length, _rows.Select(row => row[i].Text.Length).DefaultIfEmpty().Max())).ToArray();
        var right = columns.Select((_, i) =>
            !_left && _rows.Count > 0 && _rows.All(row => IsNumber(row[i].Text))).ToArray();
        yield return Line([.. columns.Select(head => (head, Shade.Dim))], widths, right, colors);
        foreach (var row in _rows) yield return Line(row, widths, right, colors);
    }

    /// <summary>Writes it.</summary>
    public void Write(Terminal terminal)
    {
        foreach (var line in Lines(terminal is { IsScreen: true, HasColors: true })) terminal.Output.WriteLine(line);
    }

    /// <summary>Words only, all to the left.</summary>
    public static void Write(
        TextWriter to, IReadOnlyList<string> heading, IEnumerable<IReadOnlyList<string>> rows)
    {
        var table = new Table(heading) { _left = true };
        foreach (var row in rows) table.Add([.. row.Select(cell => (cell, Shade.Plain))]);
        foreach (var line in table.Lines(colors: false)) to.WriteLine(line);
    }

    private static string Line((string Text, Shade Shade)[] cells, int[] widths, bool[] right, bool colors)
    {
        var padded = cells.Select((cell, i) => Color(
            right[i] ? cell.Text.PadLeft(widths[i]) : i == cells.Length - 1 ? cell.Text : cell.Text.PadRight(widths[i]),
            colors ? cell.Shade : Shade.Plain));
        return string.Join(Gap, padded).TrimEnd();
    }

    private static string Color(string text, Shade shade) => shade switch
    {
        Shade.Good => $"\e[32m{text}\e[0m",
        Shade.Warning => $"\e[33m{text}\e[0m",
        Shade.Bad => $"\e[31m{text}\e[0m",
        Shade.Dim => $"\e[2m{text}\e[0m",
        _ => text,
    };

    private static bool IsNumber(string text) =>
        text is "" or "-"
        || (text.Length <= NumberLengthMax && char.IsAsciiDigit(text[0]) && text.All(c => !char.IsWhiteSpace(c)));
}
