using Lunette.Backing;
using Lunette.Backing.Filters;
using Lunette.Runtime.Loops;

namespace Lunette.Lu.Disk.Tests.TaskModel;

/// <summary>A medium in which each READ and WRITE stays until it is let out, in any order, well or with an
/// error.</summary>
internal sealed class HoldingStore(BackingStore beneath) : StoreFilter(beneath)
{
    private readonly List<StoreRequest> _held = [];

    public override string Name => "holding";

    /// <summary>Where the requests begin that are in it, in bytes.</summary>
    public IEnumerable<long> Held => _held.Select(request => request.Offset);

    /// <summary>Whether requests stay.</summary>
    public bool Holds { get; set; } = true;

    public override bool Start(StoreRequest request)
    {
        if (!Holds || request.Operation is not (StoreOperation.Read or StoreOperation.Write))
            return Beneath.Start(request);
        _held.Add(request);
        return false;
    }

    /// <summary>Lets the request at an offset out, on its loop.</summary>
    public Loop LetOut(long offset, bool fails)
    {
        var request = _held.Single(held => held.Offset == offset);
        _held.Remove(request);
        request.Loop.Post(new ComeOut(Beneath, request, fails));
        return request.Loop;
    }

    private sealed class ComeOut(BackingStore beneath, StoreRequest request, bool fails) : LoopWork
    {
        public override void Run()
        {
            if (fails)
                EndNow(request, request.Operation == StoreOperation.Read ? StoreResult.ReadError
                    : StoreResult.WriteError, request.Offset);
            if (fails || beneath.Start(request)) request.Run();
        }
    }
}
