using Lunette.Adapter.Arguments;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Opening;

namespace Lunette.Adapter.TargetMode;

/// <summary>
/// The receiving side of tmscsi: what one initiator has sent waits in the adapter's buffers until it is read, one SEND
/// after another. Who is not read is held back when the buffers are full. Any thread.
/// </summary>
public sealed class TargetModeDevice
{
    private const int BufferSize = 64 << 10;
    private const int BufferCount = ScsiAdapter.TargetModeBuffersMin;

    private readonly Lock _gate = new();
    private readonly Queue<TargetModeBuffer> _waiting = new();
    private readonly AdapterFile _file;
    private readonly StartTargetRequest _request;
    private long _received;

    private TargetModeDevice(AdapterFile file, ulong scsiId)
    {
        _file = file;
        _request = new StartTargetRequest
        {
            ScsiId = scsiId,
            BufferSize = BufferSize,
            BufferCount = BufferCount,
            Receive = Receive,
        };
    }

    /// <summary>SENDs that have come so far.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>SENDs that wait to be read.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate) return _waiting.Count;
        }
    }

    /// <summary>Starts the path of an initiator (SCIOSTARTTGT), as the kernel does.</summary>
    /// <param name="adapter">The adapter, with target mode.</param>
    /// <param name="scsiId">The initiator's SCSI ID.</param>
    /// <returns>The device, or why there is none: EINVAL where the ID is in use or the adapter's own, ENXIO where the
    /// adapter has no target mode.</returns>
    public static async Task<(Errno Error, TargetModeDevice? Device)> StartAsync(ScsiAdapter adapter, ulong scsiId)
    {
        var error = adapter.Open(AdapterCaller.Kernel, OpenExtension.None, out var file);
        if (error != Errno.None) return (error, null);
        var device = new TargetModeDevice(file!, scsiId);
        error = await file!.IoctlAsync(IoctlNumber.SCIOSTARTTGT, device._request).ConfigureAwait(false);
        if (error == Errno.None) return (error, device);
        file.Dispose();
        return (error, null);
    }

    /// <summary>Takes the data of the oldest SEND that waits.</summary>
    /// <returns>EIO where that one was longer than all buffers; no data and no error where none waits.</returns>
    public (Errno Error, byte[]? Data) Read()
    {
        TargetModeBuffer? first;
        lock (_gate) _waiting.TryDequeue(out first);
        if (first is null) return (Errno.None, null);
        var isLost = (first.Flags & TargetModeFlags.Error) != 0;
        var data = new List<byte>();
        for (var buffer = first; buffer is not null; buffer = buffer.Next) data.AddRange(buffer.Data.Span);
        _request.Free!(first);
        return isLost ? (Errno.EIO, null) : (Errno.None, [.. data]);
    }

    /// <summary>Ends the path (SCIOSTOPTGT); what waits is gone.</summary>
    public async Task<Errno> StopAsync()
    {
        var stop = new StopTargetRequest { ScsiId = _request.ScsiId };
        var error = await _file.IoctlAsync(IoctlNumber.SCIOSTOPTGT, stop).ConfigureAwait(false);
        _file.Dispose();
        lock (_gate) _waiting.Clear();
        return error;
    }

    // No more than there are buffers.
    private void Receive(TargetModeBuffer first)
    {
        Interlocked.Increment(ref _received);
        lock (_gate) _waiting.Enqueue(first);
    }
}
