using System.Buffers.Binary;
using Lunette.DeviceServer.Commands;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;

namespace Lunette.Lu.Disk.Copying;

/// <summary>Reads the descriptors of an EXTENDED COPY parameter list (SPC-4, EXTENDED COPY (LID1) command).</summary>
internal static class ExtendedCopyList
{
    /// <summary>The CSCD descriptors: the disk of each, null where the nexus sees none by that name.</summary>
    /// <param name="list">The whole parameter list.</param>
    /// <param name="header">Its header, checked against its length.</param>
    /// <param name="map">What the nexus sees: nothing else is copied from or to.</param>
    /// <param name="units">The disks.</param>
    public static CommandOutcome? ParseUnits(
        ReadOnlySpan<byte> list, in ExtendedCopyHeader header, LunMap map, out DiskUnit?[] units)
    {
        units = [];
        list = list[..(header.Length + header.DescriptorsLength)];
        if (header.DescriptorsLength > CopyLimits.DescriptorsMax * IdentificationCscd.Length)
            return Sense.Illegal(AdditionalSense.TooManyTargetDescriptors);
        var found = new List<DiskUnit?>(CopyLimits.DescriptorsMax);
        for (var at = header.Length; at < list.Length; at += IdentificationCscd.Length)
        {
            if (list[at] != IdentificationCscd.TypeCode)
                return Sense.Illegal(AdditionalSense.UnsupportedTargetDescriptorTypeCode);
            if (list.Length - at < IdentificationCscd.Length) return CommandOutcome.ParameterListLengthError;
            var descriptor = list.Slice(at, IdentificationCscd.Length);
            // PERIPHERAL DEVICE TYPE: a direct access block device. LU ID TYPE tells how to read a LU IDENTIFIER, and
            // this descriptor has none.
            if ((descriptor[1] & 0x1F) != 0) return CommandOutcome.InvalidFieldInParameterList(at + 1, bit: 4);
            if (descriptor[7] > IdentificationCscd.DesignatorLengthMax)
                return CommandOutcome.InvalidFieldInParameterList(at + 7);
            var unit = IdentificationCscd.IsNull(descriptor) ? null : Find(descriptor, map);
            if (unit is not null && IdentificationCscd.BlockLengthOf(descriptor) != unit.BlockLengthBytes)
                return CommandOutcome.InvalidFieldInParameterList(at + 29);
            found.Add(unit);
        }
        units = [.. found];
        return null;
    }

    /// <summary>The disk that an identification CSCD descriptor names, among those a nexus sees.</summary>
    public static DiskUnit? Find(ReadOnlySpan<byte> descriptor, LunMap map)
    {
        // SPC-6, Device Identification VPD page: CODE SET, ASSOCIATION and DESIGNATOR TYPE, DESIGNATOR LENGTH.
        var (codeSet, type) = ((CodeSet)(descriptor[4] & 0x0F), (DesignatorType)(descriptor[5] & 0x0F));
        if ((descriptor[5] & 0x30) != 0 || descriptor[7] > IdentificationCscd.DesignatorLengthMax) return null;
        var value = descriptor.Slice(8, descriptor[7]);
        foreach (var entry in map.Entries)
            if (entry.LogicalUnit is DiskUnit disk && disk.IsNamed(type, codeSet, value)) return disk;
        return null;
    }

    /// <summary>The segment descriptors.</summary>
    public static CommandOutcome? ParseSegments(
        ReadOnlySpan<byte> list, in ExtendedCopyHeader header, out CopySegment[] segments)
    {
        segments = [];
        var first = header.Length + header.DescriptorsLength;
        var end = first + (int)header.SegmentsLength;
        var found = new List<CopySegment>(CopyLimits.SegmentsMax);
        for (var at = first; at < end;)
        {
            if (found.Count == CopyLimits.SegmentsMax)
                return Sense.Illegal(AdditionalSense.TooManySegmentDescriptors);
            var length = CopySegment.LengthOf(list[at]);
            if (length == 0) return Sense.Illegal(AdditionalSense.UnsupportedSegmentDescriptorTypeCode);
            if (end - at < length) return CommandOutcome.ParameterListLengthError;
            var descriptor = list.Slice(at, length);
            if (BinaryPrimitives.ReadUInt16BigEndian(descriptor[2..]) != length - 4)
                return CommandOutcome.InvalidFieldInParameterList(at + 2);
            found.Add(CopySegment.Read(descriptor));
            at += length;
        }
        segments = [.. found];
        return null;
    }
}
