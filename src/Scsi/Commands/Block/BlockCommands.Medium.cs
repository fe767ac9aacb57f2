namespace Lunette.Scsi;

/// <content>Commands about the medium as a whole: capacity, cache, format, provisioning, power.</content>
public static partial class BlockCommands
{
#pragma warning disable CS1591 // The row's name is the standard's.

    public static CommandDescriptor ReadCapacity10 { get; } = new("READ CAPACITY (10)", DataPhase.InParameterData,
        new CdbLayout(0x25, length: 10)
            .Control())
    {
        Standard = Sbc,
        Note = "LOGICAL BLOCK ADDRESS and PMI are obsolete; the data is 8 bytes, without an allocation length",
    };

    public static CommandDescriptor ReadCapacity16 { get; } = new("READ CAPACITY (16)", DataPhase.InParameterData,
        new CdbLayout(0x9E, length: 16)
            .Action(0x10).Bytes("ALLOCATION LENGTH", 10, 4).Control())
    { Standard = Sbc, Note = "LOGICAL BLOCK ADDRESS and PMI are obsolete" };

    public static CommandDescriptor SynchronizeCache10 { get; } = new("SYNCHRONIZE CACHE (10)", DataPhase.None,
        new CdbLayout(0x35, length: 10)
            .Bits("SYNC_NV", 1, 0x04).Bits("IMMED", 1, 0x02).Bytes("LOGICAL BLOCK ADDRESS", 2, 4)
            .Bits("GROUP NUMBER", 6, 0x3F).Bytes("NUMBER OF LOGICAL BLOCKS", 7, 2).Control())
    { Standard = Sbc, Note = SyncNvNote };

    public static CommandDescriptor SynchronizeCache16 { get; } = new("SYNCHRONIZE CACHE (16)", DataPhase.None,
        new CdbLayout(0x91, length: 16)
            .Bits("SYNC_NV", 1, 0x04).Bits("IMMED", 1, 0x02).Bytes("LOGICAL BLOCK ADDRESS", 2, 8)
            .Bytes("NUMBER OF LOGICAL BLOCKS", 10, 4).Bits("GROUP NUMBER", 14, 0x3F).Control())
    { Standard = Sbc, Note = SyncNvNote };

    public static CommandDescriptor Unmap { get; } = new("UNMAP", DataPhase.OutParameterList,
        new CdbLayout(0x42, length: 10)
            .Bits("ANCHOR", 1, 0x01).Bits("GROUP NUMBER", 6, 0x3F).Bytes("PARAMETER LIST LENGTH", 7, 2).Control())
    { Standard = Sbc };

    public static CommandDescriptor GetLbaStatus16 { get; } = new("GET LBA STATUS (16)", DataPhase.InParameterData,
        new CdbLayout(0x9E, length: 16)
            .Action(0x12).Bytes("STARTING LOGICAL BLOCK ADDRESS", 2, 8).Bytes("ALLOCATION LENGTH", 10, 4)
            .Bytes("REPORT TYPE", 14, 1).Control())
    { Standard = Sbc };

    public static CommandDescriptor GetLbaStatus32 { get; } = new("GET LBA STATUS (32)", DataPhase.InParameterData,
        CdbLayout.Variable(0x0012, length: 32)
            .Bytes("REPORT TYPE", 10, 1).Bytes("STARTING LOGICAL BLOCK ADDRESS", 12, 8).Bytes("SCAN LENGTH", 20, 4)
            .Bytes("ELEMENT IDENTIFIER", 24, 4).Bytes("ALLOCATION LENGTH", 28, 4))
    { Standard = Sbc };

    public static CommandDescriptor ReportProvisioningInitializationPattern { get; } = new(
        "REPORT PROVISIONING INITIALIZATION PATTERN",
        DataPhase.InParameterData,
        new CdbLayout(0xA3, length: 12)
            .Action(0x1D).Bytes("ALLOCATION LENGTH", 6, 4).Control())
    { Standard = Sbc };

    public static CommandDescriptor StartStopUnit { get; } = new("START STOP UNIT", DataPhase.None,
        new CdbLayout(0x1B, length: 6)
            .Bits("IMMED", 1, 0x01).Bits("POWER CONDITION MODIFIER", 3, 0x0F).Bits("POWER CONDITION", 4, 0xF0)
            .Bits("NO_FLUSH", 4, 0x04).Bits("LOEJ", 4, 0x02).Bits("START", 4, 0x01).Control())
    { Standard = Sbc };

    public static CommandDescriptor FormatUnit { get; } = new("FORMAT UNIT", DataPhase.OutParameterList,
        new CdbLayout(0x04, length: 6)
            .Bits("FMTPINFO", 1, 0xC0).Bits("LONGLIST", 1, 0x20).Bits("FMTDATA", 1, 0x10).Bits("CMPLST", 1, 0x08)
            .Bits("DEFECT LIST FORMAT", 1, 0x07).Bits("FFMT", 4, 0x03).Control())
    {
        Standard = Sbc,
        Note = "a parameter list only with FMTDATA, which carries its length; byte 2 is vendor specific and refused",
    };

