using Lunette.DeviceServer.ModePages;
using Lunette.Scsi;

namespace Lunette.DeviceServer.Tasks;

/// <summary>
/// Command duration limits as the mode pages say them (SPC-6, Command Duration Limit A and B mode pages), decoded once
/// per change: A for commands that read, B for those that write. A limit has no policy: what is enabled together starts
/// in the order in which limits end, and nothing ends because its limit has passed.
/// </summary>
internal sealed class DurationLimits
{
    /// <summary>Descriptors of a page; a CDB names one by its number, from 1.</summary>
    public const int DescriptorsCount = 7;

    private readonly long[] _reading = new long[DescriptorsCount];
    private readonly long[] _writing = new long[DescriptorsCount];

    private DurationLimits()
    {
    }

    /// <summary>No limit is set.</summary>
    public static DurationLimits None { get; } = new();

    /// <summary>Decodes the pages; <see cref="None"/> where they set no limit, or are not there.</summary>
    public static DurationLimits Of(ModePageSet modes)
    {
        var (a, b) = (BlockModePages.CommandDurationLimitA, BlockModePages.CommandDurationLimitB);
        if (modes.IndexOf(a.Code, a.Subpage) < 0) return None;
        var limits = new DurationLimits();
        for (var i = 0; i < DescriptorsCount; i++)
        {
            limits._reading[i] = Nanoseconds(modes, a, i + 1);
            limits._writing[i] = Nanoseconds(modes, b, i + 1);
        }
        return limits._reading.Concat(limits._writing).All(static limit => limit == 0) ? None : limits;
    }

    /// <summary>When the limit that a CDB names ends, on the clock of loops; never where it names none.</summary>
    /// <param name="command">The command.</param>
    /// <param name="cdb">Its CDB.</param>
    /// <param name="arrived">When it arrived.</param>
    public long EndOf(CommandDescriptor command, ReadOnlySpan<byte> cdb, long arrived)
    {
        var descriptor = command.DurationLimitDescriptor(cdb);
        if (descriptor == 0) return long.MaxValue;
        var limit = (command.Data == DataPhase.In ? _reading : _writing)[descriptor - 1];
        return limit == 0 ? long.MaxValue : arrived + limit;
    }

    // CDLUNIT: microseconds, 10 ms and 500 ms; zero is no limit, whatever stands beside it.
    private static long Nanoseconds(ModePageSet modes, ModePage page, int descriptor)
    {
        var limit = modes.Read(page, BlockModePages.LimitOf(descriptor));
        return modes.Read(page, BlockModePages.LimitUnitOf(descriptor)) switch
        {
            4 => limit * 1_000L,
            5 => limit * 10_000_000L,
            6 => limit * 500_000_000L,
            _ => 0,
        };
    }
}
