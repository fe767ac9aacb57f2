namespace Lunette.Scsi;

/// <summary>
/// Software Interface Identification VPD page, 84h: which vendors' software interfaces apply to a logical unit.
/// </summary>
public static class SoftwareInterfaceIdentification
{
    /// <summary>Length of a software interface identifier in bytes.</summary>
    public const int IdentifierLength = 6;

    /// <summary>Writes the page.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="peripheral">The logical unit's.</param>
    /// <param name="identifiers">Identifiers, one behind the other; none where there is no such interface.</param>
    public static void Write(ref ParameterDataWriter to, Peripheral peripheral, scoped ReadOnlySpan<byte> identifiers)
    {
        var at = VpdPage.Begin(ref to, peripheral, VpdPageCode.SoftwareInterfaceIdentification);
        to.Write(identifiers);
        VpdPage.End(ref to, at);
    }

    /// <summary>Reads an untrusted page, one identifier each; null when it is none.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>>? Parse(ReadOnlySpan<byte> bytes)
    {
        if (!VpdPage.TryOpen(bytes, VpdPageCode.SoftwareInterfaceIdentification, out var view)) return null;
        List<ReadOnlyMemory<byte>> identifiers = [];
        for (var at = VpdPage.HeaderLength; view.Has(at, IdentifierLength); at += IdentifierLength)
            identifiers.Add(view.Slice(at, IdentifierLength).ToArray());
        return identifiers;
    }
}
