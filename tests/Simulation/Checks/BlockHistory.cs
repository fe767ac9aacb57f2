using Lunette.Simulation.World;

namespace Lunette.Simulation.Checks;

/// <summary>
/// All that was done to the blocks of one logical unit. Each write leaves a number of its own, so a block is a register
/// with unique values, and whether its history is one that some legal order explains is decided by Gibbons' and
/// Korach's rule: no two zones in which a value must have stood may overlap, and none may lie within another's.
/// </summary>
internal sealed class BlockHistory(string name, bool manyNodes)
{
    /// <summary>A time that never comes.</summary>
    public const long Never = long.MaxValue;

    private readonly Dictionary<long, Dictionary<ulong, Value>> _blocks = [];
    private readonly List<(long Start, long End)> _syncs = [];
    private readonly List<WriteRecord> _unsettled = [];
    private long _begun;

    /// <summary>Reads and writes checked.</summary>
    public int Operations { get; private set; }

    /// <summary>A write has been sent.</summary>
    public WriteRecord Begin(ulong number, string host, long block, int count, long now)
    {
        var write = new WriteRecord { Number = number, Host = host, Start = now };
        for (var i = 0; i < count; i++) ValueOf(block + i, number).Write = write;
        _unsettled.Add(write);
        return write;
    }

    /// <summary>A write was answered with GOOD.</summary>
    public void Done(WriteRecord write, bool durable, long now)
    {
        // Answered in the moment the power went, what was not durable may be gone again.
        write.IsDefinite = durable || write.Start >= _begun;
        write.End = Math.Min(write.End, now);
        if (durable) write.DurableAt = now;
        _unsettled.Remove(write);
        Operations++;
    }

    /// <summary>From now on a write that was not answered with GOOD changes nothing any more.</summary>
    public void Over(WriteRecord write, long now)
    {
        write.End = Math.Min(write.End, now);
        _unsettled.Remove(write);
    }

    /// <summary>A host's writes begun before now change nothing from now on: it was fenced.</summary>
    public void Fenced(string host, long now)
    {
        foreach (var write in _unsettled)
            if (write.Host == host) write.End = Math.Min(write.End, now);
    }

    /// <summary>A host's writes that were lost with its connection change nothing from now on: the session they came by
    /// is over, with all it had begun at the other node where that could be reached.</summary>
    public void SessionRenewed(SessionWay way, bool everywhere, long now)
    {
        foreach (var write in _unsettled)
        {
            if (write.LostWay != way) continue;
            if (everywhere) write.End = Math.Min(write.End, now);
            else write.LostWay = SessionWay.Door;
        }
    }

    /// <summary>What a node had not carried out, or sent to the other one, it never will.</summary>
    public void NodeDied(int node)
    {
        foreach (var write in _unsettled)
            if (write.LostWay?.Node == node) write.LostWay = SessionWay.Door;
    }

    /// <summary>A door is opened anew: what came by the last one changes nothing from then on.</summary>
    public void DoorOpened(long then)
    {
        foreach (var write in _unsettled)
            if (write.LostWay == SessionWay.Door) write.End = Math.Min(write.End, then);
    }

    /// <summary>A write certainly had no effect.</summary>
    public void Refused(WriteRecord write)
    {
        write.IsRefused = true;
        _unsettled.Remove(write);
    }

    /// <summary>A read found a value.</summary>
    public void Read(long block, ulong number, long start, long end)
    {
        // Its answer was under way when the power went.
        if (start < _begun) return;
        var value = ValueOf(block, number);
        value.FirstReadEnd = Math.Min(value.FirstReadEnd, end);
        value.LastReadStart = Math.Max(value.LastReadStart, start);
        Operations++;
        if (value.IsInitial) return;
        if (value.Write is not { } write)
            throw new SimulationException($"{name} block {block}: write {number} was never sent, and is read");
        SimulationException.Unless(!write.IsRefused, $"{name} block {block}: write {number} was refused, and is read");
        SimulationException.Unless(end >= write.Start,
            $"{name} block {block}: write {number} is read before it begins");
    }

    /// <summary>A SYNCHRONIZE CACHE was answered with GOOD.</summary>
    public void Synchronized(long start, long now) => _syncs.Add((start, now));

