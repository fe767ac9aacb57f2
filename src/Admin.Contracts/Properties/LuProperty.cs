namespace Lunette.Admin.Contracts;

/// <summary>Properties of a disk logical unit (<c>STMF_LU_PROP_*</c>), values as in libstmf's header; those
/// from 1001 on are Lunette's own.</summary>
public enum LuProperty
{
    /// <summary>The administrator's name for it.</summary>
    Alias = 1,

    /// <summary>Logical block length in bytes.</summary>
    BlockSize = 2,

    /// <summary>IEEE company identifier a generated GUID begins with, 6 hexadecimal digits.</summary>
    CompanyId = 3,

    /// <summary>Path of the file or device that holds the data.</summary>
    Filename = 4,

    /// <summary>The GUID, 32 hexadecimal digits.</summary>
    Guid = 5,

    /// <summary>Path of a separate file for the metadata.</summary>
    MetaFilename = 6,

    /// <summary>Where it is managed: VPD page 85h.</summary>
    MgmtUrl = 7,

    /// <summary>Internal to libstmf; kept for its value.</summary>
    New = 8,

    /// <summary>Size in bytes.</summary>
    Size = 9,

    /// <summary>Whether writes are refused.</summary>
    WriteProtect = 10,

    /// <summary>Whether the write-back cache is off.</summary>
    WriteCacheDisable = 11,

    /// <summary>Vendor identification.</summary>
    Vid = 12,

    /// <summary>Product identification.</summary>
    Pid = 13,

    /// <summary>Serial number.</summary>
    SerialNum = 14,

    /// <summary>Asymmetric access state: <c>0</c> active to <c>3</c> standby to active.</summary>
    AccessState = 15,

    /// <summary>What replaces the hardware address in a generated GUID, 8 hexadecimal digits.</summary>
    HostId = 16,

    /// <summary>Lunette's own: thin provisioned, else resource provisioned.</summary>
    Thin = 1001,

    /// <summary>Lunette's own: the medium counts as removable.</summary>
    Removable = 1002,

    /// <summary>Lunette's own: protection information, <c>0</c> to <c>3</c> for the type it is formatted with; not set
    /// where it supports none.</summary>
    Protection = 1003,
}
