namespace Lunette.Scsi;

/// <summary>SELECT REPORT of REPORT LUNS (SPC-6, REPORT LUNS command).</summary>
public enum SelectReport : byte
{
    /// <summary>Logical units in the addressing methods everybody knows.</summary>
    Addressable = 0x00,

    /// <summary>Well known logical units only.</summary>
    WellKnown = 0x01,

    /// <summary>All logical units.</summary>
    All = 0x02,

    /// <summary>Administrative logical units.</summary>
    Administrative = 0x10,

    /// <summary>Administrative and other logical units that are not subsidiary.</summary>
    NonSubsidiary = 0x11,

    /// <summary>Subsidiary logical units of the addressed one.</summary>
    Subsidiary = 0x12,
}

/// <summary>REPORT LUNS parameter data.</summary>
public static class LunInventory
{
    private const int HeaderLength = 8;

    /// <summary>Writes the list.</summary>
    public static void Write(ref ParameterDataWriter to, scoped ReadOnlySpan<Lun> luns)
    {
        to.WriteUInt32((uint)luns.Length * 8);
        to.WriteZeros(4);
        foreach (var lun in luns) to.WriteUInt64(lun.Wire);
    }

    /// <summary>How long the list is, header included: what a second REPORT LUNS should allow for.</summary>
    public static long FullLength(ReadOnlySpan<byte> bytes) =>
        HeaderLength + (long)new ParameterDataView(bytes).UInt32(0);

    /// <summary>Reads an untrusted list: the whole LUNs that arrived.</summary>
    public static IReadOnlyList<Lun> Parse(ReadOnlySpan<byte> bytes)
    {
        var view = new ParameterDataView(bytes).CutAt(FullLength(bytes));
        List<Lun> luns = [];
        for (var at = HeaderLength; view.Has(at, 8); at += 8) luns.Add(Lun.FromWire(view.UInt64(at)));
        return luns;
    }

    /// <summary>Reads an untrusted list as a host does that addresses logical units by number.</summary>
    /// <param name="bytes">The parameter data, as far as they came.</param>
    /// <param name="max">Numbers at most.</param>
    /// <param name="complaint">What is wrong with the list, for people; null where nothing is.</param>
    /// <returns>The numbers in the list's order, each once.</returns>
    public static IReadOnlyList<int> Numbers(ReadOnlySpan<byte> bytes, int max, out string? complaint)
    {
        var named = Parse(bytes);
        List<int> numbers = [.. named.Select(lun => lun.Number).Where(number => number >= 0).Distinct().Take(max)];
        var full = FullLength(bytes);
        var without = named.Count(lun => lun.Number < 0);
        complaint = bytes.Length < HeaderLength ? "the REPORT LUNS data are too short"
            : full % 8 != 0 ? "the list of logical units is no list of whole LUNs"
            : full > HeaderLength + (max * 8L) ? $"it reports {full / 8 - 1} logical units; {max} are looked at"
            : full > bytes.Length ? "the list of logical units is longer than what came of it"
            : without > 0 ? $"{without} of its LUNs have no number here"
            : named.Count == 0 ? "it reports no logical unit"
            : null;
        return numbers;
    }
}
