using Lunette.DeviceServer;
using Lunette.Simulation.Network;

namespace Lunette.Simulation.Stores;

/// <summary>What a logical unit keeps: replaced as one step at some moment of the save.</summary>
internal sealed class SavedUnit
{
    public ReadOnlyMemory<byte> State { get; set; }
}

/// <summary>A machine's way to it.</summary>
internal sealed class SimulatedPersistence(Machine machine, SavedUnit saved) : ILuPersistence
{
    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>> LoadAsync(CancellationToken stop) => new(saved.State);

    /// <inheritdoc/>
    public void Save(ReadOnlyMemory<byte> state, SaveRequest request)
    {
        var copy = state.ToArray();
        var scheduler = machine.Scheduler;
        scheduler.After(scheduler.Microseconds(2000), () =>
        {
            if (!machine.IsAlive) return;
            saved.State = copy;
            scheduler.After(scheduler.Microseconds(2000), () =>
            {
                if (machine.IsAlive) request.Finish(succeeded: true);
            });
        });
    }
}
