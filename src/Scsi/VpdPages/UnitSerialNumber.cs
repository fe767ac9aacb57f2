namespace Lunette.Scsi;

/// <summary>Unit Serial Number VPD page, 80h.</summary>
public static class UnitSerialNumber
{
    /// <summary>Writes the page; a logical unit without a serial number says so with four spaces.</summary>
    public static void Write(ref ParameterDataWriter to, Peripheral peripheral, scoped ReadOnlySpan<char> serialNumber)
    {
        var at = VpdPage.Begin(ref to, peripheral, VpdPageCode.UnitSerialNumber);
        to.WriteAscii(serialNumber, serialNumber.IsEmpty ? 4 : serialNumber.Length);
        VpdPage.End(ref to, at);
    }

    /// <summary>Reads an untrusted page; null when it is none.</summary>
    public static string? Parse(ReadOnlySpan<byte> bytes) =>
        VpdPage.TryOpen(bytes, VpdPageCode.UnitSerialNumber, out var view)
            ? view.Ascii(VpdPage.HeaderLength, view.Length - VpdPage.HeaderLength).TrimStart()
            : null;
}
