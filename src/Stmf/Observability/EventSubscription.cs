using System.Threading.Channels;

namespace Lunette.Stmf.Observability;

/// <summary>
/// One reader of the framework's events, with a bounded memory: a reader that does not keep up loses the oldest, and
/// can tell.
/// </summary>
public sealed class EventSubscription : IDisposable
{
    private readonly EventFeed _feed;
    private readonly Channel<StmfEvent> _channel;
    private long _lost;

    internal EventSubscription(EventFeed feed, int kept)
    {
        _feed = feed;
        _channel = Channel.CreateBounded<StmfEvent>(
            new BoundedChannelOptions(kept) { FullMode = BoundedChannelFullMode.DropOldest },
            _ => Interlocked.Increment(ref _lost));
    }

    /// <summary>The events, oldest first; ends when the subscription or the framework does.</summary>
    public ChannelReader<StmfEvent> Reader => _channel.Reader;

    /// <summary>How many events were lost because nobody read them in time.</summary>
    public long Lost => Volatile.Read(ref _lost);

    internal void Publish(StmfEvent happened) => _channel.Writer.TryWrite(happened);

    internal void End() => _channel.Writer.TryComplete();

    /// <summary>Ends the subscription.</summary>
    public void Dispose()
    {
        _feed.Remove(this);
        End();
    }
}
