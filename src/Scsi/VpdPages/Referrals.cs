namespace Lunette.Scsi;

/// <summary>Referrals VPD page, B3h.</summary>
public sealed record Referrals
{
    /// <summary>USER DATA SEGMENT SIZE in blocks.</summary>
    public uint UserDataSegmentSize { get; init; }

    /// <summary>USER DATA SEGMENT MULTIPLIER.</summary>
    public uint UserDataSegmentMultiplier { get; init; }

    /// <summary>Writes the page, 16 bytes.</summary>
    public void Write(ref ParameterDataWriter to, Peripheral peripheral)
    {
        var at = VpdPage.Begin(ref to, peripheral, VpdPageCode.Referrals);
        to.WriteZeros(4);
        to.WriteUInt32(UserDataSegmentSize);
        to.WriteUInt32(UserDataSegmentMultiplier);
        VpdPage.End(ref to, at);
    }

    /// <summary>Reads an untrusted page; null when it is none.</summary>
    public static Referrals? Parse(ReadOnlySpan<byte> bytes) =>
        !VpdPage.TryOpen(bytes, VpdPageCode.Referrals, out var view)
            ? null
            : new Referrals
            {
                UserDataSegmentSize = view.UInt32(8),
                UserDataSegmentMultiplier = view.UInt32(12),
            };
}
