using Lunette.Backing.Workers;
using Lunette.Simulation.Network;

namespace Lunette.Simulation.Stores;

/// <summary>Work on whole media as events.</summary>
internal sealed class SimulatedJobs(Machine machine) : IJobQueue
{
    /// <inheritdoc/>
    public void Post(BlockingJob job) =>
        machine.Scheduler.After(machine.Scheduler.Microseconds(300), () =>
        {
            if (machine.IsAlive) job.Run();
        });
}
