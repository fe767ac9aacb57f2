using System.Buffers.Binary;

namespace Lunette.Scsi;

/// <summary>
/// Protection information: the eight bytes behind each logical block (SBC-5, Protection information).
/// </summary>
/// <remarks>
/// <code>
/// +0 LOGICAL BLOCK GUARD (2)   +2 LOGICAL BLOCK APPLICATION TAG (2)   +4 LOGICAL BLOCK REFERENCE TAG (4)
/// </code>
/// </remarks>
/// <param name="Guard">LOGICAL BLOCK GUARD: a CRC of the block, see <see cref="BlockGuard"/>.</param>
/// <param name="ApplicationTag">LOGICAL BLOCK APPLICATION TAG.</param>
/// <param name="ReferenceTag">LOGICAL BLOCK REFERENCE TAG.</param>
public readonly record struct ProtectionInformation(ushort Guard, ushort ApplicationTag, uint ReferenceTag)
{
    /// <summary>Its length in bytes.</summary>
    public const int Length = 8;

    /// <summary>What formatting and unmapping leave: all ones, and so nothing of the block is checked.</summary>
    public static ProtectionInformation Default { get; } = new(0xFFFF, 0xFFFF, 0xFFFF_FFFF);

    /// <summary>
    /// Whether it says that its block is not to be checked: an application tag of FFFFh, and with type 3 a reference
    /// tag of FFFFFFFFh as well.
    /// </summary>
    public bool DisablesChecking(ProtectionType type) =>
        ApplicationTag == 0xFFFF && (type != ProtectionType.Type3 || ReferenceTag == 0xFFFF_FFFF);

    /// <summary>Reads eight bytes.</summary>
    public static ProtectionInformation Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt16BigEndian(bytes), BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
        BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]));

    /// <summary>Writes eight bytes.</summary>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt16BigEndian(bytes, Guard);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], ApplicationTag);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], ReferenceTag);
    }
}
