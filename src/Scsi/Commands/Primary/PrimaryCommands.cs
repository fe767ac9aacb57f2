namespace Lunette.Scsi;

/// <summary>
/// The commands of SPC-6 that a direct access device may have, one row each. Families with many service actions have
/// their own file.
/// </summary>
public static partial class PrimaryCommands
{
    private const string Spc = "SPC-6";      // the standard whose text these rows follow

#pragma warning disable CS1591 // The row's name is the standard's.

    public static CommandDescriptor TestUnitReady { get; } = new("TEST UNIT READY", DataPhase.None,
        new CdbLayout(0x00, length: 6).Control())
    { Standard = Spc };

    public static CommandDescriptor RequestSense { get; } = new("REQUEST SENSE", DataPhase.InParameterData,
        new CdbLayout(0x03, length: 6)
            .Bits("DESC", 1, 0x01).Bytes("ALLOCATION LENGTH", 4, 1).Control())
    { Standard = Spc };

    public static CommandDescriptor Inquiry { get; } = new("INQUIRY", DataPhase.InParameterData,
        new CdbLayout(0x12, length: 6)
            .Bits("EVPD", 1, 0x01).Bytes("PAGE CODE", 2, 1).Bytes("ALLOCATION LENGTH", 3, 2).Control())
    { Standard = Spc, Note = "CMDDT (byte 1 bit 1) is obsolete and refused" };

    public static CommandDescriptor ModeSelect6 { get; } = new("MODE SELECT (6)", DataPhase.OutParameterList,
        new CdbLayout(0x15, length: 6)
            .Bits("PF", 1, 0x10).Bits("RTD", 1, 0x02).Bits("SP", 1, 0x01)
            .Bytes("PARAMETER LIST LENGTH", 4, 1).Control())
    { Standard = Spc };

    public static CommandDescriptor ModeSelect10 { get; } = new("MODE SELECT (10)", DataPhase.OutParameterList,
        new CdbLayout(0x55, length: 10)
            .Bits("PF", 1, 0x10).Bits("RTD", 1, 0x02).Bits("SP", 1, 0x01)
            .Bytes("PARAMETER LIST LENGTH", 7, 2).Control())
    { Standard = Spc };

    public static CommandDescriptor ModeSense6 { get; } = new("MODE SENSE (6)", DataPhase.InParameterData,
        new CdbLayout(0x1A, length: 6)
            .Bits("DBD", 1, 0x08).Bits("PC", 2, 0xC0).Bits("PAGE CODE", 2, 0x3F).Bytes("SUBPAGE CODE", 3, 1)
            .Bytes("ALLOCATION LENGTH", 4, 1).Control())
    { Standard = Spc };

    public static CommandDescriptor ModeSense10 { get; } = new("MODE SENSE (10)", DataPhase.InParameterData,
        new CdbLayout(0x5A, length: 10)
            .Bits("LLBAA", 1, 0x10).Bits("DBD", 1, 0x08).Bits("PC", 2, 0xC0).Bits("PAGE CODE", 2, 0x3F)
            .Bytes("SUBPAGE CODE", 3, 1).Bytes("ALLOCATION LENGTH", 7, 2).Control())
    { Standard = Spc };

    public static CommandDescriptor LogSelect { get; } = new("LOG SELECT", DataPhase.OutParameterList,
        new CdbLayout(0x4C, length: 10)
            .Bits("PCR", 1, 0x02).Bits("SP", 1, 0x01).Bits("PC", 2, 0xC0).Bits("PAGE CODE", 2, 0x3F)
            .Bytes("SUBPAGE CODE", 3, 1).Bytes("PARAMETER LIST LENGTH", 7, 2).Control())
    { Standard = Spc };

    public static CommandDescriptor LogSense { get; } = new("LOG SENSE", DataPhase.InParameterData,
        new CdbLayout(0x4D, length: 10)
            .Bits("SP", 1, 0x01).Bits("PC", 2, 0xC0).Bits("PAGE CODE", 2, 0x3F).Bytes("SUBPAGE CODE", 3, 1)
            .Bytes("PARAMETER POINTER", 5, 2).Bytes("ALLOCATION LENGTH", 7, 2).Control())
    { Standard = Spc, Note = "PPC (byte 1 bit 1) is obsolete and refused" };

    public static CommandDescriptor SendDiagnostic { get; } = new("SEND DIAGNOSTIC", DataPhase.OutParameterList,
        new CdbLayout(0x1D, length: 6)
            .Bits("SELF-TEST CODE", 1, 0xE0).Bits("PF", 1, 0x10).Bits("SELFTEST", 1, 0x04).Bits("DEVOFFL", 1, 0x02)
            .Bits("UNITOFFL", 1, 0x01).Bytes("PARAMETER LIST LENGTH", 3, 2).Control())
    { Standard = Spc };

    public static CommandDescriptor ReceiveDiagnosticResults { get; } = new("RECEIVE DIAGNOSTIC RESULTS",
        DataPhase.InParameterData,
        new CdbLayout(0x1C, length: 6)
            .Bits("PCV", 1, 0x01).Bytes("PAGE CODE", 2, 1).Bytes("ALLOCATION LENGTH", 3, 2).Control())
    { Standard = Spc };

    public static CommandDescriptor PreventAllowMediumRemoval { get; } = new("PREVENT ALLOW MEDIUM REMOVAL",
        DataPhase.None,
        new CdbLayout(0x1E, length: 6).Bits("PREVENT", 4, 0x03).Control())
    { Standard = "SBC-5" };

