using System.Buffers.Binary;
using Lunette.DeviceServer.Commands;
using Lunette.Lu.Disk.Copying;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tokens;

/// <summary>The block device range descriptors of the token commands (SBC-5).</summary>
internal static class RangeList
{
    /// <summary>Length of a range descriptor in bytes.</summary>
    public const int DescriptorLength = 16;

    /// <summary>Checks the lengths and reads the ranges, which lie in the medium and share no block.</summary>
    /// <param name="unit">The disk they are of.</param>
    /// <param name="list">The whole parameter list.</param>
    /// <param name="first">Where the descriptors begin; their length stands in the two bytes before.</param>
    /// <param name="ranges">The ranges, as many as were sent.</param>
    public static CommandOutcome? Parse(
        DiskUnit unit, ReadOnlySpan<byte> list, int first, out BlockRange[] ranges)
    {
        ranges = [];
        if (list.Length < first) return CommandOutcome.ParameterListLengthError;
        // DATA LENGTH counts what is behind it, and at least one range.
        var stated = BinaryPrimitives.ReadUInt16BigEndian(list) + 2;
        if (stated < first + DescriptorLength) return CommandOutcome.InvalidFieldInParameterList(0);
        if (stated > list.Length) return CommandOutcome.ParameterListLengthError;
        var length = BinaryPrimitives.ReadUInt16BigEndian(list[(first - 2)..]);
        if (length < DescriptorLength || length % DescriptorLength != 0 || length > stated - first)
            return CommandOutcome.InvalidFieldInParameterList(first - 2);
        if (length > CopyLimits.RangesMax * DescriptorLength)
            return Sense.Illegal(AdditionalSense.TooManySegmentDescriptors);
        ranges = new BlockRange[length / DescriptorLength];
        for (var i = 0; i < ranges.Length; i++)
        {
            var at = first + (i * DescriptorLength);
            var range = new BlockRange(BinaryPrimitives.ReadUInt64BigEndian(list[at..]),
                BinaryPrimitives.ReadUInt32BigEndian(list[(at + 8)..]));
            if (!range.IsWithin(unit.CapacityBlocks))
                return Sense.Illegal(AdditionalSense.LogicalBlockAddressOutOfRange);
            if (BinaryPrimitives.ReadUInt32BigEndian(list[(at + 12)..]) != 0)
                return CommandOutcome.InvalidFieldInParameterList(at + 12);
            foreach (var other in ranges.AsSpan(0, i))
                if (!range.IsEmpty && range.Overlaps(other)) return CommandOutcome.InvalidFieldInParameterList(at);
            ranges[i] = range;
        }
        return LengthOf(ranges, unit) <= CopyLimits.TokenBytesMax
            ? null
            : CommandOutcome.InvalidFieldInParameterList(first - 2);
    }

    /// <summary>How long ranges are together, in bytes.</summary>
    public static long LengthOf(BlockRange[] ranges, DiskUnit unit)
    {
        var length = 0L;
        foreach (var range in ranges) length += (long)range.Count << unit.BlockShift;
        return length;
    }
}
