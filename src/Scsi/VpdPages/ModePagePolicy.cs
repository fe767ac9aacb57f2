namespace Lunette.Scsi;

/// <summary>MODE PAGE POLICY: who shares the values of a mode page.</summary>
public enum ModePagePolicyKind : byte
{
    /// <summary>All I_T nexuses.</summary>
    Shared = 0,

    /// <summary>Those of one target port.</summary>
    PerTargetPort = 1,

    /// <summary>Nobody.</summary>
    PerItNexus = 3,
}

/// <summary>One descriptor of the Mode Page Policy VPD page.</summary>
/// <param name="PageCode">POLICY PAGE CODE; 3Fh with subpage FFh is every page not named.</param>
/// <param name="SubpageCode">POLICY SUBPAGE CODE.</param>
/// <param name="MultipleLogicalUnitsShare">MLUS.</param>
/// <param name="Policy">MODE PAGE POLICY.</param>
public readonly record struct ModePagePolicyDescriptor(
    byte PageCode, byte SubpageCode, bool MultipleLogicalUnitsShare, ModePagePolicyKind Policy);

/// <summary>Mode Page Policy VPD page, 87h.</summary>
public static class ModePagePolicy
{
    /// <summary>Writes the page.</summary>
    public static void Write(
        ref ParameterDataWriter to, Peripheral peripheral, scoped ReadOnlySpan<ModePagePolicyDescriptor> descriptors)
    {
        var at = VpdPage.Begin(ref to, peripheral, VpdPageCode.ModePagePolicy);
        foreach (var descriptor in descriptors)
        {
            to.WriteByte(descriptor.PageCode & 0x3F);
            to.WriteByte(descriptor.SubpageCode);
            to.WriteByte(VpdPage.Flag(descriptor.MultipleLogicalUnitsShare, 7) | (byte)descriptor.Policy & 3);
            to.WriteByte(0);
        }

        VpdPage.End(ref to, at);
    }

    /// <summary>Reads an untrusted page; null when it is none.</summary>
    public static IReadOnlyList<ModePagePolicyDescriptor>? Parse(ReadOnlySpan<byte> bytes)
    {
        if (!VpdPage.TryOpen(bytes, VpdPageCode.ModePagePolicy, out var view)) return null;
        List<ModePagePolicyDescriptor> descriptors = [];
        for (var at = VpdPage.HeaderLength; view.Has(at, 4); at += 4)
        {
            descriptors.Add(new((byte)view.Bits(at, 0, 6), view[at + 1], view.Bit(at + 2, 7),
                (ModePagePolicyKind)view.Bits(at + 2, 0, 2)));
        }

        return descriptors;
    }
}
