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

    private bool HasTargetMode => Attributes.TargetModeEnabled && Description.TargetMode is not null;

    private void AttachTargetMode()
    {
        if (Attributes.TargetModeEnabled) Description.TargetMode?.AttachReceiver(this);
    }

    TargetModeReception ITargetModeReceiver.Receive(ulong senderId, ReadOnlySpan<byte> data)
    {
        if (!_senders.TryGetValue(senderId, out var session)) return TargetModeReception.NotStarted;
        if (session.IsTooLong(data.Length))
        {
            if (session.TryTakeError() is { } error) Post(() => session.Deliver(error));
            return TargetModeReception.TooLong;
        }
        if (session.TryFill(data) is not { } chain)
        {
            Post(() => session.Registration?.Raise(AdapterEvents.BuffersExhausted));
            return TargetModeReception.HeldBack;
        }
        Post(() => session.Deliver(chain));
        return TargetModeReception.Received;
    }

    private Task<Errno> StartTargetAsync(StartTargetRequest request) => CarryOutAsync(() =>
    {
        if (!HasTargetMode) return Errno.ENXIO;
        var lawful = request.LunId == 0 && request.ScsiId != Attributes.CardScsiId && request.Receive is not null
            && request.BufferSize is > 0 and <= BufferSizeMax
            && request.BufferCount is >= TargetModeBuffersMin and <= BufferCountMax;
        if (!lawful) return Errno.EINVAL;
        if ((long)request.BufferSize * request.BufferCount > BuffersBytesMax) return Errno.ENOMEM;
        var session = new TargetModeSession(request);
        if (!_senders.TryAdd(request.ScsiId, session)) return Errno.EINVAL;
        WatchLoop();
        request.Free = session.Free;
        return Errno.None;
    });

    private Task<Errno> StopTargetAsync(StopTargetRequest request) => CarryOutAsync(() =>
    {
        if (!HasTargetMode) return Errno.ENXIO;
        if (!_senders.TryRemove(request.ScsiId, out var session)) return Errno.EINVAL;
        session.Stop();
        WatchLoop();
        return Errno.None;
    });
}