    /// <summary>The power went; the medium has these contents now. Each must be one that nothing durable excludes, and
    /// the history goes on from it.</summary>
    public void PowerLost(Func<long, ulong> contentOf, long now)
    {
        foreach (var (block, values) in _blocks)
        {
            Check(block, values);
            var found = contentOf(block);
            var kept = values.GetValueOrDefault(found);
            SimulationException.Unless(kept is { IsInitial: true } or { Write: not null },
                $"{name} block {block}: holds {found} after a power loss, which was never written");
            foreach (var later in values.Values)
            {
                if (later.Write is not { IsDefinite: true } write || later == kept) continue;
                if (!IsDurable(write, now)) continue;
                SimulationException.Unless(!kept!.IsInitial && kept.Write!.End >= write.Start,
                    $"{name} block {block}: write {write.Number} was durable, and the power loss brought back {found}");
            }
            foreach (var number in values.Keys.ToArray())
                if (values[number].Write is not { } write || !MayCome(write, now) || number == found)
                    values.Remove(number);
                else values[number] = new Value { Write = write };
            values[found] = new Value { IsInitial = true };
        }
        _begun = now;
        _syncs.Clear();
    }

    /// <summary>Checks everything since the beginning, or the last power loss.</summary>
    public void Check()
    {
        foreach (var (block, values) in _blocks) Check(block, values);
    }

    // What its sender has not heard of may still come: it waits for the session to come back. What went with its
    // connection went with the power, where there is no other node that may have it.
    private bool MayCome(WriteRecord write, long now) =>
        manyNodes ? write.End > now : write.End == Never && write.LostWay is null;

    private bool IsDurable(WriteRecord write, long now) => write.DurableAt <= now
        || _syncs.Exists(sync => sync.Start > write.End && sync.End <= now);

    private void Check(long block, Dictionary<ulong, Value> values)
    {
        var zones = values.Where(v => v.Value.IsReal(v.Key)).Select(v => v.Value.ZoneOf(v.Key))
            .OrderBy(zone => zone.Low).ToArray();
        Zone? before = null;
        foreach (var zone in zones)
        {
            if (!zone.IsForward) continue;
            SimulationException.Unless(before is not { } last || last.High <= zone.Low,
                $"{name} block {block}: no order explains writes {before?.Number} and {zone.Number}: {before} {zone}");
            before = zone;
        }
        foreach (var zone in zones)
        {
            if (zone.IsForward) continue;
            foreach (var around in zones)
                SimulationException.Unless(!around.IsForward || around.Low >= zone.Low || zone.High >= around.High,
                    $"{name} block {block}: write {zone.Number} within the time of {around.Number}: {zone} {around}");
        }
    }

    private Value ValueOf(long block, ulong number)
    {
        if (!_blocks.TryGetValue(block, out var values))
        {
            _blocks.Add(block, values = []);
            values[0] = new Value { IsInitial = true };
        }
        if (!values.TryGetValue(number, out var value)) values.Add(number, value = new Value());
        return value;
    }

    private sealed class Value
    {
        public WriteRecord? Write { get; set; }

        public bool IsInitial { get; init; }

        public long FirstReadEnd { get; set; } = Never;

        public long LastReadStart { get; set; } = -1;

        // What nobody has read and nobody was told of may never have happened.
        public bool IsReal(ulong number) => FirstReadEnd != Never || Write is { IsDefinite: true } || IsInitial;

        public Zone ZoneOf(ulong number)
        {
            var writeEnd = IsInitial ? -1 : Write?.End ?? -1;
            var writeStart = IsInitial ? -1 : Write?.Start ?? -1;
            var firstEnd = Math.Min(writeEnd, FirstReadEnd);
            var lastStart = Math.Max(writeStart, LastReadStart);
            return firstEnd < lastStart
                ? new Zone(number, firstEnd, lastStart, IsForward: true)
                : new Zone(number, lastStart, firstEnd, IsForward: false);
        }
    }

    private readonly record struct Zone(ulong Number, long Low, long High, bool IsForward);
}

/// <summary>One write as its sender knows it.</summary>
internal sealed class WriteRecord
{
    public required ulong Number { get; init; }

    public required string Host { get; init; }

    public required long Start { get; init; }

    /// <summary>It has taken effect by then, or never will.</summary>
    public long End { get; set; } = BlockHistory.Never;

    /// <summary>Answered with GOOD.</summary>
    public bool IsDefinite { get; set; }

    /// <summary>Answered so that it cannot have had an effect.</summary>
    public bool IsRefused { get; set; }

    /// <summary>What it went with, so that nobody will answer it any more; null where it did not.</summary>
    public SessionWay? LostWay { get; set; }

    /// <summary>From when on a power loss cannot take it.</summary>
    public long DurableAt { get; set; } = BlockHistory.Never;
}

/// <summary>A way that a write can be lost on: a session of a host at a node, or the door between the nodes.</summary>
internal sealed record SessionWay(string Host, int Session, int Node)
{
    public static SessionWay Door { get; } = new("", 0, -1);
}
