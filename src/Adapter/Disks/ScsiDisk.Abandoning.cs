namespace Lunette.Adapter.Disks;

/// <content>
/// Requests that nobody wants any more. One that is nowhere near its device ends at once; one that is there is aborted,
/// alone, and ends when the transport has let go of its memory.
/// </content>
public sealed partial class ScsiDisk
{
    /// <summary>A request's token was cancelled. Any thread; the request is not used for another before this
    /// returns.</summary>
    internal void Abandon(DiskRequest request)
    {
        RequestPlace place;
        lock (_gate)
        {
            request.IsAbandoned = true;
            place = request.Place;
            if (place == RequestPlace.Waiting) TakeOut(request);
            else if (place == RequestPlace.Held) request.Place = RequestPlace.None;
        }
        switch (place)
        {
            case RequestPlace.Waiting:
                request.Complete(Errno.ENXIO);
                break;
            case RequestPlace.Held:
                Finish(request, Errno.ENXIO);
                break;
            case RequestPlace.Delayed or RequestPlace.AtAdapter:
                request.AbandonOn(request.Path!.File.Adapter.Loop);
                break;
            default:
                break;      // who has it looks
        }
    }

    /// <summary>The same on a loop: that of its adapter, if it is the same use of the request still.</summary>
    internal void AbandonHere(DiskRequest request, short version)
    {
        RequestPlace place;
        lock (_gate)
        {
            place = request.Version == version ? request.Place : RequestPlace.None;
            if (place == RequestPlace.Held) request.Place = RequestPlace.None;
        }
        if (place is RequestPlace.None or RequestPlace.Waiting) return;
        // Abandoned, so it goes nowhere else from here.
        var loop = request.Path!.File.Adapter.Loop;
        if (place != RequestPlace.Held && !loop.IsCurrent)
        {
            request.AbandonOn(loop);
            return;
        }
        if (place == RequestPlace.AtAdapter)
        {
            request.Queue?.Abandon(request);        // without a queue it is about to arrive, and is turned away there
            return;
        }
        if (place == RequestPlace.Delayed) request.EndDelay();
        Finish(request, Errno.ENXIO);
    }

    // Whether a request that was held goes on: it may have been abandoned meanwhile, and serve another by now.
    private bool TakeUp(DiskRequest request, short version)
    {
        lock (_gate)
        {
            if (request.Version != version || request.Place != RequestPlace.Held) return false;
            request.Place = RequestPlace.None;
            return true;
        }
    }
}
