using Lunette.Runtime.Buffers;

namespace Lunette.Runtime.Streams;

public abstract unsafe partial class StreamConnection
{
    // What one system call takes (IOV_MAX).
    private const int VectorsPerSend = 1024;

    private SendQueue? _queue;
    private bool _blocked;              // the transport took less than there was
    private bool _throttled;            // too much is unsent: the peer is not listened to

    /// <summary>Bytes appended and not yet taken by the transport.</summary>
    public long UnsentBytes => _queue?.Bytes ?? 0;

    /// <summary>Bytes sent, of all kinds.</summary>
    public long SentBytes { get; private set; }

    /// <summary>
    /// Appends room for a header, to be filled before the batch ends; at most <see cref="HeaderBytesMax"/>. On a
    /// connection that cannot send any more the room leads nowhere.
    /// </summary>
    public Span<byte> AppendHeader(int length)
    {
        Invariant.That(length is > 0 and <= HeaderBytesMax, "a header's length lies within a block");
        if (!IsOpen) return Nowhere(length);
        Loop.AtBatchEnd(this);
        Charge(length);
        _queue ??= _resources.RentQueue();
        if (_queue.TryAddHeader(length, out var header)) return header;
        Close(StreamEnd.NoBuffer);
        return Nowhere(length);
    }

    /// <summary>The longest header.</summary>
    public const int HeaderBytesMax = SendQueue.BlockBytes;

    /// <summary>Appends a lease; the connection owns it and releases it when it is sent.</summary>
    public void Append(in Lease lease)
    {
        if (!IsOpen || lease.Length == 0)
        {
            lease.Release();
            return;
        }
        Loop.AtBatchEnd(this);
        Charge(lease.Length);
        _queue ??= _resources.RentQueue();
        if (_queue.TryAdd(lease)) return;
        lease.Release();
        Close(StreamEnd.NoBuffer);
    }

    /// <summary>Appends a copy of bytes.</summary>
    public void AppendCopy(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0 && IsOpen)
        {
            var take = Math.Min(bytes.Length, HeaderBytesMax);
            bytes[..take].CopyTo(AppendHeader(take));
            bytes = bytes[take..];
        }
    }

    /// <summary>
    /// Sends what was appended now and not at the end of the batch, when it is enough: the peer works on it while the
    /// batch goes on. Everything that was appended must be filled.
    /// </summary>
    public void SendEarly()
    {
        if (_queue is not { } queue || _blocked || !IsOpen) return;
        if (queue.Bytes >= _resources.Options.EarlySendBytes) SendNow(queue);
    }

    /// <summary>For a transport whose watch for room ends when it has found some.</summary>
    protected void WritableWatchEnded() => _watching.Writable = false;

    internal void BecameWritable()
    {
        if (_end != StreamEnd.None) return;
        _blocked = false;
        Loop.AtBatchEnd(this);
    }

    private void Flush()
    {
        if (_resumed)
        {
            _resumed = false;
            LookAtSpill();
            if (_end != StreamEnd.None) return;
        }
        if (_queue is { } queue && !_blocked) SendNow(queue);
        if (_end != StreamEnd.None) return;
        var unsent = UnsentBytes;
        var most = _resources.Options.UnsentBytesMax + (Handler?.UnsentBytesBeyond ?? 0);
        var throttled = unsent > (_throttled ? most / 2 : most);
        if (throttled && !_throttled) _resources.CountThrottled();
        _throttled = throttled;
        if (_closing && unsent == 0 && !_sendShut)
        {
            _sendShut = true;
            ShutSend();
            if (_peerDone) Close();
        }
        if (_end != StreamEnd.None) return;
        AskForWhatIsLeft();
        UpdateWatch();
    }

    private void SendNow(SendQueue queue)
    {
        var left = Loop.IsShared ? _resources.Options.TurnBytes : long.MaxValue;
        while (queue.Count > 0)
        {
            if (left <= 0) return;
            var most = Math.Min(queue.Count, VectorsPerSend);
            var count = 0;
            var asked = 0L;
            for (; count < most && asked < left; count++) asked += queue.First[count].Length;
            var beyond = Math.Max(asked - left, 0);
            asked -= beyond;
            queue.First[count - 1].Length -= (nint)beyond;
            var sent = Send(queue.First, count);
            queue.First[count - 1].Length += (nint)beyond;
            if (sent == Broken)
            {
                Close(StreamEnd.Reset);
                return;
            }
            if (sent > 0)
            {
                SentBytes += sent;
                if (_tap is not null) Tap(queue.First, sent, sent: true);
                queue.Sent(sent);
                left -= sent;
            }
            if (sent < asked)
            {
                _blocked = true;
                return;
            }
        }
        _resources.GiveQueue(queue);
        _queue = null;
    }

    // Room for what a closed connection is still told; nobody reads it.
    private static Span<byte> Nowhere(int length) => (t_nowhere ??= new byte[HeaderBytesMax]).AsSpan(0, length);

    [ThreadStatic]
    private static byte[]? t_nowhere;
}
