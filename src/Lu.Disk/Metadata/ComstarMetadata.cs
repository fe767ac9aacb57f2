namespace Lunette.Lu.Disk.Metadata;

/// <summary>
/// The metadata COMSTAR's sbd keeps at the head of a data file: known by their magic and not read, since their fields
/// are not known to us.
/// </summary>
internal static class ComstarMetadata
{
    private const int Offset = 4096;
    private const int HeadBytes = 64 << 10;

    /// <summary>Why a file that carries them is not imported; null for a file that does not, or cannot be
    /// read.</summary>
    public static string? FindIn(string path)
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            Span<byte> magic = stackalloc byte[8];
            if (RandomAccess.Read(file, magic, Offset) < magic.Length) return null;
            // A number of eight bytes, in the order of the machine that wrote it.
            return magic.SequenceEqual("SUNSBDLU"u8) || magic.SequenceEqual("ULDBSNUS"u8)
                ? $"{path} begins with the metadata of COMSTAR's sbd, which are not read here: copy what follows its "
                    + $"first {HeadBytes} bytes into a file of its own, and create the disk over that with its GUID"
                : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
