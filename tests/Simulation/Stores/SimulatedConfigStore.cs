using Lunette.Simulation.Network;
using Lunette.Stmf.Configuration;

namespace Lunette.Simulation.Stores;

/// <summary>A machine's way to the configuration, which outlives it. A transaction is whole or not at all.</summary>
internal sealed class SimulatedConfigStore(Machine machine, MemoryConfigStore kept) : IConfigStore
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ConfigurationChange>> LoadAsync(CancellationToken stop) => kept.LoadAsync(stop);

    /// <inheritdoc/>
    public async ValueTask WriteAsync(IReadOnlyList<ConfigurationChange> changes)
    {
        var scheduler = machine.Scheduler;
        await scheduler.Delay(scheduler.Microseconds(3000));
        // A machine without power waits for ever.
        if (!machine.IsAlive) await new TaskCompletionSource().Task;
        await kept.WriteAsync(changes);
        await scheduler.Delay(scheduler.Microseconds(3000));
        if (!machine.IsAlive) await new TaskCompletionSource().Task;
    }
}
