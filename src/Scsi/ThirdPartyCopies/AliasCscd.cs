using System.Buffers.Binary;

namespace Lunette.Scsi;

/// <summary>
/// Alias CSCD descriptor (SPC-6, Alias CSCD descriptor format): a copy source or destination by an alias of its target
/// and its LUN there. It is as long as an identification CSCD descriptor.
/// </summary>
public static class AliasCscd
{
    /// <summary>CSCD DESCRIPTOR TYPE CODE.</summary>
    public const byte TypeCode = 0xE6;

    /// <summary>LU ID TYPE: 0 where LU IDENTIFIER is a LUN; nothing else is any more.</summary>
    public static int LogicalUnitIdType(ReadOnlySpan<byte> descriptor) => descriptor[1] >> 6;

    /// <summary>LU IDENTIFIER.</summary>
    public static Lun LunOf(ReadOnlySpan<byte> descriptor) => Lun.Parse(descriptor[4..]);

    /// <summary>ALIAS VALUE.</summary>
    public static ulong AliasOf(ReadOnlySpan<byte> descriptor) =>
        BinaryPrimitives.ReadUInt64BigEndian(descriptor[12..]);
}
