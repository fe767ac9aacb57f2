namespace Lunette.Scsi;

/// <summary>PROVISIONING TYPE (SBC-5, Logical Block Provisioning VPD page).</summary>
public enum ProvisioningType : byte
{
    /// <summary>Fully provisioned, or not reported.</summary>
    NotReported = 0,

    /// <summary>Resource provisioned.</summary>
    Resource = 1,

    /// <summary>Thin provisioned.</summary>
    Thin = 2,
}

/// <summary>Logical Block Provisioning VPD page, B2h.</summary>
public sealed record LogicalBlockProvisioning
{
    /// <summary>THRESHOLD EXPONENT; zero: no threshold sets.</summary>
    public byte ThresholdExponent { get; init; }

    /// <summary>LBPU: UNMAP is supported.</summary>
    public bool Unmap { get; init; }

    /// <summary>LBPWS: WRITE SAME (16) can unmap.</summary>
    public bool WriteSame16Unmaps { get; init; }

    /// <summary>LBPWS10: WRITE SAME (10) can unmap.</summary>
    public bool WriteSame10Unmaps { get; init; }

    /// <summary>LBPRZ: bit 0 set, unmapped blocks read as zeros; 010b, as the initialization pattern.</summary>
    public byte ReadZeros { get; init; }

    /// <summary>ANC_SUP: blocks can be anchored.</summary>
    public bool Anchors { get; init; }

    /// <summary>MINIMUM PERCENTAGE.</summary>
    public byte MinimumPercentage { get; init; }

    /// <summary>PROVISIONING TYPE.</summary>
    public ProvisioningType ProvisioningType { get; init; }

    /// <summary>THRESHOLD PERCENTAGE in tenths.</summary>
    public byte ThresholdPercentage { get; init; }

    /// <summary>PROVISIONING GROUP DESCRIPTOR, or null; DP says which.</summary>
    public Designator? ProvisioningGroup { get; init; }

    /// <summary>Writes the page.</summary>
    public void Write(ref ParameterDataWriter to, Peripheral peripheral)
    {
        var at = VpdPage.Begin(ref to, peripheral, VpdPageCode.LogicalBlockProvisioning);
        to.WriteByte(ThresholdExponent);
        to.WriteByte(VpdPage.Flag(Unmap, 7) | VpdPage.Flag(WriteSame16Unmaps, 6) | VpdPage.Flag(WriteSame10Unmaps, 5)
            | (ReadZeros & 7) << 2 | VpdPage.Flag(Anchors, 1) | VpdPage.Flag(ProvisioningGroup is not null, 0));
        to.WriteByte((MinimumPercentage & 0x1F) << 3 | (byte)ProvisioningType & 7);
        to.WriteByte(ThresholdPercentage);
        ProvisioningGroup?.Write(ref to);
        VpdPage.End(ref to, at);
    }

    /// <summary>Reads an untrusted page; null when it is none.</summary>
    public static LogicalBlockProvisioning? Parse(ReadOnlySpan<byte> bytes)
    {
        if (!VpdPage.TryOpen(bytes, VpdPageCode.LogicalBlockProvisioning, out var view)) return null;
        Designator? group = null;
        if (view.Bit(5, 0)) Designator.TryRead(view.Slice(8, view.Length), out group);
        return new LogicalBlockProvisioning
        {
            ThresholdExponent = view[4],
            Unmap = view.Bit(5, 7),
            WriteSame16Unmaps = view.Bit(5, 6),
            WriteSame10Unmaps = view.Bit(5, 5),
            ReadZeros = (byte)view.Bits(5, 2, 3),
            Anchors = view.Bit(5, 1),
            MinimumPercentage = (byte)view.Bits(6, 3, 5),
            ProvisioningType = (ProvisioningType)view.Bits(6, 0, 3),
            ThresholdPercentage = view[7],
            ProvisioningGroup = group,
        };
    }
}
