namespace Lunette.DeviceServer.Tests;

/// <summary>Keeps a unit's state in memory; saves can be made to fail, or to wait.</summary>
internal sealed class MemoryPersistence : ILuPersistence
{
    private readonly Queue<(byte[] State, SaveRequest Request)> _waiting = new();

    public byte[] Saved { get; set; } = [];

    public int Saves { get; private set; }

    public bool Fails { get; set; }

    /// <summary>The one save that fails, by its number from 1; 0 for none.</summary>
    public int FailsAt { get; set; }

    public bool Waits { get; set; }

    public ValueTask<ReadOnlyMemory<byte>> LoadAsync(CancellationToken stop) => new(Saved.AsMemory());

    public void Save(ReadOnlyMemory<byte> state, SaveRequest request)
    {
        Saves++;
        _waiting.Enqueue((state.ToArray(), request));
        if (!Waits) FinishOne();
    }

    public void FinishOne()
    {
        var (state, request) = _waiting.Dequeue();
        var fails = Fails || Saves == FailsAt;
        if (!fails) Saved = state;
        request.Finish(!fails);
    }
}
