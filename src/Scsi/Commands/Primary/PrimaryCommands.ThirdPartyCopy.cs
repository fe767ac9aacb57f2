namespace Lunette.Scsi;

/// <content>THIRD-PARTY COPY OUT (83h) and THIRD-PARTY COPY IN (84h), token commands included.</content>
public static partial class PrimaryCommands
{
#pragma warning disable CS1591 // The row's name is the standard's.

    public static CommandDescriptor ExtendedCopyLid1 { get; } = CopyOut("EXTENDED COPY (LID1)", 0x00, cdb => cdb);

    public static CommandDescriptor ExtendedCopyLid4 { get; } = CopyOut("EXTENDED COPY (LID4)", 0x01, cdb => cdb);

    public static CommandDescriptor PopulateToken { get; } = CopyOut("POPULATE TOKEN", 0x10, cdb => cdb
        .Bytes("LIST IDENTIFIER", 6, 4).Bits("GROUP NUMBER", 14, 0x3F), standard: "SBC-5");

    public static CommandDescriptor WriteUsingToken { get; } = CopyOut("WRITE USING TOKEN", 0x11, cdb => cdb
        .Bytes("LIST IDENTIFIER", 6, 4).Bits("GROUP NUMBER", 14, 0x3F), standard: "SBC-5");

    public static CommandDescriptor CopyOperationAbort { get; } = new("COPY OPERATION ABORT", DataPhase.None,
        new CdbLayout(0x83, length: 16).Action(0x1C).Bytes("LIST IDENTIFIER", 2, 4).Control())
    { Standard = "SPC-6" };

    public static CommandDescriptor ReceiveCopyStatusLid1 { get; } = CopyIn(
        "RECEIVE COPY STATUS (LID1)", 0x00, cdb => cdb.Bytes("LIST IDENTIFIER", 2, 1));

    public static CommandDescriptor ReceiveCopyDataLid1 { get; } = CopyIn(
        "RECEIVE COPY DATA (LID1)", 0x01, cdb => cdb.Bytes("LIST IDENTIFIER", 2, 1));

    public static CommandDescriptor ReceiveCopyOperatingParameters { get; } = CopyIn(
        "RECEIVE COPY OPERATING PARAMETERS", 0x03, cdb => cdb);

    public static CommandDescriptor ReceiveCopyFailureDetailsLid1 { get; } = CopyIn(
        "RECEIVE COPY FAILURE DETAILS (LID1)", 0x04, cdb => cdb.Bytes("LIST IDENTIFIER", 2, 1));

    public static CommandDescriptor ReceiveCopyStatusLid4 { get; } = CopyIn(
        "RECEIVE COPY STATUS (LID4)", 0x05, cdb => cdb.Bytes("LIST IDENTIFIER", 2, 4));

    public static CommandDescriptor ReceiveCopyDataLid4 { get; } = CopyIn(
        "RECEIVE COPY DATA (LID4)", 0x06, cdb => cdb.Bytes("LIST IDENTIFIER", 2, 4));

    public static CommandDescriptor ReceiveRodTokenInformation { get; } = CopyIn(
        "RECEIVE ROD TOKEN INFORMATION", 0x07, cdb => cdb.Bytes("LIST IDENTIFIER", 2, 4));

    public static CommandDescriptor ReportAllRodTokens { get; } = CopyIn("REPORT ALL ROD TOKENS", 0x08, cdb => cdb);

#pragma warning restore CS1591

    private static CommandDescriptor[] ThirdPartyCopy =>
    [
        ExtendedCopyLid1, ExtendedCopyLid4, PopulateToken, WriteUsingToken, CopyOperationAbort, ReceiveCopyStatusLid1,
        ReceiveCopyDataLid1, ReceiveCopyOperatingParameters, ReceiveCopyFailureDetailsLid1, ReceiveCopyStatusLid4,
        ReceiveCopyDataLid4, ReceiveRodTokenInformation, ReportAllRodTokens,
    ];

    private static CommandDescriptor CopyOut(
        string name, byte serviceAction, Func<CdbLayout, CdbLayout> fields, string standard = "SPC-6") =>
        new(name, DataPhase.OutParameterList,
            fields(new CdbLayout(0x83, length: 16).Action(serviceAction)
                .Bytes("PARAMETER LIST LENGTH", 10, 4)).Control())
        { Standard = standard };

    private static CommandDescriptor CopyIn(string name, byte serviceAction, Func<CdbLayout, CdbLayout> fields) =>
        new(name, DataPhase.InParameterData,
            fields(new CdbLayout(0x84, length: 16).Action(serviceAction)
                .Bytes("ALLOCATION LENGTH", 10, 4)).Control())
        { Standard = "SPC-6" };
}
