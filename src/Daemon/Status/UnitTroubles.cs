using Lunette.DeviceServer;
using Lunette.Stmf;
using Microsoft.Extensions.Logging;

namespace Lunette.Daemon.Status;

/// <summary>
/// Says in the log when a logical unit is in trouble with its store, and when that is over: one that does not answer,
/// one that is fenced because aborted tasks are still in it.
/// </summary>
internal sealed partial class UnitTroubles(StmfFramework framework, TimeProvider time, ILogger log)
{
    private HashSet<EmulatedUnit> _stalled = [];
    private HashSet<EmulatedUnit> _fenced = [];

    /// <summary>Logical units whose store answers nobody, and those that are fenced, now.</summary>
    public static (HashSet<EmulatedUnit> Stalled, HashSet<EmulatedUnit> Fenced) Find(
        StmfFramework framework, TimeProvider time)
    {
        var now = (long)time.GetElapsedTime(0).TotalNanoseconds;
        EmulatedUnit[] units = [.. framework.LogicalUnits.Select(unit => unit.LogicalUnit).OfType<EmulatedUnit>()];
        return ([.. units.Where(unit => unit.IsStalled(now))], [.. units.Where(unit => unit.FenceReason is not null)]);
    }

    /// <summary>Looks at all of them and says what has changed since the last look.</summary>
    public void Look()
    {
        var (stalled, fenced) = Find(framework, time);
        foreach (var unit in stalled.Except(_stalled))
            LogStalled(log, unit.Alias, unit.Options.StallTime.TotalSeconds);
        foreach (var unit in _stalled.Except(stalled)) LogAnswers(log, unit.Alias);
        foreach (var unit in fenced.Except(_fenced)) LogFenced(log, unit.Alias, unit.FenceReason ?? "");
        foreach (var unit in _fenced.Except(fenced)) LogServes(log, unit.Alias);
        (_stalled, _fenced) = (stalled, fenced);
    }

    [LoggerMessage(11, LogLevel.Error,
        "{Unit}: its store has answered nobody for {Seconds} s; commands that need it end with BUSY or TASK SET FULL")]
    private static partial void LogStalled(ILogger log, string unit, double seconds);

    [LoggerMessage(12, LogLevel.Warning, "{Unit}: its store answers again")]
    private static partial void LogAnswers(ILogger log, string unit);

    [LoggerMessage(13, LogLevel.Error, "{Unit} is fenced and takes no commands: {Reason}")]
    private static partial void LogFenced(ILogger log, string unit, string reason);

    [LoggerMessage(14, LogLevel.Warning, "{Unit} is not fenced any more")]
    private static partial void LogServes(ILogger log, string unit);
}
