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

    /// <summary>It threw: a bug of ours. Ends what it worked for, so that the loop can go on; the loop reports the
    /// fault by itself.</summary>
    public virtual void Faulted(Exception fault)
    {
    }

    /// <summary>The loop has ended and will not run it: called once in place of <see cref="Run"/>, on the thread that
    /// posted it or on the loop's. Ends what it worked for.</summary>
    public virtual void Refused()
    {
    }
}
