namespace Lunette.Backing.Filters;

/// <summary>
/// A request that a filter makes beneath on behalf of another one, whose data it borrows. When it is done, on the
/// loop of
/// both, the filter has the last word and the upper request ends.
/// </summary>
internal sealed class LowerRequest : StoreRequest
{
    private readonly Action<LowerRequest> _ended;

    private LowerRequest(StoreRequest upper, Action<LowerRequest> ended)
    {
        _ended = ended;
        Upper = upper;
        Operation = upper.Operation;
        Offset = upper.Offset;
        Length = upper.Length;
        SourceOffset = upper.SourceOffset;
        SourceStore = upper.SourceStore;
        ForceUnitAccess = upper.ForceUnitAccess;
        Data = upper.Data;
        Loop = upper.Loop;
    }

    public StoreRequest UpperRequest => (StoreRequest)Upper!;

    /// <summary>Makes one like the upper request; the caller may change it before it starts.</summary>
    public static LowerRequest Of(StoreRequest upper, Action<LowerRequest> ended) => new(upper, ended);

    /// <summary>Starts it; true when the upper request is done too.</summary>
    public bool Start(BackingStore beneath)
    {
        if (!beneath.Start(this)) return false;
        End();
        return true;
    }

    public override void Run()
    {
        End();
        UpperRequest.Run();
    }

    private void End()
    {
        var upper = UpperRequest;
        upper.Result = Result;
        upper.FailedOffset = FailedOffset;
        upper.Extent = Extent;
        _ended(this);
    }
}
