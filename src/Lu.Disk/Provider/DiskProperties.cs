using Lunette.Scsi;
using Lunette.Stmf.Contracts;

namespace Lunette.Lu.Disk.Provider;

/// <summary>What an administrator asks of a new disk; what is null is chosen by the provider.</summary>
public sealed record DiskProperties
{
    /// <summary>The longest alias, in characters.</summary>
    public const int AliasLengthMax = 255;

    /// <summary>Path of the file or block device for its blocks.</summary>
    public required string DataPath { get; init; }

    /// <summary>Path of a file of its own for the metadata; null: the usual place.</summary>
    public string? MetadataPath { get; init; }

    /// <summary>The administrator's name for it; null: the data path.</summary>
    public string? Alias { get; init; }

    /// <summary>Length of the medium in bytes; null: that of the data.</summary>
    public long? LengthBytes { get; init; }

    /// <summary>Length of a block in bytes.</summary>
    public int BlockLengthBytes { get; init; } = 512;

    /// <summary>Its identifier; null: a new one.</summary>
    public LogicalUnitId? Id { get; init; }

    /// <summary>The IEEE company identifier of a new identifier, 24 bits; null: a locally administered one.</summary>
    public uint? CompanyId { get; init; }

    /// <summary>What stands for the host in a new identifier; null: chance.</summary>
    public uint? HostId { get; init; }

    /// <summary>T10 VENDOR IDENTIFICATION, up to 8 characters; null: the product's.</summary>
    public string? VendorId { get; init; }

    /// <summary>PRODUCT IDENTIFICATION, up to 16 characters; null: the product's.</summary>
    public string? ProductId { get; init; }

    /// <summary>PRODUCT SERIAL NUMBER, up to 252 characters; null: one made of the identifier.</summary>
    public string? SerialNumber { get; init; }

    /// <summary>Where it is managed; null: the provider's default.</summary>
    public string? ManagementUrl { get; init; }

    /// <summary>Nobody may write it.</summary>
    public bool WriteProtected { get; init; }

    /// <summary>Writes are durable before they are answered.</summary>
    public bool WriteCacheDisabled { get; init; }

    /// <summary>Thin provisioned; else resource provisioned, with the space for all its blocks taken at once.</summary>
    public bool Thin { get; init; } = true;

    /// <summary>The medium counts as removable.</summary>
    public bool Removable { get; init; }

    /// <summary>
    /// How it is formatted with protection information at first; null: it does not support any.
    /// </summary>
    public ProtectionType? Protection { get; init; }

    /// <summary>
    /// Thin provisioning soft threshold in bytes; 0: none. Null: a tenth of a thin disk, from 1 MiB to 1 GiB, so that
    /// initiators hear of it before writes fail.
    /// </summary>
    public long? ThresholdBytes { get; init; }
}

/// <summary>Properties that change on a disk there is; null leaves one as it is.</summary>
public sealed record DiskChange
{
    /// <summary>The administrator's name for it.</summary>
    public string? Alias { get; init; }

    /// <summary>Where it is managed; empty: the provider's default.</summary>
    public string? ManagementUrl { get; init; }

    /// <summary>Length of the medium in bytes.</summary>
    public long? LengthBytes { get; init; }

    /// <summary>Nobody may write it.</summary>
    public bool? WriteProtected { get; init; }

    /// <summary>Writes are durable before they are answered.</summary>
    public bool? WriteCacheDisabled { get; init; }

    /// <summary>Thin provisioning soft threshold in bytes; 0: none.</summary>
    public long? ThresholdBytes { get; init; }
}

/// <summary>What became of a request to make, open or change a disk.</summary>
/// <param name="Disk">The disk; null when refused.</param>
/// <param name="Refusal">Why there is none.</param>
/// <param name="Reason">The same for people: the thing, the cause and what to do.</param>
public readonly record struct DiskResult(DiskUnit? Disk, DiskRefusal Refusal, string? Reason)
{
    /// <summary>Whether it was done.</summary>
    public bool Succeeded => Refusal == DiskRefusal.None;

    internal static DiskResult Of(DiskUnit disk) => new(disk, DiskRefusal.None, null);

    internal static DiskResult Refuse(DiskRefusal refusal, string reason) => new(null, refusal, reason);
}

/// <summary>Why a request about a disk is refused; libstmf has a code for each.</summary>
public enum DiskRefusal
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>The block length is none of the powers of two that are supported.</summary>
    InvalidBlockLength,

    /// <summary>The size is too small, too large or no multiple of the block length.</summary>
    SizeOutOfRange,

    /// <summary>The data are shorter than the disk shall be, or cannot be made as long.</summary>
    DataLength,

    /// <summary>The file or device with the data cannot be used.</summary>
    DataPath,

    /// <summary>The file or device is in use already.</summary>
    DataInUse,

    /// <summary>There are no metadata, or they cannot be used.</summary>
    Metadata,

    /// <summary>The metadata cannot be written.</summary>
    MetadataNotWritten,

    /// <summary>The identifier is taken, or is none.</summary>
    Id,

    /// <summary>A property has no such value.</summary>
    InvalidProperty,

    /// <summary>The disk is in no state for it.</summary>
    Busy,
}
