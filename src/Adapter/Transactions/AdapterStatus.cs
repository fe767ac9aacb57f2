namespace Lunette.Adapter.Transactions;

/// <summary>
/// <c>adapter_status</c> of the SAM family: ordinals. The parallel family has the same conditions as bits, see
/// <see cref="GeneralCardStatus"/>; a number of one means something else in the other.
/// </summary>
public enum AdapterStatus : byte
{
    /// <summary>Nothing.</summary>
    None = 0x00,

    /// <summary>The host's own I/O bus failed.</summary>
    HostIoBusError = 0x01,

    /// <summary>The transport failed; a bus fault.</summary>
    TransportFault = 0x02,

    /// <summary>No end within the command's time.</summary>
    CommandTimeout = 0x03,

    /// <summary>Nobody answered to selection.</summary>
    NoDeviceResponse = 0x04,

    /// <summary>The adapter's hardware failed.</summary>
    AdapterHardwareFailure = 0x05,

    /// <summary>The adapter's microcode failed.</summary>
    AdapterSoftwareFailure = 0x06,

    /// <summary>Another world wide name answers at this ID.</summary>
    WorldWideNameChange = 0x07,

    /// <summary>A blown fuse or missing termination.</summary>
    FuseOrTerminalPower = 0x08,

    /// <summary>A reset was seen.</summary>
    TransportReset = 0x09,

    /// <summary>The transport is busy.</summary>
    TransportBusy = 0x0A,

    /// <summary>The transport has been dead for long.</summary>
    TransportDead = 0x0B,

    /// <summary>The open sequence has to be done again.</summary>
    VerifyDevice = 0x0C,

    /// <summary>The transport has moved.</summary>
    TransportMigrated = 0x0D,

    /// <summary>A retry is of no use.</summary>
    ErrorNoRetry = 0x0E,

    /// <summary>To be logged only when retries are used up.</summary>
    ErrorDelayLog = 0x0F,
}

/// <summary><c>general_card_status</c> of the parallel family: bits, but for two codes.</summary>
[Flags]
public enum GeneralCardStatus : byte
{
    /// <summary>Nothing.</summary>
    None = 0x00,

    /// <summary>SC_HOST_IO_BUS_ERR.</summary>
    HostIoBusError = 0x01,

    /// <summary>SC_SCSI_BUS_FAULT.</summary>
    ScsiBusFault = 0x02,

    /// <summary>SC_CMD_TIMEOUT.</summary>
    CommandTimeout = 0x04,

    /// <summary>SC_NO_DEVICE_RESPONSE.</summary>
    NoDeviceResponse = 0x08,

    /// <summary>SC_ERROR_NO_RETRY: a code, not bits.</summary>
    ErrorNoRetry = 0x0E,

    /// <summary>SC_ERROR_DELAY_LOG: a code, not bits.</summary>
    ErrorDelayLog = 0x0F,

    /// <summary>SC_ADAPTER_HDW_FAILURE.</summary>
    AdapterHardwareFailure = 0x10,

    /// <summary>SC_ADAPTER_SFW_FAILURE.</summary>
    AdapterSoftwareFailure = 0x20,

    /// <summary>SC_FUSE_OR_TERMINAL_PWR.</summary>
    FuseOrTerminalPower = 0x40,

    /// <summary>SC_SCSI_BUS_RESET.</summary>
    ScsiBusReset = 0x80,
}

/// <summary>The two encodings of one set of conditions.</summary>
public static class AdapterStatuses
{
    /// <summary>The parallel family's word for it, as the tape driver's STIOCMD converts it.</summary>
    public static GeneralCardStatus ToGeneralCardStatus(this AdapterStatus status) => status switch
    {
        AdapterStatus.None => GeneralCardStatus.None,
        AdapterStatus.HostIoBusError => GeneralCardStatus.HostIoBusError,
        AdapterStatus.TransportFault or AdapterStatus.TransportBusy or AdapterStatus.TransportDead =>
            GeneralCardStatus.ScsiBusFault,
        AdapterStatus.CommandTimeout => GeneralCardStatus.CommandTimeout,
        AdapterStatus.NoDeviceResponse or AdapterStatus.WorldWideNameChange => GeneralCardStatus.NoDeviceResponse,
        AdapterStatus.AdapterHardwareFailure => GeneralCardStatus.AdapterHardwareFailure,
        AdapterStatus.AdapterSoftwareFailure => GeneralCardStatus.AdapterSoftwareFailure,
        AdapterStatus.FuseOrTerminalPower => GeneralCardStatus.FuseOrTerminalPower,
        AdapterStatus.TransportReset or AdapterStatus.VerifyDevice or AdapterStatus.TransportMigrated =>
            GeneralCardStatus.ScsiBusReset,
        AdapterStatus.ErrorNoRetry => GeneralCardStatus.ErrorNoRetry,
        AdapterStatus.ErrorDelayLog => GeneralCardStatus.ErrorDelayLog,
        _ => GeneralCardStatus.AdapterSoftwareFailure,
    };
}
