namespace Lunette.Lu.Disk.Provisioning;

/// <summary>
/// What has been unmapped since the disk went online and not written since, for stores that do not tell it themselves:
/// a block device knows nothing of the kind, and a file that keeps its space shows pages that were only read as data.
/// Who unmaps holds its blocks alone meanwhile. Any loop; a write that touches nothing unmapped takes no lock, and none
/// allocates.
/// </summary>
internal sealed class UnmappedRanges
{
    /// <summary>How many runs are remembered; what comes beyond counts as mapped.</summary>
    public const int RunsMax = 1024;

    private readonly Lock _changing = new();
    private Run[] _runs = [];       // ascending, apart from each other; there is room for all from the first one on
    private int _count;
    private uint _version;          // of the two; odd while they change

    /// <summary>Bytes that were unmapped and hold zeros.</summary>
    public void Add(long offset, long length)
    {
        lock (_changing)
        {
            if (_runs.Length == 0) Volatile.Write(ref _runs, new Run[RunsMax]);
            var run = new Run(offset, offset + length);
            // What it meets, or touches, becomes one with it.
            var first = FirstEndingAfter(offset - 1);
            var last = first;
            for (; last < _count && _runs[last].Offset <= offset + length; last++)
                run = new(Math.Min(run.Offset, _runs[last].Offset), Math.Max(run.End, _runs[last].End));
            if (first < last || _count < RunsMax) Replace(first, last, [run]);
        }
    }

    /// <summary>Bytes are about to be written.</summary>
    public void Remove(long offset, long length)
    {
        var end = offset + length;
        if (length <= 0 || Volatile.Read(ref _count) == 0 || IsApart(offset, end)) return;
        lock (_changing)
        {
            var first = FirstEndingAfter(offset);
            var last = first;
            while (last < _count && _runs[last].Offset < end) last++;
            if (first == last) return;
            var before = new Run(_runs[first].Offset, offset);
            var behind = new Run(end, _runs[last - 1].End);
            // One run that is split may be one too many: then the longer part stays.
            if (last - first == 1 && _count == RunsMax && before.Length > 0 && behind.Length > 0)
            {
                if (before.Length < behind.Length) before = default;
                else behind = default;
            }
            if (before.Length > 0 && behind.Length > 0) Replace(first, last, [before, behind]);
            else if (before.Length > 0) Replace(first, last, [before]);
            else if (behind.Length > 0) Replace(first, last, [behind]);
            else Replace(first, last, []);
        }
    }

    /// <summary>Nothing is known any more.</summary>
    public void Clear()
    {
        lock (_changing) Replace(0, _count, []);
    }

    /// <summary>Whether a byte lies in what was unmapped, and where that ends, or begins again.</summary>
    public bool Contains(long offset, out long until)
    {
        lock (_changing)
        {
            var at = FirstEndingAfter(offset);
            until = long.MaxValue;
            if (at == _count) return false;
            var isInside = _runs[at].Offset <= offset;
            until = isInside ? _runs[at].End : _runs[at].Offset;
            return isInside;
        }
    }

    // Without the lock: whether bytes lie apart from every run. Whoever looks while the runs change may see anything;
    // he then sees another version as well, and looks again under the lock.
    private bool IsApart(long offset, long end)
    {
        var before = Volatile.Read(ref _version);
        var runs = Volatile.Read(ref _runs);
        var at = FirstEndingAfter(offset);
        var isApart = at >= _count || runs[at].Offset >= end;
        Volatile.ReadBarrier();
        return isApart && (before & 1) == 0 && before == _version;
    }

    // Under the lock: puts others in the place of the runs from one to before another.
    private void Replace(int first, int last, ReadOnlySpan<Run> by)
    {
        _version++;
        Volatile.WriteBarrier();
        Array.Copy(_runs, last, _runs, first + by.Length, _count - last);
        by.CopyTo(_runs.AsSpan(first));
        _count += by.Length - (last - first);
        Volatile.Write(ref _version, _version + 1);
    }

    private int FirstEndingAfter(long offset)
    {
        var (low, high) = (0, _count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_runs[middle].End <= offset) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private readonly record struct Run(long Offset, long End)
    {
        public long Length => End - Offset;
    }
}
