namespace Lunette.Scsi;

/// <summary>Sense keys (SPC-6, Sense key and additional sense code definitions).</summary>
public enum SenseKey : byte
{
    /// <summary>Nothing to report.</summary>
    NoSense = 0x0,

    /// <summary>The command completed with recovery.</summary>
    RecoveredError = 0x1,

    /// <summary>The logical unit is not accessible.</summary>
    NotReady = 0x2,

    /// <summary>A flaw in the medium or an error in the recorded data.</summary>
    MediumError = 0x3,

    /// <summary>A non-recoverable hardware failure.</summary>
    HardwareError = 0x4,

    /// <summary>Something in the CDB or the parameter data is wrong.</summary>
    IllegalRequest = 0x5,

    /// <summary>A unit attention condition has been established.</summary>
    UnitAttention = 0x6,

    /// <summary>The block may not be read or written.</summary>
    DataProtect = 0x7,

    /// <summary>A blank or non-blank medium was met unexpectedly.</summary>
    BlankCheck = 0x8,

    /// <summary>Vendor specific.</summary>
    VendorSpecific = 0x9,

    /// <summary>A third-party copy was aborted.</summary>
    CopyAborted = 0xA,

    /// <summary>The device server aborted the command.</summary>
    AbortedCommand = 0xB,

    /// <summary>Buffered data did not fit on the medium.</summary>
    VolumeOverflow = 0xD,

    /// <summary>The source data did not match the data read from the medium.</summary>
    Miscompare = 0xE,

    /// <summary>Completed: there is sense data, though the command completed without error.</summary>
    Completed = 0xF,
}
