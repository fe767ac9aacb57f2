using Lunette.DeviceServer.Commands;
using Lunette.Stmf.Contracts.Tasks;

namespace Lunette.DeviceServer;

/// <content>A medium that does not answer any more.</content>
public abstract partial class EmulatedUnit
{
    private int _atMedium;              // calls that have not come back
    private long _mediumMoved;          // when one last came back, or was made while none was out

    /// <inheritdoc/>
    public sealed override bool IsStalled(long nowNanoseconds) => Volatile.Read(ref _atMedium) > 0
        && nowNanoseconds - Volatile.Read(ref _mediumMoved) > Options.StallTime.TotalNanoseconds;

    /// <summary>A command waits for its medium from now on, on its loop; <see cref="MediumAnswered"/>
    /// follows.</summary>
    public void MediumAsked(long nowNanoseconds)
    {
        if (Volatile.Read(ref _atMedium) == 0) Volatile.Write(ref _mediumMoved, nowNanoseconds);
        Interlocked.Increment(ref _atMedium);
    }

    /// <summary>The medium has answered a command; on its loop.</summary>
    public void MediumAnswered(long nowNanoseconds)
    {
        Volatile.Write(ref _mediumMoved, nowNanoseconds);
        Interlocked.Decrement(ref _atMedium);
    }

    // A command that would only wait behind those that are stuck. What needs no medium still goes, and so does each
    // step of a command that was admitted.
    private bool WouldWaitInVain(ScsiTask task, SupportedCommand row) => _atMedium > 0 && !task.IsStep
        && (row.Passes & Conditions.Stopped) == 0 && IsStalled(task.Nexus.Loop.NowNanoseconds);
}
