using Lunette.Testing;

namespace Lunette.Tidy;

/// <summary>The files of the tree, without what a build leaves in it.</summary>
internal static class Tree
{
    private static readonly HashSet<string> s_notOurs =
        ["artifacts", "bin", "obj", ".git", ".vs", ".idea", "TestResults", "node_modules"];

    private static readonly Lazy<TextFile[]> s_files = new(() => [.. Read(new DirectoryInfo(Repository.Root))]);

    /// <summary>Every text file; binary ones (with a NUL early on) are left out.</summary>
    public static IReadOnlyList<TextFile> Files => s_files.Value;

    public static IEnumerable<TextFile> Matching(string pattern) => Files.Where(file => file.Matches(pattern));

    public static TextFile File(string path) =>
        Files.FirstOrDefault(file => file.Path == path) ?? new TextFile(path, []);

    /// <summary>The rows of a data file: cells between bars; comments and empty lines left out.</summary>
    public static IEnumerable<(int Line, string[] Cells)> Rows(string path) =>
        from line in File(path).Numbered
        where line.Text.Length > 0 && line.Text[0] != '#'
        select (line.Number, line.Text.Split(" | ", StringSplitOptions.TrimEntries));

    private static IEnumerable<TextFile> Read(DirectoryInfo folder)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            if (s_notOurs.Contains(entry.Name) || entry.LinkTarget is not null) continue;
            if (entry is DirectoryInfo inner)
            {
                foreach (var file in Read(inner)) yield return file;
            }
            else
            {
                var text = System.IO.File.ReadAllText(entry.FullName);
                if (text.AsSpan(0, Math.Min(text.Length, 4096)).Contains('\0')) continue;
                var path = Path.GetRelativePath(Repository.Root, entry.FullName).Replace('\\', '/');
                yield return new(path, text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'));
            }
        }
    }
}