    public static CommandDescriptor FormatWithPreset { get; } = new("FORMAT WITH PRESET", DataPhase.None,
        new CdbLayout(0x38, length: 10)
            .Bits("IMMED", 1, 0x80).Bits("FMTMAXLBA", 1, 0x40).Bytes("PRESET IDENTIFIER", 2, 4).Control())
    { Standard = Sbc };

    public static CommandDescriptor SanitizeOverwrite { get; } = new("SANITIZE, OVERWRITE", DataPhase.OutParameterList,
        new CdbLayout(0x48, length: 10)
            .Action(0x01).Bits("IMMED", 1, 0x80).Bits("ZNR", 1, 0x40).Bits("AUSE", 1, 0x20)
            .Bytes("PARAMETER LIST LENGTH", 7, 2).Control())
    { Standard = Sbc };

    public static CommandDescriptor SanitizeBlockErase { get; } = new("SANITIZE, BLOCK ERASE",
        DataPhase.OutParameterList,
        new CdbLayout(0x48, length: 10)
            .Action(0x02).Bits("IMMED", 1, 0x80).Bits("ZNR", 1, 0x40).Bits("AUSE", 1, 0x20)
            .Bytes("PARAMETER LIST LENGTH", 7, 2).Control())
    { Standard = Sbc, Note = SanitizeNote };

    public static CommandDescriptor SanitizeCryptographicErase { get; } = new("SANITIZE, CRYPTOGRAPHIC ERASE",
        DataPhase.OutParameterList,
        new CdbLayout(0x48, length: 10)
            .Action(0x03).Bits("IMMED", 1, 0x80).Bits("ZNR", 1, 0x40).Bits("AUSE", 1, 0x20)
            .Bytes("PARAMETER LIST LENGTH", 7, 2).Control())
    { Standard = Sbc, Note = SanitizeNote };

    public static CommandDescriptor SanitizeExitFailureMode { get; } = new("SANITIZE, EXIT FAILURE MODE",
        DataPhase.OutParameterList,
        new CdbLayout(0x48, length: 10)
            .Action(0x1F).Bits("IMMED", 1, 0x80).Bits("ZNR", 1, 0x40).Bits("AUSE", 1, 0x20)
            .Bytes("PARAMETER LIST LENGTH", 7, 2).Control())
    { Standard = Sbc, Note = SanitizeNote };

    public static CommandDescriptor ReassignBlocks { get; } = new("REASSIGN BLOCKS", DataPhase.OutParameterList,
        new CdbLayout(0x07, length: 6)
            .Bits("LONGLBA", 1, 0x02).Bits("LONGLIST", 1, 0x01).Control())
    { Standard = Sbc, Note = "the parameter list carries its own length" };

    public static CommandDescriptor ReadDefectData10 { get; } = new("READ DEFECT DATA (10)", DataPhase.InParameterData,
        new CdbLayout(0x37, length: 10)
            .Bits("REQ_PLIST", 2, 0x10).Bits("REQ_GLIST", 2, 0x08).Bits("DEFECT LIST FORMAT", 2, 0x07)
            .Bytes("ALLOCATION LENGTH", 7, 2).Control())
    { Standard = Sbc };

    public static CommandDescriptor ReadDefectData12 { get; } = new("READ DEFECT DATA (12)", DataPhase.InParameterData,
        new CdbLayout(0xB7, length: 12)
            .Bits("REQ_PLIST", 1, 0x10).Bits("REQ_GLIST", 1, 0x08).Bits("DEFECT LIST FORMAT", 1, 0x07)
            .Bytes("ADDRESS DESCRIPTOR INDEX", 2, 4).Bytes("ALLOCATION LENGTH", 6, 4).Control())
    { Standard = Sbc };

    public static CommandDescriptor WriteLong10 { get; } = new("WRITE LONG (10)", DataPhase.None,
        new CdbLayout(0x3F, length: 10)
            .Bits("WR_UNCOR", 1, 0x40).Bytes("LOGICAL BLOCK ADDRESS", 2, 4).Control())
    { Standard = Sbc, Note = WriteLongNote };

    public static CommandDescriptor WriteLong16 { get; } = new("WRITE LONG (16)", DataPhase.None,
        new CdbLayout(0x9F, length: 16)
            .Action(0x11).Bits("WR_UNCOR", 1, 0x40).Bytes("LOGICAL BLOCK ADDRESS", 2, 8).Control())
    { Standard = Sbc, Note = WriteLongNote };

#pragma warning restore CS1591

    private static CommandDescriptor[] Medium =>
    [
        ReadCapacity10, ReadCapacity16, SynchronizeCache10, SynchronizeCache16, Unmap, GetLbaStatus16,
        GetLbaStatus32, ReportProvisioningInitializationPattern, StartStopUnit, FormatUnit, FormatWithPreset,
        SanitizeOverwrite, SanitizeBlockErase, SanitizeCryptographicErase, SanitizeExitFailureMode, ReassignBlocks,
        ReadDefectData10, ReadDefectData12, WriteLong10, WriteLong16,
    ];
}
