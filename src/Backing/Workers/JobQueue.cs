namespace Lunette.Backing.Workers;

/// <summary>Where blocking work runs, one job at a time, in the order it was asked for. A seam: simulation runs it as
/// events of its own.</summary>
public interface IJobQueue
{
    /// <summary>Lets the job run. Any thread; a job stands in one queue at a time, and may be posted anew while it
    /// runs.</summary>
    void Post(BlockingJob job);
}

/// <summary>Blocking work other than a store's, such as replacing a small file, in the order it was asked
/// for.</summary>
public sealed class JobQueue : IJobQueue
{
    private readonly Queue _queue;

    /// <summary>Makes a queue; one job of it runs at a time.</summary>
    /// <param name="workers">The threads it runs on.</param>
    public JobQueue(StoreWorkers workers) => _queue = new Queue(workers);

    /// <inheritdoc/>
    public void Post(BlockingJob job) => _queue.AddNow(job.Carrier);

    private sealed class Queue(StoreWorkers workers) : WorkerQueue(workers, threadsMax: 1)
    {
        internal override void Execute(StoreRequest request) => ((BlockingJob.Ticket)request).Job.Run();

        protected override bool MayBlock(StoreRequest request) => true;
    }
}

/// <summary>Work that may block; see <see cref="JobQueue"/>.</summary>
public abstract class BlockingJob
{
    /// <summary>Makes a job.</summary>
    protected BlockingJob() => Carrier = new Ticket(this);

    internal StoreRequest Carrier { get; }

    /// <summary>Runs on a worker. It must not throw.</summary>
    public abstract void Run();

    // What stands in the workers' queue for the job.
    internal sealed class Ticket(BlockingJob job) : StoreRequest
    {
        public BlockingJob Job => job;

        public override void Run() => throw new InvalidOperationException("a job belongs to no loop");
    }
}
