using Lunette.DeviceServer.LogPages;
using Lunette.DeviceServer.Nexuses;
using Lunette.DeviceServer.SavedState;
using Lunette.Runtime;
using Lunette.Scsi;

namespace Lunette.DeviceServer;

/// <content>Its life so far, as log pages tell it, and what application clients have noted in one.</content>
public abstract partial class EmulatedUnit
{
    // Whoever used it so long is worth a save when it goes offline.
    private const long MinutesWorthSaving = 60;

    private UnitHistory _history = new();
    private ApplicationClientLog _applicationClient = ApplicationClientLog.Empty;
    private long? _inServiceSince;
    private long _minutesSaved;
    private bool _wasUsed;

    /// <summary>Minutes it was in service since it was made, as far as they were saved. Any thread.</summary>
    protected long PowerOnMinutes
    {
        get
        {
            lock (_gate) return PowerOnMinutesNow;
        }
    }

    /// <summary>What the device type wants saved with the history; empty where there is nothing. Any thread.</summary>
    protected virtual ReadOnlyMemory<byte> OwnHistory => default;

    /// <summary>Takes what <see cref="OwnHistory"/> gave; false where it is damaged. Control plane.</summary>
    protected virtual bool TryRestoreOwnHistory(ReadOnlySpan<byte> saved) => true;

    internal ApplicationClientLog ApplicationClient => Volatile.Read(ref _applicationClient);

    private long PowerOnMinutesNow => _inServiceSince is { } since
        ? _history.MinutesBefore + (long)Options.Time.GetElapsedTime(since).TotalMinutes
        : _history.MinutesBefore;

    /// <summary>A self-test has ended: <paramref name="result"/> goes into the log.</summary>
    protected internal void NoteSelfTest(SelfTestResult result)
    {
        lock (_gate)
        {
            var hours = (ushort)Math.Min(ushort.MaxValue, PowerOnMinutesNow / 60);
            _history.NoteSelfTest(result with { Hours = hours });
        }
    }

    /// <summary>What LOG SELECT has set counts; everybody else hears of it.</summary>
    internal void ChangeLog(ApplicationClientLog? application, byte[]? accountingDate, ItlNexus by)
    {
        lock (_gate)
        {
            if (application is not null) Volatile.Write(ref _applicationClient, application);
            if (accountingDate is not null) _history.SetAccountingDate(accountingDate);
            EstablishForAll(AdditionalSense.LogParametersChanged, except: by);
        }
    }

    // What is to be saved, with the history as it is now.
    private UnitState WithHistory(UnitState state)
    {
        lock (_gate)
        {
            ResolvePowerCondition();
            var minutes = PowerOnMinutesNow;
            _minutesSaved = minutes;
            _history.HasNews = false;
            state = state.With(StateSection.History, _history.IsBlank && minutes == 0 ? [] : _history.Encode(minutes));
        }
        return state.With(StateSection.DeviceTypeFirst, OwnHistory.Span);
    }

    private bool TryRestoreHistory(UnitState state)
    {
        if (!UnitHistory.TryDecode(state[StateSection.History], out var history)
            || !ApplicationClientLog.TryDecode(state[StateSection.ApplicationClient], out var application)
            || !TryRestoreOwnHistory(state[StateSection.DeviceTypeFirst])) return false;
        lock (_gate)
        {
            // What was not worth a save when it went offline is not forgotten while the process lives.
            if (history.MinutesBefore >= _history.MinutesBefore) _history = history;
            _minutesSaved = history.MinutesBefore;
            Volatile.Write(ref _applicationClient, application);
        }
        return true;
    }

    private void BeginService()
    {
        _inServiceSince = Options.Time.GetTimestamp();
        _wasUsed = _nexuses is not null;
    }

    // It is out of service and nobody changes anything. A save that fails, or takes too long, costs the news alone.
    private async ValueTask EndServiceAsync(CancellationToken stop)
    {
        bool worthIt;
        lock (_gate)
        {
            ResolvePowerCondition();
            _history.MinutesBefore = PowerOnMinutesNow;
            _inServiceSince = null;
            worthIt = _history.HasNews
                || (_wasUsed && _history.MinutesBefore - _minutesSaved >= MinutesWorthSaving);
        }
        if (!worthIt || Options.Persistence is not { } persistence) return;
        var state = WithHistory(SavedState);
        var bytes = state.Encode();
        if (bytes.Length > ILuPersistence.StateLengthMax) return;
        var save = new HistorySave();
        persistence.Save(bytes, save);
        var ended = await save.Ended.CompletesWithinAsync(Options.AbortDeadline, Options.Time, stop);
        if (ended && await save.Ended) Volatile.Write(ref _saved, state);
    }

    private sealed class HistorySave : SaveRequest
    {
        private readonly TaskCompletionSource<bool> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<bool> Ended => _ended.Task;

        public override void Run() => _ended.SetResult(Succeeded);
    }
}
