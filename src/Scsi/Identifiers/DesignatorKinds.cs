namespace Lunette.Scsi;

/// <summary>DESIGNATOR TYPE (SPC-6, Device Identification VPD page).</summary>
public enum DesignatorType : byte
{
    /// <summary>Vendor specific.</summary>
    VendorSpecific = 0x0,

    /// <summary>T10 vendor identification, then what the vendor wants.</summary>
    T10VendorId = 0x1,

    /// <summary>EUI-64 based, of 8, 12 or 16 bytes.</summary>
    Eui64 = 0x2,

    /// <summary>Network address authority.</summary>
    Naa = 0x3,

    /// <summary>Relative target port identifier.</summary>
    RelativeTargetPort = 0x4,

    /// <summary>Target port group.</summary>
    TargetPortGroup = 0x5,

    /// <summary>Logical unit group.</summary>
    LogicalUnitGroup = 0x6,

    /// <summary>MD5 logical unit identifier.</summary>
    Md5LogicalUnit = 0x7,

    /// <summary>SCSI name string: <c>iqn.</c>, <c>eui.</c> or <c>naa.</c> in UTF-8.</summary>
    ScsiNameString = 0x8,

    /// <summary>Protocol specific port identifier.</summary>
    ProtocolSpecificPort = 0x9,

    /// <summary>UUID.</summary>
    Uuid = 0xA,
}

/// <summary>CODE SET of a designator.</summary>
public enum CodeSet : byte
{
    /// <summary>Binary values.</summary>
    Binary = 1,

    /// <summary>ASCII graphic characters.</summary>
    Ascii = 2,

    /// <summary>UTF-8.</summary>
    Utf8 = 3,
}

/// <summary>ASSOCIATION: what a designator designates.</summary>
public enum DesignatorAssociation : byte
{
    /// <summary>The addressed logical unit.</summary>
    LogicalUnit = 0,

    /// <summary>The target port that received the command.</summary>
    TargetPort = 1,

    /// <summary>The target device that contains the logical unit.</summary>
    TargetDevice = 2,
}
