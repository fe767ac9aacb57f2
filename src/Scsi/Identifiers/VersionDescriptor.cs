namespace Lunette.Scsi;

/// <summary>
/// VERSION DESCRIPTOR values of standard INQUIRY data, each without a claimed revision (SPC-6, Version descriptor
/// values). Only values found in public material are here; SPC-6 and SBC-5 have values that we could not verify.
/// </summary>
public enum VersionDescriptor : ushort
{
#pragma warning disable CS1591 // The member's name is the standard's.
    None = 0x0000,
    Sam3 = 0x0060,
    Sam4 = 0x0080,
    Sam5 = 0x00A0,
    Sam6 = 0x00C0,
    Sbc2 = 0x0320,
    Sbc3 = 0x04C0,
    Sbc4 = 0x0600,
    Spc3 = 0x0300,
    Spc4 = 0x0460,
    Spc5 = 0x05C0,
    FibreChannelProtocol = 0x08C0,
    SerialAttachedScsi = 0x0BE0,
    Srp = 0x0940,
    Iscsi = 0x0960,
#pragma warning restore CS1591
}
