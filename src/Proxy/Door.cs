using System.Buffers.Binary;
using System.Threading.Channels;

namespace Lunette.Proxy;

/// <summary>
/// The way to the other node: a connected stream that frames go through, in both directions. Frames can also be put in
/// by hand, for whoever carries them between the nodes in another way. What is wrong with it ends it.
/// </summary>
internal sealed class Door : IAsyncDisposable
{
    /// <summary>Bytes a frame may have at most, without its length: one transfer and its fields.</summary>
    public const int FrameLengthMax = 16 << 20;

    private const int FramesMax = 16384;
    private const int LengthBytes = 4;

    private readonly Stream _stream;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<byte[]> _out = Channel.CreateBounded<byte[]>(
        new BoundedChannelOptions(FramesMax) { SingleReader = true });

    private readonly Channel<byte[]> _in = Channel.CreateBounded<byte[]>(
        new BoundedChannelOptions(FramesMax) { SingleReader = true });

    private Task _running = Task.CompletedTask;

    public Door(Stream stream) => _stream = stream;

    /// <summary>Runs until the other side is gone or says something that is no frame.</summary>
    /// <param name="take">Takes a frame without its length, one at a time; false ends the door.</param>
    /// <param name="ended">Hears of the end, once.</param>
    public void Start(Func<ReadOnlyMemory<byte>, bool> take, Action ended) => _running = RunAsync(take, ended);

    /// <summary>Sends a frame; false where the other side does not take what it was sent.</summary>
    public bool TrySend(byte[] frame) => _out.Writer.TryWrite(frame);

    /// <summary>Takes a frame as if it had come through the stream.</summary>
    /// <returns>False where it is no frame, or too many wait.</returns>
    public bool TryPost(ReadOnlySpan<byte> frame) =>
        frame.Length > LengthBytes && frame.Length - LengthBytes <= FrameLengthMax
        && BinaryPrimitives.ReadInt32BigEndian(frame) == frame.Length - LengthBytes
        && _in.Writer.TryWrite(frame[LengthBytes..].ToArray());

    public async ValueTask DisposeAsync()
    {
        _stop.Cancel();
        await _running;
    }

    private async Task RunAsync(Func<ReadOnlyMemory<byte>, bool> take, Action ended)
    {
        var receiving = ReceiveAsync();
        var sending = SendAsync();
        var taking = TakeAsync(take);
        await Task.WhenAny(receiving, sending, taking);
        _stop.Cancel();
        await Task.WhenAll(receiving, sending, taking);
        await _stream.DisposeAsync();
        ended();
    }

    private async Task ReceiveAsync()
    {
        var prefix = new byte[LengthBytes];
        try
        {
            while (true)
            {
                if (!await TryFillAsync(prefix)) return;
                var length = BinaryPrimitives.ReadInt32BigEndian(prefix);
                if (length is <= 0 or > FrameLengthMax) return;
                var frame = new byte[length];
                if (!await TryFillAsync(frame)) return;
                await _in.Writer.WriteAsync(frame, _stop.Token);
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The other side is gone, or we let go.
        }
    }

    private async ValueTask<bool> TryFillAsync(Memory<byte> into)
    {
        while (into.Length > 0)
        {
            var read = await _stream.ReadAsync(into, _stop.Token);
            if (read == 0) return false;
            into = into[read..];
        }
        return true;
    }

    private async Task SendAsync()
    {
        try
        {
            while (await _out.Reader.WaitToReadAsync(_stop.Token))
                while (_out.Reader.TryRead(out var frame)) await _stream.WriteAsync(frame, _stop.Token);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The other side is gone, or we let go.
        }
    }

    private async Task TakeAsync(Func<ReadOnlyMemory<byte>, bool> take)
    {
        try
        {
            while (await _in.Reader.WaitToReadAsync(_stop.Token))
                while (_in.Reader.TryRead(out var frame))
                    if (!take(frame)) return;
        }
        catch (OperationCanceledException)
        {
            // We let go.
        }
    }
}
