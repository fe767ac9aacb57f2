using System.Buffers.Binary;

namespace Lunette.Scsi;

/// <summary>
/// Identification CSCD descriptor (SPC-6, Identification Descriptor CSCD descriptor): a copy source or destination by a
/// designator of its logical unit.
/// </summary>
public static class IdentificationCscd
{
    /// <summary>CSCD DESCRIPTOR TYPE CODE.</summary>
    public const byte TypeCode = 0xE4;

    /// <summary>Length of the descriptor in bytes.</summary>
    public const int Length = 32;

    /// <summary>The longest designator that fits, in bytes.</summary>
    public const int DesignatorLengthMax = 20;

    /// <summary>Writes the descriptor of a disk.</summary>
    /// <param name="to">Of <see cref="Length"/> bytes.</param>
    /// <param name="designator">Of its logical unit.</param>
    /// <param name="blockLength">DISK BLOCK LENGTH in bytes.</param>
    public static void Write(Span<byte> to, Designator designator, int blockLength)
    {
        to[..Length].Clear();
        to[0] = TypeCode;
        to[4] = (byte)designator.CodeSet;
        to[5] = (byte)((int)designator.Association << 4 | (int)designator.Type);
        to[7] = (byte)designator.Value.Length;
        designator.Value.CopyTo(to[8..28]);
        BinaryPrimitives.WriteInt32BigEndian(to[28..], blockLength & 0xFF_FFFF);
    }

    /// <summary>NULL: nothing is copied from or to it.</summary>
    public static bool IsNull(ReadOnlySpan<byte> descriptor) => (descriptor[1] & 0x20) != 0;

    /// <summary>DISK BLOCK LENGTH in bytes.</summary>
    public static uint BlockLengthOf(ReadOnlySpan<byte> descriptor) =>
        BinaryPrimitives.ReadUInt32BigEndian(descriptor[28..]) & 0xFF_FFFF;
}
