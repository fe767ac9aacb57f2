namespace Lunette.Runtime.Loops;

/// <summary>
/// Something to be run on a loop. It is its own queue node, so posting allocates nothing; it may stand in one queue at
/// a time.
/// </summary>
public abstract class LoopWork
{
    internal LoopWork? NextWork;

    /// <summary>Runs on the loop it was posted to. It must not block and must not throw for
    /// anything a peer did.</summary>
    public abstract void Run();
}
