using Lunette.Backing.Workers;

namespace Lunette.Backing.Tests;

/// <summary>The threads that all stores share.</summary>
public sealed class StoreWorkersTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    // Each queue has its share of the threads and no more, however much it is asked.
    [Fact]
    public async Task Queue_HangsWithMuchToDo_OthersGoOn()
    {
        await using var workers = new StoreWorkers(threadsMax: 2, s_patience);
        using var goOn = new ManualResetEventSlim();
        var hanging = new JobQueue(workers);
        var stuck = Enumerable.Range(0, 16).Select(_ => new Job(() => goOn.Wait(s_patience))).ToArray();
        foreach (var job in stuck) hanging.Post(job);
        var other = new JobQueue(workers);
        var quick = Enumerable.Range(0, 16).Select(_ => new Job(() => { })).ToArray();
        foreach (var job in quick) other.Post(job);
        await Task.WhenAll(quick.Select(job => job.Done)).WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.DoesNotContain(stuck, job => job.Done.IsCompleted);
        goOn.Set();
        await Task.WhenAll(stuck.Select(job => job.Done)).WaitAsync(s_patience, TestContext.Current.CancellationToken);
    }

    private sealed class Job(Action action) : BlockingJob
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Done => _done.Task;

        public override void Run()
        {
            action();
            _done.SetResult();
        }
    }
}
