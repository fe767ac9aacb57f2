namespace Lunette.Scsi;

/// <summary>PERIPHERAL DEVICE TYPE (SPC-6, Standard INQUIRY data).</summary>
public enum PeripheralDeviceType : byte
{
    /// <summary>Direct access block device: a disk.</summary>
    DirectAccessBlock = 0x00,

    /// <summary>Sequential access device: a tape.</summary>
    SequentialAccess = 0x01,

    /// <summary>Processor device.</summary>
    Processor = 0x03,

    /// <summary>CD and DVD device.</summary>
    CdDvd = 0x05,

    /// <summary>Optical memory device.</summary>
    OpticalMemory = 0x07,

    /// <summary>Media changer device.</summary>
    MediaChanger = 0x08,

    /// <summary>Storage array controller device.</summary>
    StorageArrayController = 0x0C,

    /// <summary>Enclosure services device.</summary>
    EnclosureServices = 0x0D,

    /// <summary>Simplified direct access device.</summary>
    SimplifiedDirectAccess = 0x0E,

    /// <summary>Object-based storage device.</summary>
    ObjectBasedStorage = 0x11,

    /// <summary>Automation/drive interface.</summary>
    AutomationDriveInterface = 0x12,

    /// <summary>Host managed zoned block device.</summary>
    HostManagedZonedBlock = 0x14,

    /// <summary>Well known logical unit.</summary>
    WellKnownLogicalUnit = 0x1E,

    /// <summary>Unknown, or no device type.</summary>
    Unknown = 0x1F,
}

/// <summary>PERIPHERAL QUALIFIER (SPC-6, Standard INQUIRY data).</summary>
public enum PeripheralQualifier : byte
{
    /// <summary>A peripheral device is accessible at this logical unit number.</summary>
    Connected = 0,

    /// <summary>None is, though the device server could have one.</summary>
    NotConnected = 1,

    /// <summary>The device server cannot have one here.</summary>
    NotCapable = 3,
}
