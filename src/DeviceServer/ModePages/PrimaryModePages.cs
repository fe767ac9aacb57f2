namespace Lunette.DeviceServer.ModePages;

/// <summary>The mode pages of SPC-6 that every emulated logical unit has.</summary>
public static class PrimaryModePages
{
    /// <summary>Disconnect-Reconnect: the transports have nothing of it to set.</summary>
    public static ModePage DisconnectReconnect { get; } = new ModePage("Disconnect-Reconnect", 0x02, 0, 16)
        .Bytes("MAXIMUM BURST SIZE", 10, 2).Bytes("FIRST BURST SIZE", 14, 2);

    /// <summary>
    /// Control. QUEUE ALGORITHM MODIFIER says what is true: SIMPLE tasks may be reordered without restriction.
    /// </summary>
    public static ModePage Control { get; } = new ModePage("Control", 0x0A, 0, 12)
        .Bits("TST", 2, 0xE0, 0, 0, 1)
        .Bits("D_SENSE", 2, 0x04, 0, 0, 1)
        .Bits("GLTSD", 2, 0x02, 0, 0, 1)
        .Bits("QUEUE ALGORITHM MODIFIER", 3, 0xF0, 1)
        .Bits("QERR", 3, 0x06, 0, 0, 1, 3)
        .Bits("UA_INTLCK_CTRL", 4, 0x30, 0, 0, 2, 3)
        .Bits("SWP", 4, 0x08, 0, 0, 1)
        .Bits("ATO", 5, 0x80)
        .Bits("TAS", 5, 0x40, 0, 0, 1)
        .Bits("AUTOLOAD MODE", 5, 0x07)
        .Bytes("BUSY TIMEOUT PERIOD", 8, 2)
        .Bytes("EXTENDED SELF-TEST COMPLETION TIME", 10, 2);

    /// <summary>Control Extension. SCSIP: SET TIMESTAMP decides; sense data is never longer than said here.</summary>
    public static ModePage ControlExtension { get; } = new ModePage("Control Extension", 0x0A, 0x01, 32)
        .Bits("TCMOS", 4, 0x04).Bits("SCSIP", 4, 0x02, 1).Bits("IALUAE", 4, 0x01, 1)
        .Bits("INITIAL COMMAND PRIORITY", 5, 0x0F, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
        .Bytes("MAXIMUM SENSE DATA LENGTH", 6, 1);

    /// <summary>Power Condition: no timer runs; START STOP UNIT changes the power condition.</summary>
    public static ModePage PowerCondition { get; } = new ModePage("Power Condition", 0x1A, 0, 40)
        .Bits("STANDBY_Y", 2, 0x01).Bits("IDLE_C", 3, 0x08).Bits("IDLE_B", 3, 0x04).Bits("IDLE_A", 3, 0x02)
        .Bits("STANDBY_Z", 3, 0x01);

    /// <summary>Informational Exceptions Control: there is nothing that predicts a failure.</summary>
    public static ModePage InformationalExceptionsControl { get; } =
        new ModePage("Informational Exceptions Control", 0x1C, 0, 12)
            .Bits("DEXCPT", 2, 0x08, 1).Bits("MRIE", 3, 0x0F);

    /// <summary>All of them, in the order of their codes.</summary>
    public static IReadOnlyList<ModePage> All { get; } =
        [DisconnectReconnect, Control, ControlExtension, PowerCondition, InformationalExceptionsControl];
}
