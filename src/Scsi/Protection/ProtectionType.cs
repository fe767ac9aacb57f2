namespace Lunette.Scsi;

/// <summary>How a logical unit is formatted with protection information (SBC-5, Protection types).</summary>
public enum ProtectionType : byte
{
    /// <summary>Without.</summary>
    Type0,

    /// <summary>The reference tag is the low half of the logical block address.</summary>
    Type1,

    /// <summary>The reference tag begins with what a 32-byte CDB expects, and counts up by blocks.</summary>
    Type2,

    /// <summary>The reference tag is the application client's.</summary>
    Type3,
}
