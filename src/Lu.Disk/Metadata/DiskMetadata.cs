using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Text;
using Lunette.Lu.Disk.Medium;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;

namespace Lunette.Lu.Disk.Metadata;

/// <summary>
/// What a disk is beyond its blocks, as bytes: kept beside the data, so that it moves with them.
/// </summary>
/// <remarks>
/// <code>
/// +0  'L' 'u' 'n' 'e' 't' 't' 'e' 'D'   +8 version   +12 CRC-32C of all that follows
/// then per section:  +0 kind (2)   +2 reserved (2)   +4 length   +8 content
/// </code>
/// Integers are big-endian, text is UTF-8. Sections of unknown kinds are kept as they are, so that an older version
/// does
/// not lose what a newer one wrote; a version that may not be read so has a greater major number.
/// </remarks>
public sealed record DiskMetadata
{
    /// <summary>The longest metadata, in bytes.</summary>
    public const int LengthMax = 4 << 20;

    private const ulong Magic = 0x4C756E6574746544;
    private const uint Version = 0x0001_0000;
    private const int HeaderLength = 16;
    private const int SectionHeaderLength = 8;

    /// <summary>Its identifier.</summary>
    public required LogicalUnitId Id { get; init; }

    /// <summary>The file or device with its data, when the metadata were written.</summary>
    public required string DataPath { get; init; }

    /// <summary>Length of the medium in bytes.</summary>
    public required long LengthBytes { get; init; }

    /// <summary>Length of a block in bytes.</summary>
    public required int BlockLengthBytes { get; init; }

    /// <summary>What is switched on.</summary>
    public DiskFlags Flags { get; init; }

    /// <summary>The administrator's name for it.</summary>
    public string Alias { get; init; } = "";

    /// <summary>T10 VENDOR IDENTIFICATION.</summary>
    public string VendorId { get; init; } = "";

    /// <summary>PRODUCT IDENTIFICATION.</summary>
    public string ProductId { get; init; } = "";

    /// <summary>PRODUCT SERIAL NUMBER.</summary>
    public string SerialNumber { get; init; } = "";

    /// <summary>Where it is managed; empty for the provider's default.</summary>
    public string ManagementUrl { get; init; } = "";

    /// <summary>Thin provisioning soft threshold in bytes; 0: none.</summary>
    public long ThresholdBytes { get; init; }

    /// <summary>What the device server saves: mode pages, persistent reservations and the like.</summary>
    public ReadOnlyMemory<byte> UnitState { get; init; }

    /// <summary>A sanitize operation that has begun and not ended.</summary>
    public SanitizeKind Sanitizing { get; init; }

    /// <summary>How it is formatted with protection information; null: it supports none.</summary>
    public ProtectionType? Protection { get; init; }

    /// <summary>The blocks that WRITE LONG has marked, ascending.</summary>
    public IReadOnlyList<ulong> Uncorrectable { get; init; } = [];

    private IReadOnlyList<(ushort Kind, byte[] Content)> Unknown { get; init; } = [];

    /// <summary>The bytes to be kept.</summary>
    public byte[] Encode()
    {
        var bytes = new List<byte>(1024);
        Span<byte> id = stackalloc byte[16];
        Id.Write(id);
        Add(bytes, Section.Id, id);
        Add(bytes, Section.DataPath, DataPath);
        Add(bytes, Section.Length, LengthBytes);
        Add(bytes, Section.BlockLength, BlockLengthBytes);
        Add(bytes, Section.Flags, (long)Flags);
        Add(bytes, Section.Alias, Alias);
        Add(bytes, Section.VendorId, VendorId);
        Add(bytes, Section.ProductId, ProductId);
        Add(bytes, Section.SerialNumber, SerialNumber);
        Add(bytes, Section.ManagementUrl, ManagementUrl);
        Add(bytes, Section.Threshold, ThresholdBytes);
        Add(bytes, Section.UnitState, UnitState.Span);
        Add(bytes, Section.Sanitizing, [(byte)Sanitizing]);
        if (Protection is { } protection) Add(bytes, Section.Protection, [(byte)protection]);
        if (Uncorrectable.Count > 0) Add(bytes, Section.Uncorrectable, Numbers(Uncorrectable));
        foreach (var (kind, content) in Unknown) Add(bytes, (Section)kind, content);
        var whole = new byte[HeaderLength + bytes.Count];
        BinaryPrimitives.WriteUInt64BigEndian(whole, Magic);
        BinaryPrimitives.WriteUInt32BigEndian(whole.AsSpan(8), Version);
        bytes.CopyTo(whole, HeaderLength);
        BinaryPrimitives.WriteUInt32BigEndian(whole.AsSpan(12), Checksum(whole.AsSpan(HeaderLength)));
        return whole;
    }

