namespace Lunette.Scsi;

/// <summary>SCSI Feature Sets VPD page, 92h: what a logical unit claims to support as a whole.</summary>
public static class ScsiFeatureSets
{
    private const int CodesAt = 8;

    /// <summary>Writes the page.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="peripheral">The logical unit's.</param>
    /// <param name="codes">FEATURE SET CODE of each, ascending; none where nothing is claimed.</param>
    public static void Write(ref ParameterDataWriter to, Peripheral peripheral, scoped ReadOnlySpan<ushort> codes)
    {
        var at = VpdPage.Begin(ref to, peripheral, VpdPageCode.ScsiFeatureSets);
        to.WriteZeros(CodesAt - VpdPage.HeaderLength);
        foreach (var code in codes) to.WriteUInt16(code);
        VpdPage.End(ref to, at);
    }

    /// <summary>Reads an untrusted page; null when it is none.</summary>
    public static IReadOnlyList<ushort>? Parse(ReadOnlySpan<byte> bytes)
    {
        if (!VpdPage.TryOpen(bytes, VpdPageCode.ScsiFeatureSets, out var view)) return null;
        List<ushort> codes = [];
        for (var at = CodesAt; view.Has(at, 2); at += 2) codes.Add(view.UInt16(at));
        return codes;
    }
}
