namespace Lunette.Lu.Disk.Provisioning;

/// <summary>
/// What has been unmapped since the disk went online and not written since, for stores that do not tell it themselves:
/// a block device knows nothing of the kind, and a file that keeps its space shows pages that were only read as data.
/// Who unmaps holds its blocks alone meanwhile. Any loop; while there is nothing, a write costs one look.
/// </summary>
internal sealed class UnmappedRanges
{
    /// <summary>How many runs are remembered; what comes beyond counts as mapped.</summary>
    public const int RunsMax = 1024;

    private readonly Lock _changing = new();
    private Run[] _runs = [];       // ascending, apart from each other; never changed, replaced

    /// <summary>Bytes that were unmapped and hold zeros.</summary>
    public void Add(long offset, long length)
    {
        lock (_changing)
        {
            var run = new Run(offset, offset + length);
            List<Run> runs = [];
            foreach (var other in _runs)
            {
                if (other.End < run.Offset || other.Offset > run.End) runs.Add(other);
                else run = new(Math.Min(run.Offset, other.Offset), Math.Max(run.End, other.End));
            }
            var at = runs.FindIndex(other => other.Offset > run.Offset);
            runs.Insert(at < 0 ? runs.Count : at, run);
            if (runs.Count <= RunsMax) Volatile.Write(ref _runs, [.. runs]);
        }
    }

    /// <summary>Bytes are about to be written.</summary>
    public void Remove(long offset, long length)
    {
        if (length <= 0 || !Touches(offset, offset + length)) return;
        lock (_changing)
        {
            List<Run> runs = [];
            foreach (var run in _runs)
            {
                if (run.Offset < Math.Min(run.End, offset)) runs.Add(new(run.Offset, Math.Min(run.End, offset)));
                if (run.End > Math.Max(run.Offset, offset + length))
                    runs.Add(new(Math.Max(run.Offset, offset + length), run.End));
            }
            // What was split may be one too many.
            Volatile.Write(ref _runs, [.. runs.Take(RunsMax)]);
        }
    }

    /// <summary>Nothing is known any more.</summary>
    public void Clear()
    {
        lock (_changing) Volatile.Write(ref _runs, []);
    }

    /// <summary>Whether a byte lies in what was unmapped, and where that ends, or begins again.</summary>
    public bool Contains(long offset, out long until)
    {
        var runs = Volatile.Read(ref _runs);
        var at = FirstBehind(runs, offset);
        until = long.MaxValue;
        if (at == runs.Length) return false;
        var isInside = runs[at].Offset <= offset;
        until = isInside ? runs[at].End : runs[at].Offset;
        return isInside;
    }

    private bool Touches(long offset, long end)
    {
        var runs = Volatile.Read(ref _runs);
        if (runs.Length == 0) return false;
        var at = FirstBehind(runs, offset);
        return at < runs.Length && runs[at].Offset < end;
    }

    // The first run that does not end before a byte.
    private static int FirstBehind(Run[] runs, long offset)
    {
        var (low, high) = (0, runs.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (runs[middle].End <= offset) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private readonly record struct Run(long Offset, long End);
}
