using Lunette.Runtime;
using Lunette.Stmf.Transitions;

namespace Lunette.Stmf.Tests;

public class TransitionTableTests
{
    [Fact]
    public void Object_EveryPair_IsARowOrImpossible() => EachPairOnce(ObjectTransitions.Table);

    [Fact]
    public void Service_EveryPair_IsARowOrImpossible() => EachPairOnce(ServiceTransitions.Table);

    [Fact]
    public void Configuration_EveryPair_IsARowOrImpossible() => EachPairOnce(ConfigurationTransitions.Table);

    [Fact]
    public void Row_ImpossiblePair_BreaksAnInvariant() => Assert.Throws<InvariantException>(
        () => ObjectTransitions.Table.Row(ObjectState.Online, ObjectEvent.OnlineSucceeded));

    private static void EachPairOnce<TState, TEvent, TAction>(TransitionTable<TState, TEvent, TAction> table)
        where TState : struct, Enum
        where TEvent : struct, Enum
        where TAction : struct, Enum
    {
        var stated = table.Rows.Select(r => (r.From, r.Event)).Concat(table.Impossible).ToList();
        var all =
            from state in Enum.GetValues<TState>()
            from happened in Enum.GetValues<TEvent>()
            select (state, happened);
        Assert.Equal(stated.Count, stated.Distinct().Count());
        Assert.Equal(all.ToHashSet(), stated.ToHashSet());
    }
}
