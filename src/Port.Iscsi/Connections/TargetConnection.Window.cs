using Lunette.Iscsi;

namespace Lunette.Port.Iscsi.Connections;

/// <content>
/// A command window full of commands to a logical unit whose medium does not answer (RFC 7143 section 4.2.2.1): the
/// session's other logical units need not suffer. A reserve is opened for them, one for each that is stuck; what comes
/// for those is refused by itself and takes no place for long.
/// </content>
internal sealed partial class TargetConnection
{
    private bool _windowIsWatched;

    // The window is full, as it often is for a moment.
    private void WatchWindow()
    {
        if (_windowIsWatched) return;
        _windowIsWatched = true;
        ArmTimer();
    }

    private void LookAtWindow(long now)
    {
        var tasks = _session.Tasks;
        var stuck = tasks.CountStalled(now);
        if (tasks.ReserveFor(stuck))
        {
            _counters.CountReserveOpened();
            SendNopIn(TargetTransferTag.Reserved);
        }
        _windowIsWatched = stuck > 0 || tasks.Free == 0;
    }
}
