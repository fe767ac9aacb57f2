using Lunette.Stmf.Configuration;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Objects;
using Lunette.Stmf.Observability;
using Lunette.Stmf.Transitions;

namespace Lunette.Stmf;

public sealed partial class StmfFramework
{
    // One change of the configuration at a time; never taken while the lock is held.
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly Machine<ConfigurationState, ConfigurationEvent, ConfigurationAction> _loading;

    /// <summary>
    /// Forgets the configuration and reads the store; the service must be offline. What registered before is given its
    /// place in the new one.
    /// </summary>
    /// <returns>ServiceOnline, Busy, StoreVersion, or StoreFailed, also where what is stored breaks a rule; the
    /// configuration is then none.</returns>
    public async ValueTask<StmfResult> LoadConfigurationAsync(CancellationToken stop = default)
    {
        await _changing.WaitAsync(stop);
        try
        {
            lock (_gate)
            {
                if (_service.State != ServiceState.Offline)
                    return StmfResult.Refused(Refusal.ServiceOnline, "the service must be offline");
                if (FireLoading(ConfigurationEvent.LoadRequested, "load") == ConfigurationAction.RefuseBusy)
                    return StmfResult.Refused(Refusal.Busy, "the configuration is being loaded");
                TakeConfiguration(StmfConfiguration.Empty);
            }
            var (read, assigned, loaded) = await ReadStoreAsync(stop);
            lock (_gate)
            {
                if (!read.Succeeded)
                {
                    FireLoading(ConfigurationEvent.LoadFailed, read.ToString());
                    return read;
                }
                TakeConfiguration(loaded);
                FireLoading(ConfigurationEvent.LoadSucceeded, "load");
                if (assigned.Count > 0) _events.Publish(new ConfigurationChanged(assigned));
            }
            return StmfResult.Success;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>
    /// Carries out any number of changes as one transaction: all of them, or, when one is refused or the store fails,
    /// none. The store's transaction, once begun, is not cancelled.
    /// </summary>
    /// <param name="change">Calls verbs of the edit; a refusal it returns is the outcome. Called once, holding no
    /// lock.</param>
    /// <param name="stop">Gives up waiting for its turn.</param>
    public async ValueTask<StmfResult> ChangeAsync(
        Func<ConfigurationEdit, StmfResult> change, CancellationToken stop = default)
    {
        await _changing.WaitAsync(stop);
        try
        {
            if (State.Configuration != ConfigurationState.InitDone) return s_noConfiguration;
            var edit = Configuration.Edit(IsPortOffline);
            var checkedChange = change(edit);
            if (!checkedChange.Succeeded || edit.Changes.Count == 0) return checkedChange;
            var written = await WriteAsync(edit.Changes);
            if (!written.Succeeded) return written;
            Apply(edit);
            return StmfResult.Success;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>
    /// As <see cref="ChangeAsync(Func{ConfigurationEdit, StmfResult}, CancellationToken)"/>, with an answer.
    /// </summary>
    /// <typeparam name="T">The answer.</typeparam>
    public async ValueTask<StmfResult<T>> ChangeAsync<T>(
        Func<ConfigurationEdit, StmfResult<T>> change, CancellationToken stop = default)
    {
        var answer = default(StmfResult<T>);
        var outcome = await ChangeAsync(edit => (answer = change(edit)).Outcome, stop);
        return outcome.Succeeded ? answer : StmfResult<T>.Refused(outcome);
    }

    /// <summary>What <see cref="ChangeAsync(Func{ConfigurationEdit, StmfResult}, CancellationToken)"/> would do now;
    /// nothing is changed.</summary>
    public StmfResult<IReadOnlyList<ConfigurationChange>> Plan(Func<ConfigurationEdit, StmfResult> change)
    {
        if (State.Configuration != ConfigurationState.InitDone)
            return StmfResult<IReadOnlyList<ConfigurationChange>>.Refused(s_noConfiguration);
        var edit = Configuration.Edit(IsPortOffline);
        var outcome = change(edit);
        return outcome.Succeeded
            ? StmfResult<IReadOnlyList<ConfigurationChange>>.Success(edit.Changes)
            : StmfResult<IReadOnlyList<ConfigurationChange>>.Refused(outcome);
    }

    private static readonly StmfResult s_noConfiguration =
        StmfResult.Refused(Refusal.ConfigurationNone, "no configuration is loaded");

    private async ValueTask<(StmfResult Read, IReadOnlyList<ConfigurationChange> Assigned, StmfConfiguration Loaded)>
        ReadStoreAsync(CancellationToken stop)
    {
        try
        {
            var replayed = StmfConfiguration.Replay(await _store.LoadAsync(stop));
            if (!replayed.Succeeded)
            {
                var broken = StmfResult.Refused(Refusal.StoreFailed, $"what is stored breaks a rule: {replayed}");
                return (broken, [], null!);
            }
            var edit = replayed.Value.Edit();
            string[] ports;
            lock (_gate) ports = [.. _ports.Keys.Order(StringComparer.Ordinal)];
            foreach (var port in ports)
            {
                var assigned = edit.AssignRelativePort(port);
                if (!assigned.Succeeded) return (assigned.Outcome, [], null!);
            }
            if (edit.Changes.Count > 0) await _store.WriteAsync(edit.Changes);
            return (StmfResult.Success, edit.Changes, edit.Build());
        }
        catch (Exception failure)
        {
            // Whatever it is, cancellation included: loading has to end one way or the other.
            return (Failed(failure), [], null!);
        }
    }

    private async ValueTask<StmfResult> WriteAsync(IReadOnlyList<ConfigurationChange> changes)
    {
        try
        {
            await _store.WriteAsync(changes);
            return StmfResult.Success;
        }
        catch (Exception failure)
        {
            return Failed(failure);
        }
    }

    private static StmfResult Failed(Exception failure)
    {
        var unknownVersion = failure is ConfigStoreException { UnknownVersion: true };
        return StmfResult.Refused(unknownVersion ? Refusal.StoreVersion : Refusal.StoreFailed, failure.Message);
    }

    private bool IsPortOffline(string name)
    {
        lock (_gate)
        {
            return !_ports.TryGetValue(name, out var port)
                || port.State is ObjectState.Offline or ObjectState.ForcedOffline;
        }
    }

    private void Apply(ConfigurationEdit edit)
    {
        var after = edit.Build();
        var changes = edit.Changes;
        lock (_gate)
        {
            var before = _configuration;
            Volatile.Write(ref _configuration, after);
            ApplyToSessions(changes, before, after);
            if (changes.Any(c => c is AluaSet or RelativePortAssigned or RelativePortReleased)) RenewPortGroups();
            _events.Publish(new ConfigurationChanged(changes));
        }
    }

    private void ApplyToSessions(
        IReadOnlyList<ConfigurationChange> changes, StmfConfiguration before, StmfConfiguration after)
    {
        HashSet<LogicalUnitId> units = [];
        HashSet<string> initiators = [];
        HashSet<ManagedPort> ports = [];
        foreach (var change in changes)
        {
            if (change is ViewEntryAdded added) units.Add(added.LogicalUnit);
            else if (change is ViewEntryRemoved removed) units.Add(removed.LogicalUnit);
            else if (change is MemberAdded joined) Moved(joined.Kind, [joined.Member]);
            else if (change is MemberRemoved left) Moved(left.Kind, [left.Member]);
            else if (change is GroupDeleted gone && before.GroupsOf(gone.Kind).Find(gone.Name) is { } group)
                Moved(gone.Kind, group.Members);
        }
        _sessions.ViewsChanged(units, before, after);
        foreach (var initiator in initiators) _sessions.InitiatorMoved(initiator, after);
        foreach (var port in ports) _sessions.PortMoved(port, after);
        _sessions.Announce(unmapping: true);

        void Moved(GroupKind kind, IEnumerable<string> members)
        {
            if (kind == GroupKind.Host) initiators.UnionWith(members);
            else ports.UnionWith(members.Select(m => _ports.GetValueOrDefault(m)).OfType<ManagedPort>());
        }
    }

    private void TakeConfiguration(StmfConfiguration configuration)
    {
        Volatile.Write(ref _configuration, configuration);
        _sessions.Rebuild(configuration);
        _sessions.Announce(unmapping: true);
        RenewPortGroups();
    }

    private ConfigurationAction FireLoading(ConfigurationEvent happened, string cause)
    {
        var before = _loading.State;
        var action = _loading.Fire(happened, cause);
        if (_loading.State != before) _events.Publish(new ConfigurationStateChanged(_loading.State));
        return action;
    }
}
