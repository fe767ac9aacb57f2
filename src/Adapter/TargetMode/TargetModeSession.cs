using Lunette.Adapter.Arguments;
using Lunette.Adapter.Events;

namespace Lunette.Adapter.TargetMode;

/// <summary>
/// The path on which one initiator sends: its buffers, and who receives them. A pool that is empty holds the sender
/// back; nothing is lost. Its pool changes under its own lock, since transports and receivers come on any thread.
/// </summary>
internal sealed class TargetModeSession
{
    private readonly Lock _gate = new();
    private readonly Stack<TargetModeBuffer> _free = [];
    private readonly StartTargetRequest _request;
    private bool _stopped;

    public TargetModeSession(StartTargetRequest request)
    {
        _request = request;
        LengthBytes = (long)request.BufferSize * request.BufferCount;
        for (var i = 0; i < request.BufferCount; i++)
        {
            _free.Push(new TargetModeBuffer(this, request.BufferSize)
            {
                Correlator = request.Correlator,
                SenderId = request.ScsiId,
            });
        }
    }

    public EventRegistration? Registration { get; set; }

    /// <summary>Whether all buffers together could not hold one SEND.</summary>
    public bool IsTooLong(int length) => length > LengthBytes;

    /// <summary>Bytes of all its buffers.</summary>
    public long LengthBytes { get; }

    /// <summary>A buffer that says TM_ERROR: a SEND ended without its data; null when none is free.</summary>
    public TargetModeBuffer? TryTakeError()
    {
        lock (_gate)
        {
            if (_stopped || !_free.TryPop(out var buffer)) return null;
            buffer.Length = 0;
            buffer.IsLent = true;
            buffer.Flags = TargetModeFlags.Error;
            return buffer;
        }
    }

    /// <summary>Buffers for one SEND, filled; null when there are not enough free.</summary>
    public TargetModeBuffer? TryFill(ReadOnlySpan<byte> data)
    {
        lock (_gate)
        {
            var wanted = Math.Max(1, (data.Length + _request.BufferSize - 1) / _request.BufferSize);
            if (_stopped || _free.Count < wanted) return null;
            TargetModeBuffer? first = null;
            TargetModeBuffer? last = null;
            for (; wanted > 0; wanted--)
            {
                var buffer = _free.Pop();
                var part = Math.Min(data.Length, buffer.Memory.Length);
                data[..part].CopyTo(buffer.Memory);
                data = data[part..];
                buffer.Length = part;
                buffer.IsLent = true;
                buffer.Next = null;
                buffer.Flags = TargetModeFlags.HasData | (wanted > 1 ? TargetModeFlags.MoreData : 0);
                if (last is null) first = buffer;
                else last.Next = buffer;
                last = buffer;
            }
            return first;
        }
    }

    /// <summary>Hands a chain to the receiver, unless it was stopped meanwhile. On the adapter's loop, where it is
    /// stopped, too.</summary>
    public void Deliver(TargetModeBuffer chain)
    {
        bool isStopped;
        lock (_gate) isStopped = _stopped;
        if (!isStopped) _request.Receive!(chain);
    }

    /// <summary>
    /// Takes a chain back; what was freed with the session, or is given back twice, is not looked at.
    /// </summary>
    public void Free(TargetModeBuffer chain)
    {
        lock (_gate)
        {
            for (var buffer = chain; buffer is not null;)
            {
                var next = buffer.Next;
                if (buffer.Session == this && buffer.IsLent && !_stopped)
                {
                    buffer.IsLent = false;
                    buffer.Next = null;
                    buffer.Flags = TargetModeFlags.None;
                    _free.Push(buffer);
                }
                buffer = next;
            }
        }
    }

    /// <summary>Releases everything; buffers still out are freed too.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            _free.Clear();
        }
    }
}
