namespace Lunette.Scsi;

/// <summary>Supported VPD Pages VPD page, 00h.</summary>
public static class SupportedVpdPages
{
    /// <summary>Writes the page.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="peripheral">The logical unit's.</param>
    /// <param name="pages">Ascending, 00h included.</param>
    public static void Write(ref ParameterDataWriter to, Peripheral peripheral, scoped ReadOnlySpan<VpdPageCode> pages)
    {
        var at = VpdPage.Begin(ref to, peripheral, VpdPageCode.SupportedVpdPages);
        foreach (var page in pages) to.WriteByte((byte)page);
        VpdPage.End(ref to, at);
    }

    /// <summary>Reads an untrusted page; null when it is none.</summary>
    public static IReadOnlyList<VpdPageCode>? Parse(ReadOnlySpan<byte> bytes)
    {
        if (!VpdPage.TryOpen(bytes, VpdPageCode.SupportedVpdPages, out var view)) return null;
        List<VpdPageCode> pages = [];
        for (var at = VpdPage.HeaderLength; at < view.Length; at++) pages.Add((VpdPageCode)view[at]);
        return pages;
    }
}
