namespace Lunette.Scsi;

/// <summary>ROD TYPE: what a representation of data stands for (SPC-6, ROD types).</summary>
public enum RodType : uint
{
    /// <summary>Known to the copy manager only.</summary>
    CopyManagerInternal = 0x0000_0000,

    /// <summary>The data as they are when they are used.</summary>
    AccessUponReference = 0x0001_0000,

    /// <summary>Point in time copy, the copy manager's default.</summary>
    PointInTimeDefault = 0x0080_0000,

    /// <summary>Point in time copy that ends when what it stands for changes.</summary>
    PointInTimeChangeVulnerable = 0x0080_0001,

    /// <summary>Point in time copy that stays.</summary>
    PointInTimePersistent = 0x0080_0002,

    /// <summary>Any point in time copy, as the copy manager likes.</summary>
    PointInTimeAny = 0x0080_FFFF,

    /// <summary>Block device zero: zeros without end (SBC-5).</summary>
    BlockDeviceZero = 0xFFFF_0001,
}
