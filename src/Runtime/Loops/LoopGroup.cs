using System.Globalization;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Sockets;
using Lunette.Runtime.Streams;

namespace Lunette.Runtime.Loops;

/// <summary>How many loops, of which make.</summary>
public sealed record LoopGroupOptions
{
    /// <summary>Loops that carry sessions; 0 is one per core.</summary>
    public int Count { get; init; }

    /// <summary>Whether loops may poll a little before they sleep.</summary>
    public bool Spin { get; init; } = true;

    /// <summary>Use the portable loop even where a faster one exists.</summary>
    public bool Portable { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Bounds of connections.</summary>
    public StreamOptions Streams { get; init; } = new();
}

/// <summary>
/// The loops of a process: N that carry sessions and one control loop, where connections are accepted and log in, so
/// that waiting there disturbs no session.
/// </summary>
public sealed class LoopGroup : IAsyncDisposable
{
    private readonly StreamLoop[] _loops;

    private LoopGroup(StreamLoop[] loops, StreamLoop control, BufferPool buffers)
    {
        _loops = loops;
        Control = control;
        Buffers = buffers;
    }

    /// <summary>The loop for what is not yet a session.</summary>
    public StreamLoop Control { get; }

    /// <summary>The loops that carry sessions.</summary>
    public IReadOnlyList<StreamLoop> Loops => _loops;

    /// <summary>The pool its connections and tasks lease from.</summary>
    public BufferPool Buffers { get; }

    /// <summary>Makes the loops and starts them, all or none.</summary>
    /// <param name="options">How many, of which make.</param>
    /// <param name="buffers">The pool that connections and tasks lease from; it must outlive the group.</param>
    /// <param name="onFault">Told of each fault, on the loop where it happened.</param>
    public static LoopGroup Start(LoopGroupOptions options, BufferPool buffers, Action<LoopFault>? onFault = null)
    {
        var count = options.Count > 0 ? options.Count : Environment.ProcessorCount;
        var budget = options.Spin && Environment.ProcessorCount > 1 ? new SpinBudget(Environment.ProcessorCount) : null;
        var made = new List<StreamLoop>();
        try
        {
            for (var i = 0; i < count; i++)
                made.Add(Make(options, "loop-" + i.ToString(CultureInfo.InvariantCulture), buffers, budget, onFault));
            made.Add(Make(options, "loop-control", buffers, budget: null, onFault));
        }
        catch
        {
            // None has a thread yet: each ends within the call.
            foreach (var loop in made) _ = loop.DisposeAsync().AsTask();
            throw;
        }
        foreach (var loop in made) loop.Start();
        return new LoopGroup([.. made[..^1]], made[^1], buffers);
    }

    /// <summary>A group of loops made elsewhere, for simulation; whoever made them ends them.</summary>
    /// <param name="loops">The loops that carry sessions.</param>
    /// <param name="control">The loop for what is not yet a session.</param>
    /// <param name="buffers">The pool they lease from.</param>
    public static LoopGroup Of(IEnumerable<StreamLoop> loops, StreamLoop control, BufferPool buffers) =>
        new([.. loops], control, buffers);

    /// <summary>The loop with the fewest connections.</summary>
    public StreamLoop LeastLoaded()
    {
        var least = _loops[0];
        foreach (var loop in _loops)
            if (loop.StreamCount < least.StreamCount) least = loop;
        return least;
    }

    /// <summary>Ends all loops.</summary>
    public async ValueTask DisposeAsync()
    {
        await Control.DisposeAsync();
        foreach (var loop in _loops) await loop.DisposeAsync();
    }

    private static StreamLoop Make(
        LoopGroupOptions options, string name, BufferPool buffers, SpinBudget? budget, Action<LoopFault>? onFault)
    {
        var each = new LoopOptions { Name = name, Time = options.Time, Buffers = buffers, Streams = options.Streams };
        var governor = new SpinGovernor(budget);
        StreamLoop loop = OperatingSystem.IsLinux() && !options.Portable
            ? new EpollLoop(each, governor)
            : new PortableLoop(each, governor);
        loop.OnFault = onFault;
        return loop;
    }
}
