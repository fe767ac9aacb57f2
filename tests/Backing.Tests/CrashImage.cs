namespace Lunette.Backing.Tests;

/// <summary>
/// What a power loss at one moment of a record may leave: of each sector the newest content that had to be durable, or
/// any that was written since, whole sectors only. Unsynced writes are so dropped, reordered and torn.
/// </summary>
internal sealed class CrashImage
{
    public const int SectorBytes = 512;

    private readonly Dictionary<long, List<(byte[] Bytes, bool Durable)>> _sectors = [];

    /// <summary>Looks at a record up to a moment.</summary>
    public CrashImage(IReadOnlyList<FileRecord> records, int moment)
    {
        var ended = new Dictionary<int, int>();
        for (var i = 0; i < moment; i++)
            if (records[i].Event is FileEvent.WriteEnded or FileEvent.SyncEnded) ended[records[i].Call] = i;
        // A sync that has ended covers the writes that had ended when it began.
        var covered = -1;
        for (var i = 0; i < moment; i++)
            if (records[i].Event == FileEvent.SyncBegun && ended.ContainsKey(records[i].Call)) covered = i;
        for (var i = 0; i < moment; i++)
        {
            var write = records[i];
            if (write.Event != FileEvent.WriteBegun) continue;
            var isOver = ended.TryGetValue(write.Call, out var end);
            Add(write, isOver && (write.Durable || end < covered));
        }
    }

    /// <summary>One of the images.</summary>
    public byte[] Draw(Random random, long length)
    {
        var image = new byte[length];
        foreach (var (sector, versions) in _sectors)
        {
            var first = versions.FindLastIndex(version => version.Durable);
            var choice = random.Next(first, versions.Count);
            if (choice >= 0) versions[choice].Bytes.CopyTo(image, sector * SectorBytes);
        }
        return image;
    }

    private void Add(in FileRecord write, bool durable)
    {
        for (var at = 0; at < write.Bytes.Length; at += SectorBytes)
        {
            var sector = (write.Offset + at) / SectorBytes;
            if (!_sectors.TryGetValue(sector, out var versions)) _sectors.Add(sector, versions = []);
            versions.Add((write.Bytes[at..(at + SectorBytes)], durable));
        }
    }
}
