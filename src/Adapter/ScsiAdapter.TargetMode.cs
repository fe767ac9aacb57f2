using System.Collections.Concurrent;
using Lunette.Adapter.Arguments;
using Lunette.Adapter.Events;
using Lunette.Adapter.TargetMode;
using Lunette.Adapter.Transports;

namespace Lunette.Adapter;

/// <content>Target mode: the adapter as a processor device that other initiators send to.</content>
public sealed partial class ScsiAdapter : ITargetModeReceiver
{
    /// <summary>Fewest buffers a path may have.</summary>
    public const int TargetModeBuffersMin = 16;

    private const int BufferSizeMax = 1 << 20;
    private const int BufferCountMax = 4096;
    private const long BuffersBytesMax = 64 << 20;

    private readonly ConcurrentDictionary<ulong, TargetModeSession> _senders = new();
    private long _bufferBytes;

    private bool HasTargetMode => Attributes.TargetModeEnabled && Description.TargetMode is not null;

    private void AttachTargetMode()
    {
        if (Attributes.TargetModeEnabled) Description.TargetMode?.AttachReceiver(this);
    }

    TargetModeReception ITargetModeReceiver.Receive(ulong senderId, ReadOnlySpan<byte> data)
    {
        if (!_senders.TryGetValue(senderId, out var session)) return TargetModeReception.NotStarted;
        var isTooLong = session.IsTooLong(data.Length);
        if ((isTooLong ? session.TryTakeError() : session.TryFill(data)) is not { } chain)
        {
            Post(() => Tell(session.Registration, AdapterEvents.BuffersExhausted));
            return TargetModeReception.HeldBack;
        }
        Post(() => session.Deliver(chain));
        return isTooLong ? TargetModeReception.TooLong : TargetModeReception.Received;
    }

    private Task<Errno> StartTargetAsync(StartTargetRequest request) => CarryOutAsync(() =>
    {
        if (!HasTargetMode) return Errno.ENXIO;
        var lawful = request.LunId == 0 && request.ScsiId != Attributes.CardScsiId && request.Receive is not null
            && request.BufferSize is > 0 and <= BufferSizeMax
            && request.BufferCount is >= TargetModeBuffersMin and <= BufferCountMax;
        if (!lawful) return Errno.EINVAL;
        if (_senders.ContainsKey(request.ScsiId)) return Errno.EINVAL;
        var bytes = (long)request.BufferSize * request.BufferCount;
        if (bytes > BuffersBytesMax || _bufferBytes + bytes > Attributes.TargetModeBytesMax) return Errno.ENOMEM;
        _bufferBytes += bytes;
        var session = new TargetModeSession(request);
        _senders[request.ScsiId] = session;
        WatchLoop();
        request.Free = session.Free;
        return Errno.None;
    });

    private Task<Errno> StopTargetAsync(StopTargetRequest request) => CarryOutAsync(() =>
    {
        if (!HasTargetMode) return Errno.ENXIO;
        if (!_senders.TryRemove(request.ScsiId, out var session)) return Errno.EINVAL;
        session.Stop();
        _bufferBytes -= session.LengthBytes;
        WatchLoop();
        return Errno.None;
    });
}
