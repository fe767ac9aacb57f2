namespace Lunette.Port.Iscsi.Connections;

/// <content>
/// Credit of logical units within a session: large reads wait until everything has been looked at that came with them,
/// and are then carried out by turns (<see cref="Tasks.UnitTurns"/>), as far as the connection's own turn goes. So what
/// is asked of one logical unit does not stand before what is asked of another.
/// </content>
internal sealed partial class TargetConnection
{
    private bool _looking;              // at bytes: commands are being found

    /// <summary>Whether a large transfer may begin at once: no other could come before it.</summary>
    public bool MayBeginTransfer => !_looking && _session.Turns is not { Any: true };

    /// <inheritdoc/>
    public override void TurnEnds() => GiveTurns();

    private void GiveTurns()
    {
        if (_session.Turns is not { Any: true } turns) return;
        while (_stream.HasCredit && turns.Take() is { } task) task.LogicalUnit.TurnCame(task);
        if (turns.Any) _stream.LeaveForNextTurn();
    }
}
