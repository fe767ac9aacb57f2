using Lunette.Runtime.Loops;

namespace Lunette.Backing.Filters;

/// <summary>Every request waits some time on its loop before it starts beneath: a slow store.</summary>
/// <param name="beneath">The store under it.</param>
/// <param name="delay">How long.</param>
public sealed class DelayFilter(BackingStore beneath, TimeSpan delay) : StoreFilter(beneath)
{
    /// <inheritdoc/>
    public override string Name => "delay";

    /// <summary>How long a request waits.</summary>
    public TimeSpan Delay => delay;

    /// <inheritdoc/>
    public override bool Start(StoreRequest request)
    {
        request.Loop.Arm(new Wait(Beneath, request), delay);
        return false;
    }

    private sealed class Wait(BackingStore beneath, StoreRequest request) : LoopTimer
    {
        public override void Fire()
        {
            if (beneath.Start(request)) request.Run();
        }
    }
}
