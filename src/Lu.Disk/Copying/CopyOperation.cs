using System.Buffers.Binary;
using Lunette.DeviceServer.Commands;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;

namespace Lunette.Lu.Disk.Copying;

/// <summary>What an EXTENDED COPY (LID1) parameter list asks for, and how far it has come. Kept by a task.</summary>
internal sealed class CopyOperation
{
    private const byte IdentificationDescriptor = 0xE4;
    private const byte BlockToBlock = 0x02;

    private readonly DiskUnit?[] _units = new DiskUnit?[CopyLimits.DescriptorsMax];
    private readonly CopySegment[] _segments = new CopySegment[CopyLimits.SegmentsMax];
    private int _unitCount;

    /// <summary>LIST IDENTIFIER.</summary>
    public byte ListId { get; private set; }

    /// <summary>Whether the list has an identifier by which RECEIVE COPY STATUS finds it.</summary>
    public bool IsIdentified { get; private set; }

    /// <summary>How many segments it has.</summary>
    public int SegmentCount { get; private set; }

    /// <summary>The segment it is at.</summary>
    public int SegmentsDone;

    /// <summary>Bytes of that segment that are copied.</summary>
    public long Done;

    /// <summary>It has ended with an error.</summary>
    public bool HasFailed;

    /// <summary>Bytes copied in all.</summary>
    public ulong BytesCopied;

    /// <summary>The segment it is at.</summary>
    public ref readonly CopySegment Segment => ref _segments[SegmentsDone];

    /// <summary>The logical unit a CSCD descriptor names; null where the nexus sees none by that name.</summary>
    public DiskUnit? UnitAt(int index) => index < _unitCount ? _units[index] : null;

    /// <summary>
    /// Reads an untrusted parameter list (SPC-4, EXTENDED COPY (LID1) command). Null when it is in order.
    /// </summary>
    /// <param name="list">The whole list.</param>
    /// <param name="map">What the nexus sees: nothing else is copied from or to.</param>
    public CommandOutcome? Parse(ReadOnlySpan<byte> list, LunMap map)
    {
        if (list.Length < CopyLimits.HeaderLength) return CommandOutcome.ParameterListLengthError;
        ListId = list[0];
        // LIST ID USAGE: 11b is no identifier, and 01b is reserved.
        var usage = list[1] >> 3 & 3;
        if (usage == 1 || (usage == 3 && ListId != 0)) return CommandOutcome.InvalidFieldInParameterList(1, bit: 4);
        IsIdentified = usage != 3;
        var descriptors = BinaryPrimitives.ReadUInt16BigEndian(list[2..]);
        var segments = BinaryPrimitives.ReadUInt32BigEndian(list[8..]);
        if (BinaryPrimitives.ReadUInt32BigEndian(list[12..]) != 0)
            return Sense.Illegal(AdditionalSense.InlineDataLengthExceeded);
        if (descriptors > list.Length - CopyLimits.HeaderLength
            || segments > list.Length - CopyLimits.HeaderLength - descriptors)
        {
            return CommandOutcome.ParameterListLengthError;
        }
        (SegmentsDone, Done, BytesCopied, HasFailed) = (0, 0, 0, false);
        return ParseDescriptors(list.Slice(CopyLimits.HeaderLength, descriptors), map)
            ?? ParseSegments(list, CopyLimits.HeaderLength + descriptors, (int)segments);
    }

