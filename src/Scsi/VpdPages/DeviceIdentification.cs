namespace Lunette.Scsi;

/// <summary>Device Identification VPD page, 83h.</summary>
public static class DeviceIdentification
{
    /// <summary>Writes the page.</summary>
    public static void Write(ref ParameterDataWriter to, Peripheral peripheral, IReadOnlyList<Designator> designators)
    {
        var at = VpdPage.Begin(ref to, peripheral, VpdPageCode.DeviceIdentification);
        for (var i = 0; i < designators.Count; i++) designators[i].Write(ref to);
        VpdPage.End(ref to, at);
    }

    /// <summary>Reads an untrusted page up to the first designator that is cut off; null when it is none.</summary>
    public static IReadOnlyList<Designator>? Parse(ReadOnlySpan<byte> bytes) =>
        VpdPage.TryOpen(bytes, VpdPageCode.DeviceIdentification, out var view)
            ? ParseList(view.Slice(VpdPage.HeaderLength, view.Length))
            : null;

    internal static List<Designator> ParseList(ReadOnlySpan<byte> bytes)
    {
        List<Designator> designators = [];
        while (Designator.TryRead(bytes, out var designator))
        {
            designators.Add(designator);
            bytes = bytes[designator.Length..];
        }

        return designators;
    }
}
