using System.Collections.Frozen;
using Lunette.Runtime;

namespace Lunette.Stmf.Transitions;

/// <summary>
/// A state machine as a table: each (state, event) pair is either a row or declared impossible. A test holds every
/// table to that.
/// </summary>
/// <typeparam name="TState">States.</typeparam>
/// <typeparam name="TEvent">Events.</typeparam>
/// <typeparam name="TAction">What a row asks its owner to do.</typeparam>
public sealed class TransitionTable<TState, TEvent, TAction>
    where TState : struct, Enum
    where TEvent : struct, Enum
    where TAction : struct, Enum
{
    private readonly FrozenDictionary<(TState State, TEvent Event), TransitionRow<TState, TEvent, TAction>> _rows;

    /// <summary>Makes a table of rows and of pairs that cannot happen.</summary>
    public TransitionTable(
        string name,
        IReadOnlyList<TransitionRow<TState, TEvent, TAction>> rows,
        IReadOnlyList<(TState State, TEvent Event)> impossible)
    {
        Name = name;
        Rows = rows;
        Impossible = impossible;
        _rows = rows.ToFrozenDictionary(r => (r.From, r.Event));
    }

    /// <summary>Names the machine.</summary>
    public string Name { get; }

    /// <summary>All rows.</summary>
    public IReadOnlyList<TransitionRow<TState, TEvent, TAction>> Rows { get; }

    /// <summary>Pairs that would be our own mistake.</summary>
    public IReadOnlyList<(TState State, TEvent Event)> Impossible { get; }

    /// <summary>The row of a pair.</summary>
    /// <exception cref="InvariantException">The pair is impossible.</exception>
    public TransitionRow<TState, TEvent, TAction> Row(TState state, TEvent happened)
    {
        if (_rows.TryGetValue((state, happened), out var row)) return row;
        throw new InvariantException($"{Name}: {happened} cannot happen in {state}");
    }
}

/// <summary>One row of a <see cref="TransitionTable{TState,TEvent,TAction}"/>.</summary>
/// <typeparam name="TState">States.</typeparam>
/// <typeparam name="TEvent">Events.</typeparam>
/// <typeparam name="TAction">What the row asks its owner to do.</typeparam>
/// <param name="From">State before.</param>
/// <param name="Event">What happened.</param>
/// <param name="To">State after.</param>
/// <param name="Action">What to do.</param>
public readonly record struct TransitionRow<TState, TEvent, TAction>(
    TState From, TEvent Event, TState To, TAction Action)
    where TState : struct, Enum
    where TEvent : struct, Enum
    where TAction : struct, Enum;
