using Lunette.Scsi;

namespace Lunette.Lu.Disk.Medium;

/// <summary>The sanitize operations; values are the SANITIZE service actions and what metadata keep.</summary>
public enum SanitizeKind : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>OVERWRITE.</summary>
    Overwrite = 0x01,

    /// <summary>BLOCK ERASE.</summary>
    BlockErase = 0x02,

    /// <summary>CRYPTOGRAPHIC ERASE.</summary>
    CryptographicErase = 0x03,
}

/// <summary>What a disk remembers across restarts beyond its device server's state. A seam; calls block.</summary>
public interface IDiskMarks
{
    /// <summary>The sanitize operation that has begun and not ended.</summary>
    SanitizeKind Sanitizing { get; }

    /// <summary>Remembers it; durable when this returns. Null, or why not.</summary>
    string? SetSanitizing(SanitizeKind kind);

    /// <summary>The blocks that WRITE LONG has marked, ascending.</summary>
    IReadOnlyList<ulong> Uncorrectable { get; }

    /// <summary>Remembers them; durable when this returns. Null, or why not.</summary>
    string? SetUncorrectable(IReadOnlyList<ulong> blocks);

    /// <summary>Remembers how the disk is formatted with protection information; durable when this returns. Null, or
    /// why not.</summary>
    string? SetProtection(ProtectionType type);
}
