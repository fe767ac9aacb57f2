namespace Lunette.Backing.Files;

/// <summary>Small files that are replaced as one step: after a crash the old or the new content is there
/// whole.</summary>
public static class DurableFile
{
    /// <summary>Replaces, or makes, a file; only its owner may read it. The new content is on stable storage when this
    /// returns. It blocks.</summary>
    /// <returns>Null, or why not, for people; then the old content is still there.</returns>
    public static string? Replace(string path, ReadOnlySpan<byte> content)
    {
        var fresh = path + ".new";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var file = new FileStream(fresh, options))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }
            File.Move(fresh, path, overwrite: true);
            DurableFolder.SyncParentOf(path);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{path} cannot be written: {e.Message}";
        }
    }

    /// <summary>Reads a file of at most <paramref name="lengthMax"/> bytes; null with the reason when that cannot be,
    /// null without one when there is no such file.</summary>
    public static byte[]? Read(string path, int lengthMax, out string? reason)
    {
        reason = null;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
            if (file.Length > lengthMax)
            {
                reason = $"{path} is too long for what it should be";
                return null;
            }
            var content = new byte[file.Length];
            file.ReadExactly(content);
            return content;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            reason = $"{path} cannot be read: {e.Message}";
            return null;
        }
    }
}
