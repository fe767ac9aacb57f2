namespace Lunette.Scsi;

/// <content>PERSISTENT RESERVE IN and OUT (SPC-6), RESERVE and RELEASE (SPC-2).</content>
public static partial class PrimaryCommands
{
#pragma warning disable CS1591 // The row's name is the standard's.

    public static CommandDescriptor PersistentReserveInReadKeys { get; } = PersistentReserveIn("READ KEYS", 0x00);

    public static CommandDescriptor PersistentReserveInReadReservation { get; } =
        PersistentReserveIn("READ RESERVATION", 0x01);

    public static CommandDescriptor PersistentReserveInReportCapabilities { get; } =
        PersistentReserveIn("REPORT CAPABILITIES", 0x02);

    public static CommandDescriptor PersistentReserveInReadFullStatus { get; } =
        PersistentReserveIn("READ FULL STATUS", 0x03);

    public static CommandDescriptor PersistentReserveOutRegister { get; } = PersistentReserveOut("REGISTER", 0x00);

    public static CommandDescriptor PersistentReserveOutReserve { get; } = PersistentReserveOut("RESERVE", 0x01);

    public static CommandDescriptor PersistentReserveOutRelease { get; } = PersistentReserveOut("RELEASE", 0x02);

    public static CommandDescriptor PersistentReserveOutClear { get; } = PersistentReserveOut("CLEAR", 0x03);

    public static CommandDescriptor PersistentReserveOutPreempt { get; } = PersistentReserveOut("PREEMPT", 0x04);

    public static CommandDescriptor PersistentReserveOutPreemptAndAbort { get; } =
        PersistentReserveOut("PREEMPT AND ABORT", 0x05);

    public static CommandDescriptor PersistentReserveOutRegisterAndIgnoreExistingKey { get; } =
        PersistentReserveOut("REGISTER AND IGNORE EXISTING KEY", 0x06);

    public static CommandDescriptor PersistentReserveOutRegisterAndMove { get; } =
        PersistentReserveOut("REGISTER AND MOVE", 0x07);

    public static CommandDescriptor PersistentReserveOutReplaceLostReservation { get; } =
        PersistentReserveOut("REPLACE LOST RESERVATION", 0x08);

    public static CommandDescriptor Reserve6 { get; } = Spc2("RESERVE (6)", new CdbLayout(0x16, length: 6).Control());

    public static CommandDescriptor Release6 { get; } = Spc2("RELEASE (6)", new CdbLayout(0x17, length: 6).Control());

    public static CommandDescriptor Reserve10 { get; } = Spc2("RESERVE (10)", ThirdParty(0x56));

    public static CommandDescriptor Release10 { get; } = Spc2("RELEASE (10)", ThirdParty(0x57));

#pragma warning restore CS1591

    private static CommandDescriptor[] Reservations =>
    [
        PersistentReserveInReadKeys, PersistentReserveInReadReservation, PersistentReserveInReportCapabilities,
        PersistentReserveInReadFullStatus, PersistentReserveOutRegister, PersistentReserveOutReserve,
        PersistentReserveOutRelease, PersistentReserveOutClear, PersistentReserveOutPreempt,
        PersistentReserveOutPreemptAndAbort, PersistentReserveOutRegisterAndIgnoreExistingKey,
        PersistentReserveOutRegisterAndMove, PersistentReserveOutReplaceLostReservation,
        Reserve6, Release6, Reserve10, Release10,
    ];

    private static CommandDescriptor PersistentReserveIn(string action, byte serviceAction) =>
        new("PERSISTENT RESERVE IN, " + action, DataPhase.InParameterData,
            new CdbLayout(0x5E, length: 10).Action(serviceAction).Bytes("ALLOCATION LENGTH", 7, 2).Control())
        { Standard = "SPC-6" };

    // SCOPE and TYPE are ignored by several actions, which is not the same as reserved: they are never stray.
    private static CommandDescriptor PersistentReserveOut(string action, byte serviceAction) =>
        new("PERSISTENT RESERVE OUT, " + action, DataPhase.OutParameterList,
            new CdbLayout(0x5F, length: 10).Action(serviceAction)
                .Bits("SCOPE", 2, 0xF0).Bits("TYPE", 2, 0x0F).Bytes("PARAMETER LIST LENGTH", 5, 4).Control())
        { Standard = "SPC-6" };

    private static CommandDescriptor Spc2(string name, CdbLayout layout) =>
        new(name, layout.Find("PARAMETER LIST LENGTH") is null ? DataPhase.None : DataPhase.OutParameterList, layout)
        {
            Standard = "SPC-2",
            IsObsolete = true,
            Note = "obsolete since SPC-3; initiators still send it, so it may be implemented as SPC-2 says",
        };

    private static CdbLayout ThirdParty(byte operationCode) => new CdbLayout(operationCode, length: 10)
        .Bits("3RDPTY", 1, 0x10).Bits("LONGID", 1, 0x02).Bytes("THIRD-PARTY DEVICE ID", 3, 1)
        .Bytes("PARAMETER LIST LENGTH", 7, 2).Control();
}
