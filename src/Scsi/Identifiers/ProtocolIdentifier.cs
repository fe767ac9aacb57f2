namespace Lunette.Scsi;

/// <summary>PROTOCOL IDENTIFIER (SPC-6, Protocol specific parameters).</summary>
public enum ProtocolIdentifier : byte
{
    /// <summary>Fibre Channel Protocol for SCSI.</summary>
    FibreChannel = 0x0,

    /// <summary>SCSI parallel interface.</summary>
    ParallelScsi = 0x1,

    /// <summary>Serial Storage Architecture.</summary>
    SerialStorageArchitecture = 0x2,

    /// <summary>Serial Bus Protocol for IEEE 1394.</summary>
    Ieee1394 = 0x3,

    /// <summary>SCSI RDMA Protocol.</summary>
    Srp = 0x4,

    /// <summary>Internet SCSI.</summary>
    Iscsi = 0x5,

    /// <summary>Serial Attached SCSI.</summary>
    Sas = 0x6,

    /// <summary>Automation/drive interface transport.</summary>
    Adt = 0x7,

    /// <summary>AT attachment.</summary>
    Ata = 0x8,

    /// <summary>USB attached SCSI.</summary>
    Uas = 0x9,

    /// <summary>SCSI over PCI Express.</summary>
    Sop = 0xA,

    /// <summary>PCI Express protocols.</summary>
    PciExpress = 0xB,

    /// <summary>No specific protocol.</summary>
    None = 0xF,
}
