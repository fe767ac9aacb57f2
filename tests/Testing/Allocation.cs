namespace Lunette.Testing;

/// <summary>What a path allocates on the thread that takes it.</summary>
public static class Allocation
{
    /// <summary>How many rounds there are at most.</summary>
    public const int Rounds = 10;

    /// <summary>
    /// The least of several rounds, in bytes. What is made once (a list that grows, a lock that is contended for the
    /// first time, a table of the runtime's) is made in some round; what the path allocates itself, in every one.
    /// </summary>
    public static long LeastOf(Action round)
    {
        var least = long.MaxValue;
        for (var i = 0; i < Rounds && least > 0; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            round();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
