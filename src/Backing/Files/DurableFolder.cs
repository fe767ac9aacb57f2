namespace Lunette.Backing.Files;

/// <summary>Folders whose names survive a power loss.</summary>
public static class DurableFolder
{
    /// <summary>Makes a folder and those above it that are missing; their names are on stable storage when this
    /// returns. It blocks.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="mode">Of those that are made; null for what is usual.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public static void Create(string path, UnixFileMode? mode = null)
    {
        var missing = new Stack<string>();
        for (var at = Path.GetFullPath(path); at is not null && !Directory.Exists(at); at = Path.GetDirectoryName(at))
            missing.Push(at);
        while (missing.TryPop(out var folder))
        {
            if (mode is { } only && !OperatingSystem.IsWindows()) Directory.CreateDirectory(folder, only);
            else Directory.CreateDirectory(folder);
            SyncParentOf(folder);
        }
    }

    /// <summary>The name of a file or folder is durable only when the folder it stands in was synced.</summary>
    internal static void SyncParentOf(string path)
    {
        if (!OperatingSystem.IsLinux()) return;
        var folder = Libc.Open(Path.GetDirectoryName(Path.GetFullPath(path))!, Libc.ReadOnly | Libc.CloseOnExec, 0);
        if (folder < 0) return;
        _ = Libc.SyncAll(folder);
        _ = Libc.Close(folder);
    }
}
