namespace Lunette.Scsi;

/// <summary>One descriptor of the Supported Block Lengths and Protection Types VPD page.</summary>
/// <param name="LogicalBlockLength">LOGICAL BLOCK LENGTH in bytes.</param>
/// <param name="Checks">P_I_I_SUP in bit 6, NO_PI_CHK, GRD_CHK, APP_CHK and REF_CHK in bits 3 to 0.</param>
/// <param name="ProtectionTypes">T3PS, T2PS, T1PS and T0PS in bits 3 to 0.</param>
public readonly record struct SupportedBlockLength(uint LogicalBlockLength, byte Checks, byte ProtectionTypes);

/// <summary>Supported Block Lengths and Protection Types VPD page, B4h.</summary>
public static class SupportedBlockLengths
{
    /// <summary>Writes the page.</summary>
    public static void Write(
        ref ParameterDataWriter to, Peripheral peripheral, scoped ReadOnlySpan<SupportedBlockLength> lengths)
    {
        var at = VpdPage.Begin(ref to, peripheral, VpdPageCode.SupportedBlockLengthsAndProtectionTypes);
        foreach (var length in lengths)
        {
            to.WriteUInt32(length.LogicalBlockLength);
            to.WriteByte(length.Checks & 0x4F);
            to.WriteByte(length.ProtectionTypes & 0x0F);
            to.WriteUInt16(0);
        }

        VpdPage.End(ref to, at);
    }

    /// <summary>Reads an untrusted page; null when it is none.</summary>
    public static IReadOnlyList<SupportedBlockLength>? Parse(ReadOnlySpan<byte> bytes)
    {
        if (!VpdPage.TryOpen(bytes, VpdPageCode.SupportedBlockLengthsAndProtectionTypes, out var view)) return null;
        List<SupportedBlockLength> lengths = [];
        for (var at = VpdPage.HeaderLength; view.Has(at, 8); at += 8)
            lengths.Add(new(view.UInt32(at), (byte)(view[at + 4] & 0x4F), (byte)(view[at + 5] & 0x0F)));
        return lengths;
    }
}
