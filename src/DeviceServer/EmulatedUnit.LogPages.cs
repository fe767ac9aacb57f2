using Lunette.DeviceServer.LogPages;
using Lunette.DeviceServer.Nexuses;
using Lunette.Scsi;

namespace Lunette.DeviceServer;

/// <content>Log pages.</content>
public abstract partial class EmulatedUnit
{
    private UnitStatistics _statisticsAtReset;

    /// <summary>
    /// The log pages, ascending, without the lists of pages. Device types add their own and write them by
    /// <see cref="WriteLogParameters"/>.
    /// </summary>
    protected internal virtual IReadOnlyList<LogPageCode> LogPages { get; } =
    [
        LogPageCode.WriteErrorCounters, LogPageCode.ReadErrorCounters, LogPageCode.GeneralStatisticsAndPerformance,
        LogPageCode.InformationalExceptions,
    ];

    /// <summary>Writes the parameters of one of <see cref="LogPages"/>, in the order of their codes.</summary>
    protected internal virtual void WriteLogParameters(
        LogPageCode page, ref LogParameterWriter writer, ref ParameterDataWriter data)
    {
        var counts = StatisticsSinceReset;
        switch (page)
        {
            case LogPageCode.WriteErrorCounters:
                WriteErrorCounters(ref writer, ref data, counts.WrittenBytes, counts.WriteErrors);
                break;
            case LogPageCode.ReadErrorCounters:
                WriteErrorCounters(ref writer, ref data, counts.ReadBytes, counts.ReadErrors);
                break;
            case LogPageCode.GeneralStatisticsAndPerformance:
                var block = (ulong)StatisticsBlockLength;
                // Processing intervals are not measured, and zero says so.
                writer.Write(ref data, 0x0001, LogPage.BinaryList, (ulong)counts.ReadCommands,
                    (ulong)counts.WriteCommands, (ulong)counts.WrittenBytes / block, (ulong)counts.ReadBytes / block,
                    0, 0, 0, 0);
                break;
            case LogPageCode.InformationalExceptions:
                // No exception is predicted; the temperature is not known.
                writer.Write(ref data, 0x0000, LogPage.BinaryList, [0x00, 0x00, 0xFF, 0x00]);
                break;
            default:
                break;
        }
    }

    // SPC-6, error counter log pages: what is corrected below is not known here, and so not told.
    private static void WriteErrorCounters(
        ref LogParameterWriter writer, ref ParameterDataWriter data, long bytes, long errors)
    {
        writer.Write(ref data, 0x0005, LogPage.BoundedCounter, (ulong)bytes);      // TOTAL BYTES PROCESSED
        writer.Write(ref data, 0x0006, LogPage.BoundedCounter, (ulong)errors);     // TOTAL UNCORRECTED ERRORS
    }

    /// <summary>The unit statistics count data in, in bytes: a logical block.</summary>
    protected virtual int StatisticsBlockLength => 512;

    private UnitStatistics StatisticsSinceReset
    {
        get
        {
            lock (_gate)
            {
                return new UnitStatistics
                {
                    ReadCommands = _statistics.ReadCommands - _statisticsAtReset.ReadCommands,
                    WriteCommands = _statistics.WriteCommands - _statisticsAtReset.WriteCommands,
                    ReadBytes = _statistics.ReadBytes - _statisticsAtReset.ReadBytes,
                    WrittenBytes = _statistics.WrittenBytes - _statisticsAtReset.WrittenBytes,
                    ReadErrors = _statistics.ReadErrors - _statisticsAtReset.ReadErrors,
                    WriteErrors = _statistics.WriteErrors - _statisticsAtReset.WriteErrors,
                };
            }
        }
    }

    internal void ResetStatistics(ItlNexus by)
    {
        lock (_gate)
        {
            _statisticsAtReset = _statistics;
            EstablishForAll(AdditionalSense.LogParametersChanged, except: by);
        }
    }
}
