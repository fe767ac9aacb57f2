namespace Lunette.DeviceServer.Maintenance;

/// <summary>TIMESTAMP ORIGIN (SPC-6, Device clocks).</summary>
public enum TimestampOrigin : byte
{
    /// <summary>Zero at power on or reset.</summary>
    PowerOn = 0,

    /// <summary>Set by SET TIMESTAMP.</summary>
    SetTimestamp = 2,

    /// <summary>Set by other means: the clock of the machine.</summary>
    OtherMeans = 3,
}
