using System.Globalization;
using Lunette.Scsi;
using Lunette.Stmf;
using Microsoft.Extensions.Logging;

namespace Lunette.Daemon.Status;

/// <summary>
/// Says in the log what an administrator should look at: slow commands, limits that were reached, and logical units in
/// trouble. It looks once a second, and says so much and no more, however much there is.
/// </summary>
internal sealed partial class AttentionLog : IAsyncDisposable
{
    private const int SlowPerLook = 10;
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(60);

    private readonly StmfFramework _framework;
    private readonly LimitedParts _limited;
    private readonly TimeProvider _time;
    private readonly ILogger<AttentionLog> _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<ReachedLimit, (long Told, long At)> _told = [];
    private readonly UnitTroubles _units;
    private readonly Task _looking;
    private long _slowSeen;

    /// <summary>Begins to look.</summary>
    public AttentionLog(
        LimitedParts limited, TimeProvider time, ILogger<AttentionLog> log)
    {
        (_framework, _limited, _time, _log) = (limited.Framework, limited, time, log);
        _units = new(_framework, time, log);
        _looking = LookAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _looking;
        _stop.Dispose();
    }

    private async Task LookAsync()
    {
        using var timer = new PeriodicTimer(s_look, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                TellSlow();
                TellLimits();
                _units.Look();
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    private void TellSlow()
    {
        var count = _framework.SlowCommands.Count;
        var slow = _framework.SlowCommands.Since(_slowSeen);
        foreach (var record in slow.Take(SlowPerLook))
        {
            LogSlow(
                CdbDescription.Describe(record.Cdb), record.LogicalUnit?.Alias ?? "no logical unit",
                record.Nexus.Initiator.Name, Milliseconds(record.End.Nanoseconds),
                Milliseconds(record.QueueNanoseconds), Milliseconds(record.TransferNanoseconds),
                Milliseconds(record.StoreNanoseconds));
        }
        if (count - _slowSeen > SlowPerLook) LogMoreSlow(count - _slowSeen - SlowPerLook);
        _slowSeen = count;
    }

    private void TellLimits()
    {
        var now = _time.GetTimestamp();
        foreach (var limit in ReachedLimit.All)
        {
            var times = limit.Times(_limited);
            var (told, at) = _told.GetValueOrDefault(limit);
            // Fewer: whoever had counted them is gone.
            if (times < told) _told[limit] = (times, at);
            if (times <= told || (told > 0 && _time.GetElapsedTime(at, now) < s_silence)) continue;
            var level = limit.IsHarmless ? LogLevel.Information : LogLevel.Warning;
            LogReached(level, limit.Name, limit.Consequence, times - told);
            _told[limit] = (times, now);
        }
    }

    private static string Milliseconds(long nanoseconds) =>
        (nanoseconds / 1e6).ToString("0.###", CultureInfo.InvariantCulture);

    [LoggerMessage(1, LogLevel.Warning,
        "slow: {Command} on {LogicalUnit} from {Initiator} took {Took} ms (queue {Queue}, data-out {Transfer}, "
        + "store {Store})")]
    private partial void LogSlow(
        string command, string logicalUnit, string initiator, string took, string queue, string transfer,
        string store);

    [LoggerMessage(2, LogLevel.Warning, "slow: {Count} more; 'lunette slow' shows the last of them")]
    private partial void LogMoreSlow(long count);

    [LoggerMessage(
        EventId = 3, Message = "limit {Limit} reached: {Consequence}, {Times} times since this was last said")]
    private partial void LogReached(LogLevel level, string limit, string consequence, long times);
}
