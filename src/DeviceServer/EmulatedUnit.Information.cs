using Lunette.DeviceServer.Maintenance;
using Lunette.DeviceServer.Nexuses;
using Lunette.Scsi;

namespace Lunette.DeviceServer;

/// <content>The device clock.</content>
public abstract partial class EmulatedUnit
{
    private long _clockOffsetMilliseconds;
    private TimestampOrigin _clockOrigin = TimestampOrigin.OtherMeans;

    /// <summary>The device clock: milliseconds since 1970, and who set it.</summary>
    public (TimestampOrigin Origin, long Milliseconds) Timestamp
    {
        get
        {
            var now = Options.Time.GetUtcNow().ToUnixTimeMilliseconds();
            lock (_gate) return (_clockOrigin, (now + _clockOffsetMilliseconds) & 0xFFFF_FFFF_FFFF);
        }
    }

    internal void SetTimestamp(long milliseconds, ItlNexus by)
    {
        var now = Options.Time.GetUtcNow().ToUnixTimeMilliseconds();
        lock (_gate)
        {
            _clockOffsetMilliseconds = milliseconds - now;
            _clockOrigin = TimestampOrigin.SetTimestamp;
            EstablishForAll(AdditionalSense.TimestampChanged, except: by);
        }
    }
}
