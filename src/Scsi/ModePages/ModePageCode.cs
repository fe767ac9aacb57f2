namespace Lunette.Scsi;

/// <summary>PAGE CODE (high byte) and SUBPAGE CODE (low byte) of the mode pages of a direct access device.</summary>
public enum ModePageCode : ushort
{
#pragma warning disable CS1591 // The member's name is the page's.
    ReadWriteErrorRecovery = 0x0100,
    DisconnectReconnect = 0x0200,
    FormatDevice = 0x0300,
    RigidDiskGeometry = 0x0400,
    VerifyErrorRecovery = 0x0700,
    Caching = 0x0800,
    Control = 0x0A00,
    ControlExtension = 0x0A01,
    ApplicationTag = 0x0A02,
    CommandDurationLimitA = 0x0A03,
    CommandDurationLimitB = 0x0A04,
    IoAdviceHintsGrouping = 0x0A05,
    BackgroundOperationControl = 0x0A06,
    CommandDurationLimitT2A = 0x0A07,
    CommandDurationLimitT2B = 0x0A08,
    ProtocolSpecificLogicalUnit = 0x1800,
    ProtocolSpecificPort = 0x1900,
    PowerCondition = 0x1A00,
    PowerConsumption = 0x1A01,
    InformationalExceptionsControl = 0x1C00,
    BackgroundControl = 0x1C01,
    LogicalBlockProvisioning = 0x1C02,
    AllPages = 0x3F00,
    AllPagesAndSubpages = 0x3FFF,
#pragma warning restore CS1591
}

/// <summary>PAGE CONTROL of MODE SENSE: which values of the pages are asked for.</summary>
public enum ModePageControl : byte
{
    /// <summary>Current values.</summary>
    Current = 0,

    /// <summary>A one for each bit that MODE SELECT can change.</summary>
    Changeable = 1,

    /// <summary>Default values.</summary>
    Default = 2,

    /// <summary>Saved values.</summary>
    Saved = 3,
}
