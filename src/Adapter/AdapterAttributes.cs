namespace Lunette.Adapter;

/// <summary>
/// What the administrator said of an adapter (AIX's <c>adap_ddi</c>, as far as it has a meaning here).
/// </summary>
public sealed record AdapterAttributes
{
    /// <summary>Its name, the one of its special file: <c>scsi0</c>, <c>vscsi0</c>, <c>iscsi0</c>, ...</summary>
    public required string Name { get; init; }

    /// <summary><c>card_scsi_id</c>: the adapter's own ID; no device may have it.</summary>
    public ulong CardScsiId { get; init; } = 7;

    /// <summary><c>cmd_delay</c>: how long commands with SC_DELAY_CMD wait after a reset, in seconds.</summary>
    public int CommandDelaySeconds { get; init; } = 7;

    /// <summary><c>tm_enabled</c>: target mode.</summary>
    public bool TargetModeEnabled { get; init; }

    /// <summary>How long the adapter waits for an abort, a reset or an internal command.</summary>
    public TimeSpan InternalTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Structures a device queue holds at most before they go to the device.</summary>
    public int PendingMax { get; init; } = 4096;

    /// <summary>Tagged commands one device has at most.</summary>
    public int ActiveMax { get; init; } = 256;

    /// <summary>Devices that may be started at most.</summary>
    public int DevicesMax { get; init; } = 16384;

    /// <summary>Bytes of target mode buffers at most, those of all senders together.</summary>
    public long TargetModeBytesMax { get; init; } = 256 << 20;

    /// <summary>
    /// Whether IDs and LUNs keep to the parallel bus' 16 IDs and 64 LUNs; off, the ID and LUN bytes of the parallel
    /// operations carry 0 to 255.
    /// </summary>
    public bool ParallelLimits { get; init; }

    /// <summary>Size of the emulated adapter RAM of SCIOTRAM in bytes; 0 where there is none to test.</summary>
    public int AdapterRamBytes { get; init; } = 4096;

    /// <summary>
    /// Errors that the first internal diagnostics of SCIODIAG find, for programs that are to handle them.
    /// </summary>
    public int DiagnosticFaults { get; init; }
}
