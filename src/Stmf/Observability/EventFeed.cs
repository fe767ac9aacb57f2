using System.Collections.Immutable;

namespace Lunette.Stmf.Observability;

/// <summary>
/// Hands events to subscribers. Published under the framework's lock, so that all readers see one order; writing to a
/// subscriber's channel never waits and runs nobody's code.
/// </summary>
internal sealed class EventFeed(int kept)
{
    private ImmutableArray<EventSubscription> _subscriptions = [];
    private bool _ended;

    public EventSubscription Subscribe()
    {
        var subscription = new EventSubscription(this, kept);
        ImmutableInterlocked.Update(ref _subscriptions, (all, added) => all.Add(added), subscription);
        if (Volatile.Read(ref _ended)) subscription.End();
        return subscription;
    }

    public void Publish(StmfEvent happened)
    {
        foreach (var subscription in _subscriptions) subscription.Publish(happened);
    }

    public void Remove(EventSubscription subscription) =>
        ImmutableInterlocked.Update(ref _subscriptions, (all, removed) => all.Remove(removed), subscription);

    public void End()
    {
        Volatile.Write(ref _ended, true);
        foreach (var subscription in _subscriptions) subscription.End();
    }
}
