namespace Lunette.Scsi;

/// <summary>One descriptor of the Concurrent Positioning Ranges VPD page.</summary>
/// <param name="RangeNumber">LBA RANGE NUMBER.</param>
/// <param name="StorageElements">NUMBER OF STORAGE ELEMENTS.</param>
/// <param name="StartingLba">STARTING LBA.</param>
/// <param name="BlockCount">NUMBER OF LBAS.</param>
public readonly record struct ConcurrentPositioningRange(
    byte RangeNumber, byte StorageElements, ulong StartingLba, ulong BlockCount);

/// <summary>Concurrent Positioning Ranges VPD page, B9h.</summary>
public static class ConcurrentPositioningRanges
{
    private const int ListAt = 64;
    private const int DescriptorLength = 32;

    /// <summary>Writes the page.</summary>
    public static void Write(
        ref ParameterDataWriter to, Peripheral peripheral, scoped ReadOnlySpan<ConcurrentPositioningRange> ranges)
    {
        var at = VpdPage.Begin(ref to, peripheral, VpdPageCode.ConcurrentPositioningRanges);
        to.WriteZeros(ListAt - VpdPage.HeaderLength);
        foreach (var range in ranges)
        {
            to.WriteByte(range.RangeNumber);
            to.WriteByte(range.StorageElements);
            to.WriteZeros(6);
            to.WriteUInt64(range.StartingLba);
            to.WriteUInt64(range.BlockCount);
            to.WriteZeros(8);
        }

        VpdPage.End(ref to, at);
    }

    /// <summary>Reads an untrusted page; null when it is none.</summary>
    public static IReadOnlyList<ConcurrentPositioningRange>? Parse(ReadOnlySpan<byte> bytes)
    {
        if (!VpdPage.TryOpen(bytes, VpdPageCode.ConcurrentPositioningRanges, out var view)) return null;
        List<ConcurrentPositioningRange> ranges = [];
        for (var at = ListAt; view.Has(at, DescriptorLength); at += DescriptorLength)
            ranges.Add(new(view[at], view[at + 1], view.UInt64(at + 8), view.UInt64(at + 16)));
        return ranges;
    }
}
