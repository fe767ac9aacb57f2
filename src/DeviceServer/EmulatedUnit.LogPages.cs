using Lunette.DeviceServer.LogPages;
using Lunette.DeviceServer.Nexuses;
using Lunette.DeviceServer.Power;
using Lunette.Scsi;

namespace Lunette.DeviceServer;

/// <content>Log pages.</content>
public abstract partial class EmulatedUnit
{
    private readonly Dictionary<LogPageCode, UnitStatistics> _resets = [];
    private readonly ErrorEvents _errorEvents = new();

    /// <summary>
    /// The log pages, ascending, without the lists of pages. Device types add their own and write them by
    /// <see cref="WriteLogParameters"/>.
    /// </summary>
    protected internal virtual IReadOnlyList<LogPageCode> LogPages { get; } =
    [
        LogPageCode.WriteErrorCounters, LogPageCode.ReadErrorCounters, LogPageCode.VerifyErrorCounters,
        LogPageCode.NonMediumError, LogPageCode.LastErrorEvents, LogPageCode.LastDeferredErrors,
        LogPageCode.Temperature, LogPageCode.EnvironmentalReporting,
        LogPageCode.EnvironmentalLimits, LogPageCode.StartStopCycleCounter, LogPageCode.ApplicationClient,
        LogPageCode.SelfTestResults, LogPageCode.GeneralStatisticsAndPerformance,
        LogPageCode.PowerConditionTransitions, LogPageCode.InformationalExceptions,
    ];

    /// <summary>Whether LOG SELECT can save something of a page: DS of the page is zero.</summary>
    internal bool CanSaveLog(LogPageCode page) =>
        CanSave && page is LogPageCode.ApplicationClient or LogPageCode.StartStopCycleCounter;

    /// <summary>Writes the parameters of one of <see cref="LogPages"/>, in the order of their codes.</summary>
    protected internal virtual void WriteLogParameters(
        LogPageCode page, ref LogParameterWriter writer, ref ParameterDataWriter data)
    {
        var counts = StatisticsSinceReset(page);
        switch (page)
        {
            case LogPageCode.WriteErrorCounters:
                WriteErrorCounters(ref writer, ref data, counts.WrittenBytes, counts.WriteErrors);
                break;
            case LogPageCode.ReadErrorCounters:
                WriteErrorCounters(ref writer, ref data, counts.ReadBytes, counts.ReadErrors);
                break;
            case LogPageCode.VerifyErrorCounters:
                WriteErrorCounters(ref writer, ref data, counts.VerifiedBytes, counts.VerifyErrors);
                break;
            case LogPageCode.NonMediumError:
                writer.Write(ref data, 0x0000, LogPage.UnsavedCounter, (ulong)counts.NonMediumErrors);
                break;
            case LogPageCode.Temperature:
            case LogPageCode.EnvironmentalReporting:
            case LogPageCode.EnvironmentalLimits:
                EnvironmentLog.Write(page, ref writer, ref data);
                break;
            // No error is ever reported later than its command.
            case LogPageCode.LastDeferredErrors:
                break;
            case LogPageCode.LastErrorEvents:
                lock (_gate) _errorEvents.Write(ref writer, ref data);
                break;
            case LogPageCode.StartStopCycleCounter:
            case LogPageCode.SelfTestResults:
            case LogPageCode.PowerConditionTransitions:
                WriteHistory(page, ref writer, ref data);
                break;
            case LogPageCode.ApplicationClient:
                WriteApplicationClient(ref writer, ref data);
                break;
            case LogPageCode.GeneralStatisticsAndPerformance:
                var block = (ulong)StatisticsBlockLength;
                // Processing intervals are not measured, and zero says so.
                writer.Write(ref data, 0x0001, LogPage.UnsavedList, (ulong)counts.ReadCommands,
                    (ulong)counts.WriteCommands, (ulong)counts.WrittenBytes / block, (ulong)counts.ReadBytes / block,
                    0, 0, 0, 0);
                break;
            case LogPageCode.InformationalExceptions:
                // No exception is predicted; the temperature is not known.
                writer.Write(ref data, 0x0000, LogPage.UnsavedList, [0x00, 0x00, 0xFF, 0x00]);
                break;
            default:
                break;
        }
    }

