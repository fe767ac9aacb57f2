using Lunette.Simulation.World;

namespace Lunette.Simulation.Network;

/// <summary>
/// What the doors of two nodes have between them: pieces travel with delays of their own and in order, wait while the
/// nodes do not reach each other, and are lost or still arrive when it breaks. Each end learns of that by itself.
/// </summary>
internal sealed class DoorLink
{
    private const int LatestNews = 2_000_000;       // microseconds until an end learns that the other has no power

    private readonly Scheduler _scheduler;
    private readonly string _name;
    private readonly DoorStream[] _ends;

    public DoorLink(int number, Machine first, Machine second)
    {
        _scheduler = first.Scheduler;
        _name = $"door {number}";
        _ends = [new DoorStream(this, first), new DoorStream(this, second)];
        (_ends[0].Other, _ends[1].Other) = (_ends[1], _ends[0]);
        _scheduler.Log(_name, $"between {first.Name} and {second.Name}");
    }

    public IReadOnlyList<DoorStream> Ends => _ends;

    public Scheduler Scheduler => _scheduler;

    /// <summary>The nodes do not reach each other before then.</summary>
    public long HeldUntil { get; private set; }

    /// <summary>Whether nobody has been told of an end.</summary>
    public bool IsWhole => Array.TrueForAll(_ends, end => end is { IsOver: false, Machine.IsAlive: true });

    public void Hold(TimeSpan time)
    {
        _scheduler.Log(_name, $"held for {time.TotalMilliseconds:0} ms");
        HeldUntil = _scheduler.Now + (time.Ticks * 100);
    }

    /// <summary>All are well again.</summary>
    public void Heal() => HeldUntil = 0;

    /// <summary>It breaks: what is under way is lost, or still comes to one of the ends.</summary>
    public void Break()
    {
        var one = _ends[_scheduler.Random.Next(2)];
        var loses = _scheduler.OneIn(2);
        _scheduler.Log(_name, $"breaks at {one.Machine.Name}{(loses ? ", what is under way is lost" : "")}");
        if (loses)
        {
            one.Other.LosePieces();
            _scheduler.After(_scheduler.Microseconds(5000), one.Other.End);
        }
        else
        {
            one.EndOther();
        }
        one.LosePieces();
        _scheduler.After(_scheduler.Microseconds(5000), one.End);
    }

    /// <summary>One of the machines has lost power: what has left it may still arrive.</summary>
    public void PowerLost(Machine machine)
    {
        foreach (var end in _ends)
            if (end.Machine != machine) _scheduler.After(_scheduler.Microseconds(LatestNews), end.End);
    }
}
