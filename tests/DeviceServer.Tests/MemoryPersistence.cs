namespace Lunette.DeviceServer.Tests;

/// <summary>Keeps a unit's state in memory; saves can be made to fail, or to wait.</summary>
internal sealed class MemoryPersistence : ILuPersistence
{
    private readonly Queue<(byte[] State, SaveRequest Request)> _waiting = new();

    public byte[] Saved { get; set; } = [];

    public int Saves { get; private set; }

    public bool Fails { get; set; }

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
        if (!Fails) Saved = state;
        request.Finish(!Fails);
    }
}
