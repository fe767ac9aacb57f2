using System.Threading.Channels;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Objects;
using Lunette.Stmf.Observability;
using Lunette.Stmf.Transitions;

namespace Lunette.Stmf;

/// <content>
/// The service task: the one place that calls providers. It starts transitions, which run side by side, and takes note
/// of their ends one by one; a provider is acknowledged before its next transition starts, because both are entries of
/// one queue.
/// </content>
public sealed partial class StmfFramework
{
    private readonly Channel<ServiceWork> _work = Channel.CreateUnbounded<ServiceWork>(
        new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = false });
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<Task> _transitions = [];
    private readonly Task _serviceTask;

    private async Task RunServiceAsync()
    {
        while (await _work.Reader.WaitToReadAsync())
            while (_work.Reader.TryRead(out var work)) Serve(work);
        await Task.WhenAll(_transitions);
    }

    private void Serve(in ServiceWork work)
    {
        try
        {
            Carry(work);
        }
        catch (Exception failure)
        {
            // A provider threw where its contract says it does not. It is named; everybody else is served on.
            lock (_gate) _events.Publish(new ProviderFaulted(work.Object?.Name ?? "", failure));
        }
        _transitions.RemoveWhere(t => t.IsCompleted);
    }

    private void Carry(ServiceWork work)
    {
        switch (work.Kind)
        {
            case ServiceWorkKind.StartOnline:
                Keep(StartOnlineAsync(work.Object!));
                break;
            case ServiceWorkKind.StartOffline:
                Keep(StartOfflineAsync(work.Object!));
                break;
            case ServiceWorkKind.OnlineEnded:
                Ended(work.Object!, work.Result, ObjectEvent.OnlineSucceeded, ObjectEvent.OnlineFailed);
                break;
            case ServiceWorkKind.OfflineEnded:
                Ended(work.Object!, work.Result, ObjectEvent.OfflineSucceeded, ObjectEvent.OfflineFailed);
                break;
            case ServiceWorkKind.RenewPortGroups:
                RenewPortGroupsNow((ManagedUnit?)work.Object);
                break;
        }
    }

    private void Keep(Task transition)
    {
        if (!transition.IsCompleted) _transitions.Add(transition);
    }

    private Task StartOnlineAsync(ManagedObject managed) =>
        TransitAsync(managed, ServiceWorkKind.OnlineEnded, _options.OnlineDeadline, managed.GoOnlineAsync);

    private Task StartOfflineAsync(ManagedObject managed)
    {
        // Out of every map before its tasks are aborted, so that no new one comes while it drains.
        if (managed is ManagedUnit unit)
        {
            lock (_gate)
            {
                _sessions.UnitVanishes(unit.Unit, _configuration);
                _sessions.Announce(unmapping: false);
            }
        }
        return TransitAsync(managed, ServiceWorkKind.OfflineEnded, managed.OfflineLimit, managed.GoOfflineAsync);
    }

    private async Task TransitAsync(
        ManagedObject managed,
        ServiceWorkKind ended,
        TimeSpan limit,
        Func<CancellationToken, ValueTask<ControlResult>> go)
    {
        using var deadline = new CancellationTokenSource(limit, _time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _stop.Token);
        ControlResult result;
        try
        {
            result = await go(stop.Token);
        }
        catch (OperationCanceledException)
        {
            result = ControlResult.Failure($"not done within {limit.TotalSeconds:0.#} s");
        }
        catch (Exception failure)
        {
            // A provider is the shell of some environment; whatever it throws means that it did not get there.
            result = ControlResult.Failure(failure.Message);
        }
        _work.Writer.TryWrite(new(ended, managed, result));
    }

    private void Ended(ManagedObject managed, ControlResult result, ObjectEvent succeeded, ObjectEvent failed)
    {
        lock (_gate)
        {
            managed.LastFailure = result.Succeeded ? null : result.Reason ?? "no reason given";
            Fire(managed, result.Succeeded ? succeeded : failed, managed.LastFailure ?? managed.Cause);
            if (managed.State == ObjectState.Online) Appear(managed);
            _events.Publish(managed.StateChanged());
        }
        try
        {
            managed.Acknowledge();
        }
        finally
        {
            lock (_gate)
            {
                FollowUp(managed);
                managed.TakeSettled()?.TrySetResult();
                EvaluateService();
            }
        }
    }

    /// <summary>Under the lock: a logical unit that is online is seen.</summary>
    private void Appear(ManagedObject managed)
    {
        if (managed is not ManagedUnit unit) return;
        _sessions.UnitAppears(unit.Unit, _configuration);
        _sessions.Announce(unmapping: false);
    }

    /// <summary>Under the lock: what the framework itself wants next of an object that has just settled.</summary>
    private void FollowUp(ManagedObject managed)
    {
        if (managed is ManagedPort { State: ObjectState.Online } port
            && managed.LastFailure is null
            && port.Flaps.CameOnline(_time.GetUtcNow()))
        {
            if (Fire(port, ObjectEvent.FlappingFound, "came online too often") == ObjectAction.StartOffline)
                Begin(port, ServiceWorkKind.StartOffline, "came online too often");
        }
        else if (managed.State == ObjectState.Offline && managed.RecoverWhenOffline)
        {
            Request(managed, ObjectEvent.AutomaticOnlineRequested, "recovery after: " + managed.Cause);
        }
    }

    /// <summary>Under the lock: every transition goes through here, so that those under way are counted.</summary>
    private ObjectAction Fire(ManagedObject managed, ObjectEvent happened, string cause)
    {
        Count(managed.State, -1);
        var action = managed.Machine.Fire(happened, cause);
        Count(managed.State, +1);
        return action;
    }

    private void Count(ObjectState state, int by)
    {
        if (state == ObjectState.Onlining) _onlining += by;
        if (state is ObjectState.Offlining or ObjectState.ForcedOfflining) _offlining += by;
    }
}
