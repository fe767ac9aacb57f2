using Lunette.DeviceServer;

namespace Lunette.Lu.Disk.Tests;

/// <summary>A place for what a disk keeps, in memory: it outlives the disk.</summary>
internal sealed class KeptState : ILuPersistence
{
    private byte[] _state = [];

    public ValueTask<ReadOnlyMemory<byte>> LoadAsync(CancellationToken stop) => new(_state);

    public void Save(ReadOnlyMemory<byte> state, SaveRequest request)
    {
        _state = state.ToArray();
        request.Finish(succeeded: true);
    }
}
