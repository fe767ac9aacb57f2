namespace Lunette.Tidy;

/// <summary>A text file of the tree: its path from the top, with forward slashes, and its lines.</summary>
internal sealed record TextFile(string Path, string[] Lines)
{
    /// <summary>Lines with their numbers, counted from one as editors do.</summary>
    public IEnumerable<(int Number, string Text)> Numbered => Lines.Select((text, index) => (index + 1, text));

    public bool Matches(string pattern) => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, Path);
}
