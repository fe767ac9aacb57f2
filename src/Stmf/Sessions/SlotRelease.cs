using Lunette.Runtime.Loops;
using Lunette.Stmf.Contracts;

namespace Lunette.Stmf.Sessions;

/// <summary>Counts the nexuses that have still to forget a slot.</summary>
internal sealed class SlotRelease(int slot, int nexuses, Action<int> freed)
{
    private int _waiting = nexuses;

    public void OneLess()
    {
        if (Interlocked.Decrement(ref _waiting) == 0) freed(slot);
    }
}

/// <summary>One nexus forgets the state a deregistered logical unit has left with it; on the nexus' loop.</summary>
internal sealed class ForgetSlot(ItNexus nexus, int slot, SlotRelease release) : LoopWork
{
    public override void Run()
    {
        if (nexus.FindState(slot) is not null) nexus.SetState(slot, null);
        release.OneLess();
    }
}