    // SPC-6, error counter log pages: what is corrected below is not known here, and so not told.
    private static void WriteErrorCounters(
        ref LogParameterWriter writer, ref ParameterDataWriter data, long bytes, long errors)
    {
        writer.Write(ref data, 0x0005, LogPage.UnsavedCounter, (ulong)bytes);      // TOTAL BYTES PROCESSED
        writer.Write(ref data, 0x0006, LogPage.UnsavedCounter, (ulong)errors);     // TOTAL UNCORRECTED ERRORS
    }

    // What wears nothing out has no count specified for its lifetime, and nobody made it in a week.
    private void WriteHistory(LogPageCode page, ref LogParameterWriter writer, ref ParameterDataWriter data)
    {
        lock (_gate)
        {
            ResolvePowerCondition();
            switch (page)
            {
                case LogPageCode.StartStopCycleCounter:
                    writer.Write(ref data, 0x0002, LogPage.AsciiList, _history.AccountingDate);
                    writer.WriteCount(ref data, 0x0004, _history.StartStopCycles);
                    writer.WriteCount(ref data, 0x0006, _history.LoadUnloadCycles);
                    break;
                case LogPageCode.PowerConditionTransitions:
                    writer.WriteCount(ref data, 0x0001, _history.TransitionsTo(PowerConditionCode.Active));
                    writer.WriteCount(ref data, 0x0002, _history.TransitionsTo(PowerConditionCode.Idle));
                    writer.WriteCount(ref data, 0x0008, _history.TransitionsTo(PowerConditionCode.Standby));
                    break;
                default:
                    WriteSelfTests(ref writer, ref data);
                    break;
            }
        }
    }

    // SPC-6, Self-Test Results log page: twenty parameters, the one in progress first, zeros where there were fewer.
    private void WriteSelfTests(ref LogParameterWriter writer, ref ParameterDataWriter data)
    {
        Span<byte> value = stackalloc byte[SelfTestResult.Length];
        IEnumerable<SelfTestResult> results = _history.SelfTests;
        if (_backgroundSelfTest is not null)
            results = results.Prepend(new(_backgroundSelfTestCode, SelfTestOutcome.InProgress, 0, 0, default));
        ushort code = 0;
        foreach (var result in results.Take(UnitHistory.SelfTestsMax))
        {
            result.Write(value);
            writer.Write(ref data, ++code, LogPage.BinaryList, value);
        }
        value.Clear();
        while (code < UnitHistory.SelfTestsMax) writer.Write(ref data, ++code, LogPage.BinaryList, value);
    }

    private void WriteApplicationClient(ref LogParameterWriter writer, ref ParameterDataWriter data)
    {
        Span<byte> nothing = stackalloc byte[ApplicationClientLog.ValueLength];
        nothing.Clear();
        var log = ApplicationClient;
        for (ushort code = 0; code < ApplicationClientLog.ParametersCount; code++)
        {
            var value = log[code];
            writer.Write(ref data, code, LogPage.BinaryList, value.IsEmpty ? nothing : value);
        }
    }

    /// <summary>The unit statistics count data in, in bytes: a logical block.</summary>
    protected virtual int StatisticsBlockLength => 512;

    private UnitStatistics StatisticsSinceReset(LogPageCode page)
    {
        lock (_gate) return _statistics.Since(_resets.GetValueOrDefault(page));
    }

    /// <summary>
    /// Puts what can be reset of pages to its default values: counters, and what application clients have written.
    /// </summary>
    internal void ResetLog(IEnumerable<LogPageCode> pages, ItlNexus by)
    {
        lock (_gate)
        {
            foreach (var page in pages)
            {
                _resets[page] = _statistics;
                if (page == LogPageCode.LastErrorEvents) _errorEvents.Clear();
                if (page == LogPageCode.ApplicationClient)
                    Volatile.Write(ref _applicationClient, ApplicationClientLog.Empty);
                if (page == LogPageCode.StartStopCycleCounter) _history.SetAccountingDate(UnitHistory.NoDate);
            }
            EstablishForAll(AdditionalSense.LogParametersChanged, except: by);
        }
    }
}
