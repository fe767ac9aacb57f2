namespace Lunette.Simulation.Network;

/// <summary>
/// The bytes of one direction: put together by the sender, under way, arrived. Bounded as a socket's buffers are.
/// </summary>
internal sealed class Pipe(int window)
{
    private readonly Queue<ReadOnlyMemory<byte>> _arrived = new();
    private readonly List<byte> _unsent = [];
    private int _held;

    /// <summary>Who receives.</summary>
    public SimulatedConnection? Reader { get; set; }

    /// <summary>Who sends.</summary>
    public SimulatedConnection? Writer { get; set; }

    /// <summary>No earlier arrival than this one: a stream does not reorder.</summary>
    public long LastArrival { get; set; }

    /// <summary>What is sent vanishes, and nobody is told.</summary>
    public bool IsSilent { get; set; }

    /// <summary>The sender has said that nothing more comes.</summary>
    public bool EndSent { get; set; }

    /// <summary>The reader knows that nothing more comes.</summary>
    public bool Ended { get; private set; }

    /// <summary>One of the last PDUs comes again behind the next.</summary>
    public bool RepeatsNext { get; set; }

    /// <summary>A bit of what is sent next turns on its way.</summary>
    public bool TurnsNext { get; set; }

    public int Room => Math.Max(0, window - _held);

    public bool HasBytes => _arrived.Count > 0;

    public bool HasArrived => HasBytes || Ended;

    public int Put(ReadOnlySpan<byte> bytes)
    {
        var take = Math.Min(bytes.Length, Room);
        _unsent.AddRange(bytes[..take]);
        _held += take;
        return take;
    }

    /// <summary>Takes what the sender has put since the last time.</summary>
    public byte[] TakeUnsent()
    {
        var bytes = _unsent.ToArray();
        _unsent.Clear();
        return bytes;
    }

    /// <summary>What was not put is under way too.</summary>
    public void Add(int bytes) => _held += bytes;

    public void Arrive(ReadOnlyMemory<byte> bytes) => _arrived.Enqueue(bytes);

    public void End() => Ended = true;

    public int Take(Span<byte> into)
    {
        var taken = 0;
        while (taken < into.Length && _arrived.TryPeek(out var first))
        {
            var take = Math.Min(first.Length, into.Length - taken);
            first.Span[..take].CopyTo(into[taken..]);
            taken += take;
            _arrived.Dequeue();
            if (take < first.Length) PutBack(first[take..]);
        }
        _held -= taken;
        return taken;
    }

    private void PutBack(ReadOnlyMemory<byte> rest)
    {
        var others = _arrived.ToArray();
        _arrived.Clear();
        _arrived.Enqueue(rest);
        foreach (var other in others) _arrived.Enqueue(other);
    }
}