    /// <summary>Whether bytes begin as metadata do.</summary>
    public static bool IsMetadata(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= HeaderLength && BinaryPrimitives.ReadUInt64BigEndian(bytes) == Magic;

    /// <summary>Reads metadata, which may be anybody's bytes; false with the reason where they are damaged.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out DiskMetadata? metadata, out string reason)
    {
        metadata = null;
        reason = "they are not a disk's metadata";
        if (!IsMetadata(bytes)) return false;
        reason = "a newer version of Lunette wrote them";
        if (BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]) >> 16 > Version >> 16) return false;
        reason = "they are damaged";
        if (BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]) != Checksum(bytes[HeaderLength..])) return false;
        var read = new DiskMetadata { Id = default, DataPath = "", LengthBytes = 0, BlockLengthBytes = 0 };
        List<(ushort Kind, byte[] Content)> unknown = [];
        for (bytes = bytes[HeaderLength..]; !bytes.IsEmpty;)
        {
            if (bytes.Length < SectionHeaderLength) return false;
            var length = BinaryPrimitives.ReadInt32BigEndian(bytes[4..]);
            if (length < 0 || length > bytes.Length - SectionHeaderLength) return false;
            var kind = BinaryPrimitives.ReadUInt16BigEndian(bytes);
            var content = bytes.Slice(SectionHeaderLength, length);
            if (read.WithSection((Section)kind, content) is { } known) read = known;
            else unknown.Add((kind, content.ToArray()));
            bytes = bytes[(SectionHeaderLength + length)..];
        }
        reason = "they lack what every disk has";
        if (!read.Id.IsNaa6 || read.LengthBytes <= 0 || read.BlockLengthBytes <= 0) return false;
        metadata = read with { Unknown = unknown };
        return true;
    }

    // Null for a section that is not known, or not as it must be.
    private DiskMetadata? WithSection(Section kind, ReadOnlySpan<byte> content) => kind switch
    {
        Section.Id when content.Length == 16 => this with
        {
            Id = new(BinaryPrimitives.ReadUInt64BigEndian(content), BinaryPrimitives.ReadUInt64BigEndian(content[8..])),
        },
        Section.DataPath => this with { DataPath = Encoding.UTF8.GetString(content) },
        Section.Length => this with { LengthBytes = Number(content) },
        Section.BlockLength => this with { BlockLengthBytes = (int)Math.Clamp(Number(content), 0, int.MaxValue) },
        Section.Flags => this with { Flags = (DiskFlags)Number(content) },
        Section.Alias => this with { Alias = Encoding.UTF8.GetString(content) },
        Section.VendorId => this with { VendorId = Encoding.UTF8.GetString(content) },
        Section.ProductId => this with { ProductId = Encoding.UTF8.GetString(content) },
        Section.SerialNumber => this with { SerialNumber = Encoding.UTF8.GetString(content) },
        Section.ManagementUrl => this with { ManagementUrl = Encoding.UTF8.GetString(content) },
        Section.Threshold => this with { ThresholdBytes = Math.Max(0, Number(content)) },
        Section.UnitState => this with { UnitState = content.ToArray() },
        Section.Sanitizing => this with { Sanitizing = (SanitizeKind)(content.Length == 1 ? content[0] : 0) },
        Section.Protection when content.Length == 1 && content[0] <= (byte)ProtectionType.Type3 =>
            this with { Protection = (ProtectionType)content[0] },
        Section.Uncorrectable when content.Length % sizeof(ulong) == 0 =>
            this with { Uncorrectable = Numbers(content) },
        _ => null,
    };

    private static byte[] Numbers(IReadOnlyList<ulong> numbers)
    {
        var bytes = new byte[numbers.Count * sizeof(ulong)];
        for (var i = 0; i < numbers.Count; i++)
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(i * sizeof(ulong)), numbers[i]);
        return bytes;
    }

    private static ulong[] Numbers(ReadOnlySpan<byte> content)
    {
        var numbers = new ulong[content.Length / sizeof(ulong)];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = BinaryPrimitives.ReadUInt64BigEndian(content[(i * sizeof(ulong))..]);
        return numbers;
    }

    private static long Number(ReadOnlySpan<byte> content) =>
        content.Length == 8 ? BinaryPrimitives.ReadInt64BigEndian(content) : 0;

    private static void Add(List<byte> to, Section kind, string text) => Add(to, kind, Encoding.UTF8.GetBytes(text));

    private static void Add(List<byte> to, Section kind, long number)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        Add(to, kind, bytes);
    }

    private static void Add(List<byte> to, Section kind, ReadOnlySpan<byte> content)
    {
        Span<byte> header = stackalloc byte[SectionHeaderLength];
        header.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(header, (ushort)kind);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], content.Length);
        to.AddRange(header);
        to.AddRange(content);
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes) crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }

    private enum Section : ushort
    {
        Id = 1,
        DataPath = 2,
        Length = 3,
        BlockLength = 4,
        Flags = 5,
        Alias = 6,
        VendorId = 7,
        ProductId = 8,
        SerialNumber = 9,
        ManagementUrl = 10,
        Threshold = 11,
        UnitState = 12,
        Sanitizing = 13,
        Protection = 14,
        Uncorrectable = 15,
    }
}

/// <summary>What is switched on for a disk; the values are the metadata's.</summary>
[Flags]
public enum DiskFlags
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Thin provisioned.</summary>
    Thin = 0x01,

    /// <summary>Nobody may write.</summary>
    WriteProtected = 0x02,

    /// <summary>Writes are durable before they are answered.</summary>
    WriteCacheDisabled = 0x04,

    /// <summary>The medium counts as removable.</summary>
    Removable = 0x08,
}
