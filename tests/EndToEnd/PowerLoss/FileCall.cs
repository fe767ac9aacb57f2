using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Lunette.EndToEnd.PowerLoss;

/// <summary>What a system call did to a file or a folder.</summary>
internal enum FileCallKind
{
    Create,
    CreateFolder,
    Write,
    SetLength,
    Sync,
    Rename,
    Remove,
}

/// <summary>One call, as strace told it; a call begins at one line of the record and ends at the same or a later
/// one. Its time is when it began.</summary>
internal sealed partial record FileCall(
    FileCallKind Kind, int Begun, int Ended, double Time, string Path, string To, long Offset, byte[] Bytes)
{
    /// <summary>What strace is to be told, besides where to write and what to run: it stays out of the way, and its
    /// process is not the parent of what runs.</summary>
    public static readonly string[] StraceOptions =
    [
        "-D", "-f", "-ttt", "-y", "-xx", "-s", "1048576", "--seccomp-bpf", "-e",
        "trace=openat,mkdir,mkdirat,pwrite64,write,ftruncate,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat",
    ];

    /// <summary>Reads the calls that succeeded, on files under a folder.</summary>
    public static List<FileCall> ReadAll(IReadOnlyList<string> lines, string folder)
    {
        var calls = new List<FileCall>();
        var unfinished = new Dictionary<string, (int Begun, double Time, string Text)>();
        for (var i = 0; i < lines.Count; i++)
        {
            if (Line().Match(lines[i]) is not { Success: true } line) continue;
            var (process, text, begun) = (line.Groups["process"].Value, line.Groups["text"].Value, i);
            var time = double.Parse(line.Groups["time"].Value, CultureInfo.InvariantCulture);
            if (text.EndsWith("<unfinished ...>", StringComparison.Ordinal))
            {
                unfinished[process] = (i, time, text[..^"<unfinished ...>".Length]);
                continue;
            }
            if (Resumed().Match(text) is { Success: true } resumed && unfinished.Remove(process, out var first))
                (begun, time, text) = (first.Begun, first.Time, first.Text.TrimEnd() + text[resumed.Length..]);
            if (Read(text, begun, i, time) is { } call && call.Path.StartsWith(folder, StringComparison.Ordinal))
                calls.Add(call);
        }
        calls.Sort((a, b) => a.Begun.CompareTo(b.Begun));
        return calls;
    }

    private static FileCall? Read(string text, int begun, int ended, double time)
    {
        if (Call().Match(text) is not { Success: true } call) return null;
        var name = call.Groups["name"].Value;
        var arguments = call.Groups["arguments"].Value;
        var strings = Quoted().Matches(arguments).Select(match => Decode(match.Groups[1].Value)).ToArray();
        var file = Descriptor().Match(arguments) is { Success: true } found ? Text(Decode(found.Groups[1].Value)) : "";
        long Last() => long.Parse(arguments[(arguments.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);

        return name switch
        {
            "openat" when arguments.Contains("O_CREAT", StringComparison.Ordinal) =>
                Of(FileCallKind.Create, Text(strings[0])),
            "mkdir" or "mkdirat" => Of(FileCallKind.CreateFolder, Text(strings[0])),
            "pwrite64" => Of(FileCallKind.Write, file) with { Offset = Last(), Bytes = strings[0] },
            // Only what is appended to from its beginning is written without a place.
            "write" when strings.Length > 0 => Of(FileCallKind.Write, file) with { Offset = -1, Bytes = strings[0] },
            "ftruncate" => Of(FileCallKind.SetLength, file) with { Offset = Last() },
            "fsync" or "fdatasync" => Of(FileCallKind.Sync, file),
            "rename" or "renameat" or "renameat2" => Of(FileCallKind.Rename, Text(strings[0]), Text(strings[1])),
            "unlink" or "unlinkat" => Of(FileCallKind.Remove, Text(strings[0])),
            _ => null,
        };

        FileCall Of(FileCallKind kind, string path, string to = "") => new(kind, begun, ended, time, path, to, 0, []);
    }

    private static byte[] Decode(string hexadecimal) =>
        Convert.FromHexString(hexadecimal.Replace("\\x", "", StringComparison.Ordinal));

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);

    [GeneratedRegex(@"^(?<process>\d+) +(?<time>\d+\.\d+) (?<text>.*)$")]
    private static partial Regex Line();

    [GeneratedRegex(@"^<\.\.\. \w+ resumed>")]
    private static partial Regex Resumed();

    // Failed calls end with -1 and are not matched.
    [GeneratedRegex(@"^(?<name>\w+)\((?<arguments>.*)\) += \d")]
    private static partial Regex Call();

    [GeneratedRegex("\"((?:\\\\x[0-9a-f]{2})*)\"")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^\d+<((?:\\x[0-9a-f]{2})+)>")]
    private static partial Regex Descriptor();
}
