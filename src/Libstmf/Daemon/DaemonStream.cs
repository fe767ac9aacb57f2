using System.Runtime.InteropServices;
using System.Text;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Wire;

namespace Lunette.Libstmf.Daemon;

/// <summary>
/// A connection to the daemon that lasts for one call and has a deadline. It calls the system directly and waits in the
/// calling thread: a process that forked has no other, so nothing here may need one.
/// </summary>
internal sealed partial class DaemonStream : Stream, IDescriptorCarrier
{
    private readonly int _socket;
    private readonly long _deadline;
    private bool _closed;

    private DaemonStream(int socket, long deadline) => (_socket, _deadline) = (socket, deadline);

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Connects; SERVICE_NOT_FOUND where no daemon listens, PERM where the caller may not, BUSY where the
    /// daemon does not take the connection in time.</summary>
    public static StmfResult<Stream> Connect(string path, TimeSpan patience)
    {
        var bytes = Encoding.UTF8.GetByteCount(path);
        if (bytes is 0 or > AdminSocket.PathLengthMax)
            return new StmfResult(StmfStatus.InvalidArg, $"{path} is no path of a Unix socket: {bytes} bytes");
        var deadline = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        var socket = Libc.Socket(Libc.AddressFamilyUnix, Libc.StreamSocket | Libc.CloseOnExec, 0);
        if (socket < 0) return new StmfResult(StmfStatus.Error, $"no socket: error {Marshal.GetLastPInvokeError()}");
        var error = Libc.Connect(socket, path, patience);
        if (error == 0) return new(StmfStatus.Success, new DaemonStream(socket, deadline));
        _ = Libc.Close(socket);
        return error switch
        {
            Libc.PermissionDenied or Libc.NotPermitted =>
                new StmfResult(StmfStatus.Perm, $"permission denied on {path}"),
            Libc.TryAgain => new StmfResult(StmfStatus.Busy, $"the daemon at {path} does not answer"),
            _ => new StmfResult(StmfStatus.ServiceNotFound,
                $"no daemon listens on {path}; start one with 'lunette serve'"),
        };
    }

    public void SendDescriptor(int descriptor)
    {
        if (!DescriptorPassing.TrySend(_socket, descriptor)) throw new IOException("the descriptor cannot be sent");
    }

    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            var got = Libc.Receive(_socket, buffer);
            if (got >= 0) return (int)got;
            WaitOrThrow(Libc.ReadyToRead);
        }
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            var sent = Libc.Send(_socket, buffer);
            if (sent >= 0) buffer = buffer[(int)sent..];
            else WaitOrThrow(Libc.ReadyToWrite);
        }
    }

    // The wire form is written for streams that wait elsewhere; these answer before they return.
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        new(Read(buffer.Span));

    public override ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return default;
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (!_closed) _ = Libc.Close(_socket);
        _closed = true;
        base.Dispose(disposing);
    }

    private void WaitOrThrow(short readiness)
    {
        var error = Marshal.GetLastPInvokeError();
        if (error == Libc.Interrupted) return;
        if (error != Libc.TryAgain) throw new IOException($"the connection was lost: error {error}");
        var left = _deadline - Environment.TickCount64;
        if (left <= 0 || Libc.Wait(_socket, readiness, (int)Math.Min(left, int.MaxValue)) == 0)
            throw new IOException("the daemon did not answer in time");
    }
}
