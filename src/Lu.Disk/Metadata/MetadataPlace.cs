using System.Security.Cryptography;
using System.Text;
using Lunette.Backing.Files;

namespace Lunette.Lu.Disk.Metadata;

/// <summary>
/// Where a disk's metadata are: beside a data file under its name and <see cref="Suffix"/>; for a device, whose folder
/// does not last, in the provider's own folder; or wherever the administrator says, and then the usual place holds a
/// pointer. Whoever knows the data path finds them.
/// </summary>
/// <param name="folder">The provider's own folder.</param>
internal sealed class MetadataPlace(string folder)
{
    /// <summary>What the name of a data file is followed by.</summary>
    public const string Suffix = ".lunette";

    private static readonly byte[] s_pointer = "LunetteP\n"u8.ToArray();

    /// <summary>The usual place for a data path.</summary>
    public string Usual(string dataPath, bool isDevice)
    {
        if (!isDevice) return dataPath + Suffix;
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(dataPath)));
        return Path.Combine(folder, Convert.ToHexStringLower(digest.AsSpan(0, 16)) + Suffix);
    }

    /// <summary>Makes the usual place point at another one; null, or why not.</summary>
    public static string? Point(string usual, string at) =>
        DurableFile.Replace(usual, [.. s_pointer, .. Encoding.UTF8.GetBytes(Path.GetFullPath(at))]);

    /// <summary>
    /// Reads metadata by the data's path, or by their own; null with the reason when there are none.
    /// </summary>
    public DiskMetadata? Find(string path, bool isDevice, out string foundAt, out string reason)
    {
        // Told by the name, never by what is in the file: its blocks are an initiator's to write.
        if (path.EndsWith(Suffix, StringComparison.Ordinal)) return Read(foundAt = path, out reason);
        foundAt = Usual(path, isDevice);
        var bytes = DurableFile.Read(foundAt, DiskMetadata.LengthMax, out var unreadable);
        if (bytes is not null && bytes.AsSpan().StartsWith(s_pointer))
            foundAt = Encoding.UTF8.GetString(bytes.AsSpan(s_pointer.Length));
        reason = unreadable ?? $"no metadata are at {foundAt}; create the disk, or name the file with its metadata";
        return bytes is null ? null : Read(foundAt, out reason);
    }

    private static DiskMetadata? Read(string path, out string reason)
    {
        var bytes = DurableFile.Read(path, DiskMetadata.LengthMax, out var unreadable);
        reason = unreadable ?? $"no metadata are at {path}";
        if (bytes is null) return null;
        if (DiskMetadata.TryDecode(bytes, out var metadata, out var why)) return metadata;
        reason = $"the metadata at {path} cannot be used: {why}";
        return null;
    }
}
