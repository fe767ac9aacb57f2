using System.Globalization;
using Lunette.Testing;

namespace Lunette.Lu.Disk.Tests.Golden;

/// <summary>
/// The bytes of each page that a disk has, field by field, from <c>pages.txt</c>: a section is the name of a page and
/// of the disk, a line some bytes, and what they are after two blanks. <c>00*8</c> is eight bytes of zeros.
/// </summary>
internal static class GoldenPages
{
    /// <summary>Reads all sections: bytes by name.</summary>
    public static Dictionary<string, byte[]> ReadAll()
    {
        var path = Path.Combine(Repository.Root, "tests", "Lu.Disk.Tests", "Golden", "pages.txt");
        Dictionary<string, List<byte>> sections = [];
        List<byte>? section = null;
        foreach (var line in File.ReadLines(path).Where(line => line.Length > 0 && line[0] != '#'))
        {
            if (line.StartsWith("== ", StringComparison.Ordinal)) sections.Add(line[3..], section = []);
            else section!.AddRange(BytesOf(line));
        }
        return sections.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray());
    }

    /// <summary>Bytes as lines of sixteen, for whoever has to write a section.</summary>
    public static string Describe(byte[] bytes) => string.Join('\n', bytes.Chunk(16).Select(
        row => string.Join(' ', row.Select(value => value.ToString("X2", CultureInfo.InvariantCulture)))));

    private static IEnumerable<byte> BytesOf(string line)
    {
        var end = line.IndexOf("  ", StringComparison.Ordinal);
        var words = (end < 0 ? line : line[..end]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.SelectMany(word => word[0] == '"' ? System.Text.Encoding.ASCII.GetBytes(Text(word)) : Hex(word));
    }

    // A text in which a low line is a blank.
    private static string Text(string word) => word.Trim('"').Replace('_', ' ');

    private static IEnumerable<byte> Hex(string word)
    {
        var parts = word.Split('*');
        var bytes = Convert.FromHexString(parts[0]);
        var times = parts.Length == 1 ? 1 : int.Parse(parts[1], CultureInfo.InvariantCulture);
        return Enumerable.Repeat(bytes, times).SelectMany(repeated => repeated);
    }
}