    public static CommandDescriptor ReadBuffer10 { get; } = new("READ BUFFER (10)", DataPhase.InParameterData,
        new CdbLayout(0x3C, length: 10)
            .Bits("MODE SPECIFIC", 1, 0xE0).Bits("MODE", 1, 0x1F).Bytes("BUFFER ID", 2, 1)
            .Bytes("BUFFER OFFSET", 3, 3).Bytes("ALLOCATION LENGTH", 6, 3).Control())
    { Standard = Spc };

    public static CommandDescriptor ReadBuffer16 { get; } = new("READ BUFFER (16)", DataPhase.InParameterData,
        new CdbLayout(0x9B, length: 16)
            .Bits("MODE SPECIFIC", 1, 0xE0).Bits("MODE", 1, 0x1F).Bytes("BUFFER OFFSET", 2, 8)
            .Bytes("ALLOCATION LENGTH", 10, 4).Bytes("BUFFER ID", 14, 1).Control())
    { Standard = Spc };

    public static CommandDescriptor WriteBuffer { get; } = new("WRITE BUFFER", DataPhase.OutParameterList,
        new CdbLayout(0x3B, length: 10)
            .Bits("MODE SPECIFIC", 1, 0xE0).Bits("MODE", 1, 0x1F).Bytes("BUFFER ID", 2, 1)
            .Bytes("BUFFER OFFSET", 3, 3).Bytes("PARAMETER LIST LENGTH", 6, 3).Control())
    { Standard = Spc };

    public static CommandDescriptor ReportLuns { get; } = new("REPORT LUNS", DataPhase.InParameterData,
        new CdbLayout(0xA0, length: 12)
            .Bytes("SELECT REPORT", 2, 1).Bytes("ALLOCATION LENGTH", 6, 4).Control())
    { Standard = Spc };

    public static CommandDescriptor SecurityProtocolIn { get; } = new("SECURITY PROTOCOL IN",
        DataPhase.InParameterData,
        new CdbLayout(0xA2, length: 12)
            .Bytes("SECURITY PROTOCOL", 1, 1).Bytes("SECURITY PROTOCOL SPECIFIC", 2, 2).Bits("INC_512", 4, 0x80)
            .Bytes("ALLOCATION LENGTH", 6, 4).Control())
    { Standard = Spc };

    public static CommandDescriptor SecurityProtocolOut { get; } = new("SECURITY PROTOCOL OUT",
        DataPhase.OutParameterList,
        new CdbLayout(0xB5, length: 12)
            .Bytes("SECURITY PROTOCOL", 1, 1).Bytes("SECURITY PROTOCOL SPECIFIC", 2, 2).Bits("INC_512", 4, 0x80)
            .Bytes("TRANSFER LENGTH", 6, 4).Control())
    { Standard = Spc, Note = "TRANSFER LENGTH counts bytes, or 512-byte units with INC_512" };

    public static CommandDescriptor ReadMediaSerialNumber { get; } = new("READ MEDIA SERIAL NUMBER",
        DataPhase.InParameterData,
        new CdbLayout(0xAB, length: 12).Action(0x01).Bytes("ALLOCATION LENGTH", 6, 4).Control())
    { Standard = Spc };

    public static CommandDescriptor ReadAttribute { get; } = new("READ ATTRIBUTE", DataPhase.InParameterData,
        new CdbLayout(0x8C, length: 16)
            .Bits("SERVICE ACTION", 1, 0x1F).Bytes("LOGICAL VOLUME NUMBER", 5, 1).Bytes("PARTITION NUMBER", 7, 1)
            .Bytes("FIRST ATTRIBUTE IDENTIFIER", 8, 2).Bytes("ALLOCATION LENGTH", 10, 4).Bits("CACHE", 14, 0x01)
            .Control())
    { Standard = Spc, Note = "for medium auxiliary memory; its service actions are one row" };

    public static CommandDescriptor WriteAttribute { get; } = new("WRITE ATTRIBUTE", DataPhase.OutParameterList,
        new CdbLayout(0x8D, length: 16)
            .Bits("WTC", 1, 0x01).Bytes("LOGICAL VOLUME NUMBER", 5, 1).Bytes("PARTITION NUMBER", 7, 1)
            .Bytes("PARAMETER LIST LENGTH", 10, 4).Control())
    { Standard = Spc, Note = "for medium auxiliary memory" };

    public static CommandDescriptor ReceiveCredential { get; } = new("RECEIVE CREDENTIAL", DataPhase.InParameterData,
        CdbLayout.Variable(0x1800, length: 32).Bytes("ALLOCATION LENGTH", 10, 2))
    { Standard = Spc, Note = "object security; CDB layout not verified" };

#pragma warning restore CS1591

    /// <summary>Every row of this class, the obsolete ones too.</summary>
    public static IReadOnlyList<CommandDescriptor> All =>
    [
        TestUnitReady, RequestSense, Inquiry, ModeSelect6, ModeSelect10, ModeSense6, ModeSense10, LogSelect, LogSense,
        SendDiagnostic, ReceiveDiagnosticResults, PreventAllowMediumRemoval, ReadBuffer10, ReadBuffer16, WriteBuffer,
        ReportLuns, SecurityProtocolIn, SecurityProtocolOut, ReadMediaSerialNumber, ReadAttribute, WriteAttribute,
        ReceiveCredential,
        .. Reservations, .. Maintenance, .. ThirdPartyCopy, .. Bindings, .. Obsolete,
    ];
}
