using Lunette.Runtime.Loops;

namespace Lunette.Backing.Filters;

/// <summary>
/// Requests stay in it until it is released: a store that hangs. Each may be held before it starts beneath, as here, so
/// that releasing it lets an old write reach the medium late. It holds as many as its askers have tasks.
/// </summary>
/// <param name="beneath">The store under it.</param>
/// <param name="holds">Which requests it holds; null: all.</param>
public sealed class HangFilter(BackingStore beneath, Func<StoreRequest, bool>? holds = null) : StoreFilter(beneath)
{
    private readonly Lock _gate = new();
    private readonly Queue<StoreRequest> _held = new();
    private bool _released;

    /// <inheritdoc/>
    public override string Name => "hang";

    /// <summary>Requests held now.</summary>
    public int Held
    {
        get
        {
            lock (_gate) return _held.Count;
        }
    }

    /// <inheritdoc/>
    public override bool Start(StoreRequest request)
    {
        lock (_gate)
        {
            if (!_released && (holds is null || holds(request)))
            {
                _held.Enqueue(request);
                return false;
            }
        }
        return Beneath.Start(request);
    }

    /// <summary>Lets the oldest held request go on; false when none is held.</summary>
    public bool ReleaseOne()
    {
        StoreRequest? request;
        lock (_gate)
        {
            if (!_held.TryDequeue(out request)) return false;
        }
        request.Loop.Post(new GoOn(Beneath, request));
        return true;
    }

    /// <summary>Lets all go on, and holds none from now on.</summary>
    public void Release()
    {
        lock (_gate) _released = true;
        while (ReleaseOne())
        {
        }
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        Release();
        return base.DisposeAsync();
    }

    private sealed class GoOn(BackingStore beneath, StoreRequest request) : LoopWork
    {
        public override void Run()
        {
            if (beneath.Start(request)) request.Run();
        }
    }
}
