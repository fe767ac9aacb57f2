using Lunette.Simulation.World;

namespace Lunette.Simulation.Stores;

/// <summary>
/// A medium with a volatile cache. Each sector has the content that a power loss cannot take, and the contents written
/// since, of which a power loss keeps any one or none: unsynced writes are dropped, reordered and torn.
/// </summary>
internal sealed class SimulatedDisk(Scheduler scheduler, string name, long lengthBytes)
{
    public const int SectorBytes = 512;

    private static readonly byte[] s_zeros = new byte[SectorBytes];

    private readonly Dictionary<long, byte[]> _durable = [];
    private readonly Dictionary<long, List<(long Number, byte[] Content)>> _cached = [];
    private long _writes;

    public string Name => name;

    public long LengthBytes { get; private set; } = lengthBytes;

    /// <summary>Only what nobody uses is added or cut off.</summary>
    public void Resize(long bytes) => LengthBytes = bytes;

    /// <summary>The number of the last write: a flush covers all up to it.</summary>
    public long Written => _writes;

    /// <summary>What a reader sees.</summary>
    public ReadOnlySpan<byte> Read(long sector) =>
        _cached.TryGetValue(sector, out var cached) ? cached[^1].Content : _durable.GetValueOrDefault(sector, s_zeros);

    /// <summary>Writes a sector into the cache; the answer is the write's number.</summary>
    public long Write(long sector, ReadOnlySpan<byte> content)
    {
        if (!_cached.TryGetValue(sector, out var cached)) _cached.Add(sector, cached = []);
        cached.Add((++_writes, content.ToArray()));
        return _writes;
    }

    /// <summary>Everything up to a write is on the medium.</summary>
    public void Flush(long upTo)
    {
        foreach (var sector in _cached.Keys.Order().ToArray()) Flush(sector, upTo);
    }

    /// <summary>One sector, up to a write, is on the medium.</summary>
    public void Flush(long sector, long upTo)
    {
        if (!_cached.TryGetValue(sector, out var cached)) return;
        var last = cached.FindLastIndex(one => one.Number <= upTo);
        if (last < 0) return;
        _durable[sector] = cached[last].Content;
        cached.RemoveRange(0, last + 1);
        if (cached.Count == 0) _cached.Remove(sector);
    }

    /// <summary>The power goes.</summary>
    public void PowerLost()
    {
        var (kept, lost) = (0, 0);
        foreach (var sector in _cached.Keys.Order())
        {
            var cached = _cached[sector];
            var choice = scheduler.Random.Next(cached.Count + 1);
            if (choice < cached.Count) _durable[sector] = cached[choice].Content;
            if (choice == cached.Count - 1) kept++;
            else lost++;
        }
        _cached.Clear();
        scheduler.Log(name, $"power loss: {kept} unsynced sectors kept, {lost} lost");
    }
}