    private CommandOutcome? ParseDescriptors(ReadOnlySpan<byte> list, LunMap map)
    {
        if (list.Length > CopyLimits.DescriptorsMax * CopyLimits.DescriptorLength)
            return Sense.Illegal(AdditionalSense.TooManyTargetDescriptors);
        _unitCount = 0;
        for (var at = 0; at < list.Length; at += CopyLimits.DescriptorLength)
        {
            if (list[at] != IdentificationDescriptor)
                return Sense.Illegal(AdditionalSense.UnsupportedTargetDescriptorTypeCode);
            if (list.Length - at < CopyLimits.DescriptorLength) return CommandOutcome.ParameterListLengthError;
            var descriptor = list.Slice(at, CopyLimits.DescriptorLength);
            var pointer = CopyLimits.HeaderLength + at;
            // PERIPHERAL DEVICE TYPE: a direct access block device. LU ID TYPE tells how to read a LU IDENTIFIER, and
            // this descriptor has none.
            if ((descriptor[1] & 0x1F) != 0) return CommandOutcome.InvalidFieldInParameterList(pointer + 1, bit: 4);
            if (descriptor[7] > 20) return CommandOutcome.InvalidFieldInParameterList(pointer + 7);
            var isNull = (descriptor[1] & 0x20) != 0;
            var unit = isNull ? null : Find(descriptor[4..], map);
            var block = BinaryPrimitives.ReadUInt32BigEndian(descriptor[28..]) & 0xFF_FFFF;
            if (unit is not null && block != unit.BlockLengthBytes)
                return CommandOutcome.InvalidFieldInParameterList(pointer + 29);
            _units[_unitCount++] = unit;
        }
        return null;
    }

    // SPC-6, Device Identification VPD page: CODE SET, ASSOCIATION and DESIGNATOR TYPE, DESIGNATOR LENGTH, DESIGNATOR.
    private static DiskUnit? Find(ReadOnlySpan<byte> designator, LunMap map)
    {
        var value = designator.Slice(4, designator[3]);
        if ((designator[1] & 0x30) != 0) return null;
        foreach (var entry in map.Entries)
        {
            if (entry.LogicalUnit is DiskUnit disk
                && disk.IsNamed((DesignatorType)(designator[1] & 0x0F), (CodeSet)(designator[0] & 0x0F), value))
            {
                return disk;
            }
        }
        return null;
    }

    private CommandOutcome? ParseSegments(ReadOnlySpan<byte> list, int first, int length)
    {
        if (length > CopyLimits.SegmentsMax * CopyLimits.SegmentLength)
            return Sense.Illegal(AdditionalSense.TooManySegmentDescriptors);
        SegmentCount = 0;
        for (var at = first; at < first + length; at += CopyLimits.SegmentLength)
        {
            if (list[at] != BlockToBlock) return Sense.Illegal(AdditionalSense.UnsupportedSegmentDescriptorTypeCode);
            if (first + length - at < CopyLimits.SegmentLength) return CommandOutcome.ParameterListLengthError;
            var descriptor = list.Slice(at, CopyLimits.SegmentLength);
            if (BinaryPrimitives.ReadUInt16BigEndian(descriptor[2..]) != CopyLimits.SegmentLength - 4)
                return CommandOutcome.InvalidFieldInParameterList(at + 2);
            _segments[SegmentCount++] = new(
                BinaryPrimitives.ReadUInt16BigEndian(descriptor[4..]),
                BinaryPrimitives.ReadUInt16BigEndian(descriptor[6..]),
                CountsDestination: (descriptor[1] & 0x02) != 0,
                BinaryPrimitives.ReadUInt16BigEndian(descriptor[10..]),
                BinaryPrimitives.ReadUInt64BigEndian(descriptor[12..]),
                BinaryPrimitives.ReadUInt64BigEndian(descriptor[20..]));
        }
        return null;
    }
}

/// <summary>A block to block segment.</summary>
/// <param name="Source">Index of the source's CSCD descriptor.</param>
/// <param name="Destination">Index of the destination's.</param>
/// <param name="CountsDestination">DC: the count is of the destination's blocks.</param>
/// <param name="Blocks">How many.</param>
/// <param name="SourceLba">Where it is read.</param>
/// <param name="DestinationLba">Where it is written.</param>
internal readonly record struct CopySegment(
    int Source, int Destination, bool CountsDestination, int Blocks, ulong SourceLba, ulong DestinationLba);
