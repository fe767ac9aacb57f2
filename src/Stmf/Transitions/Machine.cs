namespace Lunette.Stmf.Transitions;

/// <summary>
/// A machine that runs a table and keeps its last transitions. Its owner's lock guards it.
/// </summary>
internal sealed class Machine<TState, TEvent, TAction>(
    TransitionTable<TState, TEvent, TAction> table, TState initial, TimeProvider time)
    where TState : struct, Enum
    where TEvent : struct, Enum
    where TAction : struct, Enum
{
    /// <summary>How many transitions are kept.</summary>
    public const int Kept = 64;

    private readonly Transition[] _last = new Transition[Kept];
    private long _count;

    public TState State { get; private set; } = initial;

    /// <summary>Takes the row of what happened and says what is to be done. A row that stays is not kept.</summary>
    public TAction Fire(TEvent happened, string cause)
    {
        var row = table.Row(State, happened);
        if (!EqualityComparer<TState>.Default.Equals(row.From, row.To))
        {
            _last[_count++ % Kept] = new(
                time.GetUtcNow(), row.From.ToString(), happened.ToString(), row.To.ToString(), cause);
            State = row.To;
        }
        return row.Action;
    }

    /// <summary>The transitions kept, oldest first.</summary>
    public Transition[] Describe()
    {
        var kept = (int)Math.Min(_count, Kept);
        var described = new Transition[kept];
        for (var i = 0; i < kept; i++) described[i] = _last[(_count - kept + i) % Kept];
        return described;
    }
}

/// <summary>One transition a machine made, for people.</summary>
/// <param name="At">When.</param>
/// <param name="From">State before.</param>
/// <param name="Event">What happened.</param>
/// <param name="To">State after.</param>
/// <param name="Cause">Why.</param>
public readonly record struct Transition(DateTimeOffset At, string From, string Event, string To, string Cause);
