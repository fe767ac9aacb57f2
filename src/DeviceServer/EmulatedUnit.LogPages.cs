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
        [LogPageCode.GeneralStatisticsAndPerformance, LogPageCode.InformationalExceptions];

    /// <summary>Writes the parameters of one of <see cref="LogPages"/>, in the order of their codes.</summary>
    protected internal virtual void WriteLogParameters(
        LogPageCode page, ref LogParameterWriter writer, ref ParameterDataWriter data)
    {
        switch (page)
        {
            case LogPageCode.GeneralStatisticsAndPerformance:
                var counts = StatisticsSinceReset;
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
