namespace Lunette.Initiator.Iscsi.Tests;

public class SessionTransitionTests
{
    [Fact]
    public void Table_EveryPair_IsARowOrImpossible()
    {
        var rows = SessionTransitions.Rows.Select(row => (row.From, row.Event)).ToList();
        var all = rows.Concat(SessionTransitions.Impossible).ToList();
        Assert.Equal(all.Count, all.Distinct().Count());
        var pairs = from state in Enum.GetValues<IscsiSessionState>()
                    from happened in Enum.GetValues<SessionEvent>()
                    select (state, happened);
        Assert.Empty(pairs.Except(all));
        Assert.Throws<Runtime.InvariantException>(
            () => SessionTransitions.Find(IscsiSessionState.Ended, SessionEvent.Connected));
    }

    [Fact]
    public void Table_EveryStateButTheLast_CanBeLeftForTheEnd() =>
        Assert.All(
            Enum.GetValues<IscsiSessionState>().Where(state => state != IscsiSessionState.Ended),
            state => Assert.Equal(
                IscsiSessionState.Ended, SessionTransitions.Find(state, SessionEvent.Finished).To));
}
