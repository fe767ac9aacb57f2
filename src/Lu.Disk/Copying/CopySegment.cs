using System.Buffers.Binary;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Copying;

/// <summary>
/// What a segment descriptor asks for (SPC-6, Segment descriptors). Those of streams are of other devices.
/// </summary>
internal enum SegmentType : byte
{
    /// <summary>Copy from block device to block device.</summary>
    Blocks = 0x02,

    /// <summary>Verify CSCD.</summary>
    Verify = 0x07,

    /// <summary>Copy block device with offset to block device with offset.</summary>
    Bytes = 0x0A,
}

/// <summary>A segment descriptor.</summary>
/// <param name="Type">DESCRIPTOR TYPE CODE.</param>
/// <param name="Source">Index of the source's CSCD descriptor.</param>
/// <param name="Destination">Index of the destination's; of a verification, the source's.</param>
internal readonly record struct CopySegment(SegmentType Type, int Source, int Destination)
{
    /// <summary>Length of the longest descriptor in bytes.</summary>
    public const int LengthMax = 32;

    /// <summary>The types there are.</summary>
    public static ReadOnlySpan<byte> TypeCodes =>
        [(byte)SegmentType.Blocks, (byte)SegmentType.Verify, (byte)SegmentType.Bytes];

    /// <summary>DC: the count is of the destination's blocks.</summary>
    public bool CountsDestination { get; private init; }

    /// <summary>TUR: a verification asks whether the logical unit is ready.</summary>
    public bool TestsReady { get; private init; }

    /// <summary>How many blocks, or bytes.</summary>
    public ulong Count { get; private init; }

    /// <summary>Where it is read.</summary>
    public ulong SourceLba { get; private init; }

    /// <summary>Where it is written.</summary>
    public ulong DestinationLba { get; private init; }

    /// <summary>How far into that block it begins, in bytes.</summary>
    public int SourceByte { get; private init; }

    /// <summary>How far into that block it begins, in bytes.</summary>
    public int DestinationByte { get; private init; }

    /// <summary>Length of a descriptor in bytes; zero for a type there is not.</summary>
    public static int LengthOf(byte type) => (SegmentType)type switch
    {
        SegmentType.Verify => 12,
        SegmentType.Blocks => 28,
        SegmentType.Bytes => 32,
        _ => 0,
    };

    /// <summary>Reads a descriptor of its length.</summary>
    public static CopySegment Read(ReadOnlySpan<byte> descriptor)
    {
        var segment = new CopySegment((SegmentType)descriptor[0], Word(descriptor, 4), Word(descriptor, 6));
        return segment.Type switch
        {
            SegmentType.Verify => segment with
            {
                Destination = segment.Source,
                TestsReady = (descriptor[8] & 0x01) != 0,
            },
            SegmentType.Blocks => segment with
            {
                CountsDestination = (descriptor[1] & 0x02) != 0,
                Count = (ulong)Word(descriptor, 10),
                SourceLba = Address(descriptor, 12),
                DestinationLba = Address(descriptor, 20),
            },
            _ => segment with
            {
                Count = BinaryPrimitives.ReadUInt32BigEndian(descriptor[8..]),
                SourceLba = Address(descriptor, 12),
                DestinationLba = Address(descriptor, 20),
                SourceByte = Word(descriptor, 28),
                DestinationByte = Word(descriptor, 30),
            },
        };
    }

    /// <summary>How many bytes it copies between two disks, or why it cannot.</summary>
    public AdditionalSense? TryMeasure(DiskUnit source, DiskUnit destination, out long length)
    {
        length = 0;
        if (SourceLba > source.CapacityBlocks || DestinationLba > destination.CapacityBlocks)
            return AdditionalSense.NoAdditionalSenseInformation;
        var sourceLeft = BytesFrom(source, SourceLba) - SourceByte;
        var destinationLeft = BytesFrom(destination, DestinationLba) - DestinationByte;
        if (Type == SegmentType.Bytes)
        {
            if (SourceByte >= source.BlockLengthBytes || DestinationByte >= destination.BlockLengthBytes)
                return AdditionalSense.InvalidFieldInParameterList;
            length = (long)Count;
        }
        else
        {
            length = (long)Count << (CountsDestination ? destination : source).BlockShift;
            // A segment whose end is inside a block of the other end would need data to fill that block.
            if (((length & (source.BlockLengthBytes - 1)) | (length & (destination.BlockLengthBytes - 1))) != 0)
                return AdditionalSense.UnexpectedInexactSegment;
        }
        return length <= sourceLeft && length <= destinationLeft ? null : AdditionalSense.NoAdditionalSenseInformation;
    }

    private static long BytesFrom(DiskUnit unit, ulong lba) => (long)(unit.CapacityBlocks - lba) << unit.BlockShift;

    private static int Word(ReadOnlySpan<byte> descriptor, int at) =>
        BinaryPrimitives.ReadUInt16BigEndian(descriptor[at..]);

    private static ulong Address(ReadOnlySpan<byte> descriptor, int at) =>
        BinaryPrimitives.ReadUInt64BigEndian(descriptor[at..]);
}
