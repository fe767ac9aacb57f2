using System.Buffers.Binary;

namespace Lunette.Scsi;

/// <summary>
/// The logical blocks a command names. The decoders are written by hand because every READ and WRITE passes here; a
/// property test compares them with the layouts.
/// </summary>
/// <param name="Lba">The first logical block address.</param>
/// <param name="Count">How many blocks; zero is none, never a default.</param>
public readonly record struct BlockRange(ulong Lba, uint Count)
{
    /// <summary>Whether it names no block.</summary>
    public bool IsEmpty => Count == 0;

    /// <summary>
    /// Whether the range lies in a medium. An empty range lies there up to the address just past the last block
    /// (SBC-5: LBA OUT OF RANGE when the address exceeds the capacity, whatever the length).
    /// </summary>
    /// <param name="capacityBlocks">How many blocks the medium has.</param>
    public bool IsWithin(ulong capacityBlocks) => Lba <= capacityBlocks && Count <= capacityBlocks - Lba;

    /// <summary>Whether two ranges share a block. Neither may run past the end of the 64-bit address space.</summary>
    public bool Overlaps(BlockRange other) => Lba < other.Lba + other.Count && other.Lba < Lba + Count;

    /// <summary>READ (6), WRITE (6): 21 bits of address; TRANSFER LENGTH zero means 256 blocks.</summary>
    public static BlockRange Decode6(ReadOnlySpan<byte> cdb) =>
        new(BinaryPrimitives.ReadUInt32BigEndian(cdb) & 0x1F_FFFF, cdb[4] == 0 ? 256u : cdb[4]);

    /// <summary>The 10-byte commands.</summary>
    public static BlockRange Decode10(ReadOnlySpan<byte> cdb) =>
        new(BinaryPrimitives.ReadUInt32BigEndian(cdb[2..]), BinaryPrimitives.ReadUInt16BigEndian(cdb[7..]));

    /// <summary>The 12-byte commands.</summary>
    public static BlockRange Decode12(ReadOnlySpan<byte> cdb) =>
        new(BinaryPrimitives.ReadUInt32BigEndian(cdb[2..]), BinaryPrimitives.ReadUInt32BigEndian(cdb[6..]));

    /// <summary>The 16-byte commands with four bytes of length.</summary>
    public static BlockRange Decode16(ReadOnlySpan<byte> cdb) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(cdb[2..]), BinaryPrimitives.ReadUInt32BigEndian(cdb[10..]));

    /// <summary>WRITE ATOMIC (16) and WRITE STREAM (16): two bytes of length behind another field.</summary>
    public static BlockRange Decode16Short(ReadOnlySpan<byte> cdb) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(cdb[2..]), BinaryPrimitives.ReadUInt16BigEndian(cdb[12..]));

    /// <summary>COMPARE AND WRITE: one byte of length.</summary>
    public static BlockRange DecodeCompareAndWrite(ReadOnlySpan<byte> cdb) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(cdb[2..]), cdb[13]);

    /// <summary>The 32-byte commands.</summary>
    public static BlockRange Decode32(ReadOnlySpan<byte> cdb) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(cdb[12..]), BinaryPrimitives.ReadUInt32BigEndian(cdb[28..]));

    /// <summary>
    /// Decodes any command whose row has a LOGICAL BLOCK ADDRESS and a length in blocks, by the length that the
    /// operation code's group gives the CDB. Which commands those are, the row tells; this does not check it.
    /// </summary>
    public static BlockRange Decode(ReadOnlySpan<byte> cdb) => cdb[0] switch
    {
        0x89 => DecodeCompareAndWrite(cdb),
        0x9A or 0x9C => Decode16Short(cdb),
        CdbLayout.VariableLength => Decode32(cdb),
        < 0x20 => Decode6(cdb),
        < 0x60 => Decode10(cdb),
        < 0xA0 => Decode16(cdb),
        _ => Decode12(cdb),
    };
}
