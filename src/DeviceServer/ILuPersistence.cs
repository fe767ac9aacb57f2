using Lunette.Runtime.Loops;

namespace Lunette.DeviceServer;

/// <summary>
/// Where a logical unit keeps what must survive: saved mode pages, persistent reservations with APTPL, identifying
/// information, the history that log pages tell. A seam; the composition root supplies it. The bytes are the device
/// server's own, at most <see cref="StateLengthMax"/>; whoever keeps them does not look inside.
/// </summary>
public interface ILuPersistence
{
    /// <summary>The longest state, in bytes.</summary>
    const int StateLengthMax = 1 << 20;

    /// <summary>Reads what was saved last; empty where nothing ever was. Control plane.</summary>
    ValueTask<ReadOnlyMemory<byte>> LoadAsync(CancellationToken stop);

    /// <summary>
    /// Replaces the saved state as one step: after a crash the old or the new one is there whole. Calls
    /// <see cref="SaveRequest.Finish"/>, from any thread, when the new state is on stable storage or cannot be. It must
    /// not block. One save at a time is asked for.
    /// </summary>
    void Save(ReadOnlyMemory<byte> state, SaveRequest request);
}

/// <summary>One save on its way; it is posted to its loop when it has ended.</summary>
public abstract class SaveRequest : LoopWork
{
    /// <summary>The loop it comes back to; null: none, it goes on wherever the save has ended.</summary>
    public Loop? Loop { get; init; }

    /// <summary>Whether the state is durable.</summary>
    public bool Succeeded { get; private set; }

    /// <summary>The save has ended.</summary>
    public void Finish(bool succeeded)
    {
        Succeeded = succeeded;
        if (Loop is { } loop) loop.Post(this);
        else Run();
    }
}
