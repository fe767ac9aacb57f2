namespace Lunette.Scsi;

/// <summary>Extended INQUIRY Data VPD page, 86h.</summary>
public sealed record ExtendedInquiryData
{
    /// <summary>ACTIVATE_MICROCODE.</summary>
    public byte ActivateMicrocode { get; init; }

    /// <summary>SPT: which protection types are supported.</summary>
    public byte SupportedProtectionType { get; init; }

    /// <summary>GRD_CHK.</summary>
    public bool GuardCheck { get; init; }

    /// <summary>APP_CHK.</summary>
    public bool ApplicationTagCheck { get; init; }

    /// <summary>REF_CHK.</summary>
    public bool ReferenceTagCheck { get; init; }

    /// <summary>UASK_SUP: unit attentions carry sense key specific data.</summary>
    public bool UnitAttentionSenseKeySpecific { get; init; }

    /// <summary>GROUP_SUP: GROUP NUMBER is supported.</summary>
    public bool Grouping { get; init; }

    /// <summary>PRIOR_SUP: task priority is supported.</summary>
    public bool Priority { get; init; }

    /// <summary>HEADSUP: HEAD OF QUEUE is supported.</summary>
    public bool HeadOfQueue { get; init; }

    /// <summary>ORDSUP: ORDERED is supported.</summary>
    public bool Ordered { get; init; }

    /// <summary>SIMPSUP: SIMPLE is supported.</summary>
    public bool Simple { get; init; }

    /// <summary>WU_SUP: WRITE UNCORRECTABLE is supported.</summary>
    public bool WriteUncorrectable { get; init; }

    /// <summary>NV_SUP: there is a nonvolatile cache.</summary>
    public bool NonvolatileCache { get; init; }

    /// <summary>V_SUP: there is a volatile cache.</summary>
    public bool VolatileCache { get; init; }

    /// <summary>P_I_I_SUP: protection information intervals are supported.</summary>
    public bool ProtectionInformationIntervals { get; init; }

    /// <summary>LUICLR: unit attentions are cleared as SPC-4 and later say.</summary>
    public bool LogicalUnitItNexusClear { get; init; }

    /// <summary>R_SUP: referrals are supported.</summary>
    public bool Referrals { get; init; }

    /// <summary>RTD_SUP: MODE SELECT can revert to defaults.</summary>
    public bool RevertToDefaults { get; init; }

    /// <summary>HSSRELEF: release of a persistent reservation follows the history saving rules.</summary>
    public bool HistorySnapshotsRelease { get; init; }

    /// <summary>EXTENDED SELF-TEST COMPLETION MINUTES.</summary>
    public ushort ExtendedSelfTestCompletionMinutes { get; init; }

    /// <summary>POA_SUP, HRA_SUP and VSA_SUP in bits 7 to 5: when downloaded microcode may be activated.</summary>
    public byte ActivationSupport { get; init; }

    /// <summary>MAXIMUM SUPPORTED SENSE DATA LENGTH in bytes; zero does not say.</summary>
    public byte MaximumSupportedSenseDataLength { get; init; }

    /// <summary>Writes the page, 64 bytes.</summary>
    public void Write(ref ParameterDataWriter to, Peripheral peripheral)
    {
        var begin = to.Length;
        var at = VpdPage.Begin(ref to, peripheral, VpdPageCode.ExtendedInquiryData);
        to.WriteByte((ActivateMicrocode & 3) << 6 | (SupportedProtectionType & 7) << 3 | VpdPage.Flag(GuardCheck, 2)
            | VpdPage.Flag(ApplicationTagCheck, 1) | VpdPage.Flag(ReferenceTagCheck, 0));
        to.WriteByte(VpdPage.Flag(UnitAttentionSenseKeySpecific, 5) | VpdPage.Flag(Grouping, 4)
            | VpdPage.Flag(Priority, 3) | VpdPage.Flag(HeadOfQueue, 2) | VpdPage.Flag(Ordered, 1)
            | VpdPage.Flag(Simple, 0));
        to.WriteByte(VpdPage.Flag(WriteUncorrectable, 3) | VpdPage.Flag(NonvolatileCache, 1)
            | VpdPage.Flag(VolatileCache, 0));
        to.WriteByte(VpdPage.Flag(ProtectionInformationIntervals, 4) | VpdPage.Flag(LogicalUnitItNexusClear, 0));
        to.WriteByte(VpdPage.Flag(Referrals, 4) | VpdPage.Flag(RevertToDefaults, 3)
            | VpdPage.Flag(HistorySnapshotsRelease, 1));
        to.WriteByte(0);
        to.WriteUInt16(ExtendedSelfTestCompletionMinutes);
        to.WriteByte(ActivationSupport & 0xE0);
        to.WriteByte(MaximumSupportedSenseDataLength);
        to.PadTo(begin + 64);
        VpdPage.End(ref to, at);
    }

    /// <summary>Reads an untrusted page; null when it is none.</summary>
    public static ExtendedInquiryData? Parse(ReadOnlySpan<byte> bytes) =>
        !VpdPage.TryOpen(bytes, VpdPageCode.ExtendedInquiryData, out var view)
            ? null
            : new ExtendedInquiryData
            {
                ActivateMicrocode = (byte)view.Bits(4, 6, 2),
                SupportedProtectionType = (byte)view.Bits(4, 3, 3),
                GuardCheck = view.Bit(4, 2),
                ApplicationTagCheck = view.Bit(4, 1),
                ReferenceTagCheck = view.Bit(4, 0),
                UnitAttentionSenseKeySpecific = view.Bit(5, 5),
                Grouping = view.Bit(5, 4),
                Priority = view.Bit(5, 3),
                HeadOfQueue = view.Bit(5, 2),
                Ordered = view.Bit(5, 1),
                Simple = view.Bit(5, 0),
                WriteUncorrectable = view.Bit(6, 3),
                NonvolatileCache = view.Bit(6, 1),
                VolatileCache = view.Bit(6, 0),
                ProtectionInformationIntervals = view.Bit(7, 4),
                LogicalUnitItNexusClear = view.Bit(7, 0),
                Referrals = view.Bit(8, 4),
                RevertToDefaults = view.Bit(8, 3),
                HistorySnapshotsRelease = view.Bit(8, 1),
                ExtendedSelfTestCompletionMinutes = view.UInt16(10),
                ActivationSupport = (byte)(view[12] & 0xE0),
                MaximumSupportedSenseDataLength = view[13],
            };
}
