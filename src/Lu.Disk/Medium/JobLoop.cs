using Lunette.Runtime.Loops;

namespace Lunette.Lu.Disk.Medium;

/// <summary>
/// The loop that requests of jobs and of waiting threads come back to: whatever is posted runs at once on the thread
/// that posts it, since all that ever is posted only puts the job back where jobs run, or wakes the thread.
/// </summary>
internal sealed class JobLoop(string name, TimeProvider time) : Loop
{
    public override string Name => name;

    public override bool IsCurrent => true;

    public override long NowNanoseconds => (long)time.GetElapsedTime(0).TotalNanoseconds;

    public override void Post(LoopWork work) => work.Run();

    public override void AtBatchEnd(BatchWork work) => work.RunAtBatchEnd();

    // Only a filter that delays arms timers here; one that is disarmed too late fires and finds nothing to do.
    public override void Arm(LoopTimer timer, TimeSpan due) =>
        time.CreateTimer(static timer => ((LoopTimer)timer!).Fire(), timer, due, Timeout.InfiniteTimeSpan);

    public override void Disarm(LoopTimer timer)
    {
    }
}
