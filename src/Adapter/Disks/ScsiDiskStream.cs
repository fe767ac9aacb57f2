namespace Lunette.Adapter.Disks;

/// <summary>
/// A disk as a stream. Whole blocks go straight to the disk; the ends of unaligned accesses through a block of its own.
/// An access that fails or is cancelled leaves the position where it was.
/// </summary>
internal sealed class ScsiDiskStream(ScsiDisk disk) : Stream
{
    private readonly byte[] _block = new byte[disk.BlockLengthBytes];
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Length => disk.LengthBytes;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var wanted = (int)Math.Min(buffer.Length, Math.Max(0, Length - _position));
        for (var done = 0; done < wanted;)
        {
            var (lba, offset) = Place(_position + done);
            var rest = buffer[done..wanted];
            var whole = rest.Length - (rest.Length % _block.Length);
            var moved = whole;
            if (offset == 0 && whole > 0)
            {
                await disk.ReadAsync(lba, rest[..whole], cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await disk.ReadAsync(lba, _block, cancellationToken).ConfigureAwait(false);
                moved = Math.Min(_block.Length - offset, rest.Length);
                _block.AsMemory(offset, moved).CopyTo(rest);
            }
            done += moved;
        }
        _position += wanted;
        return wanted;
    }

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (buffer.Length > Length - _position) throw new IOException("the write goes past the end of the disk");
        var position = _position;
        while (!buffer.IsEmpty)
        {
            var (lba, offset) = Place(position);
            var moved = buffer.Length - (buffer.Length % _block.Length);
            if (offset == 0 && moved > 0)
            {
                await disk.WriteAsync(lba, buffer[..moved], cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await disk.ReadAsync(lba, _block, cancellationToken).ConfigureAwait(false);
                moved = Math.Min(_block.Length - offset, buffer.Length);
                buffer[..moved].CopyTo(_block.AsMemory(offset));
                await disk.WriteAsync(lba, _block, cancellationToken).ConfigureAwait(false);
            }
            buffer = buffer[moved..];
            position += moved;
        }
        _position = position;
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => disk.FlushAsync(cancellationToken).AsTask();

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => Length + offset,
    };

    public override void SetLength(long value) => throw new NotSupportedException("a disk has the length it has");

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("a disk is read asynchronously: use ReadAsync");

    public override void Write(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("a disk is written asynchronously: use WriteAsync");

    public override void Flush() => throw new NotSupportedException("a disk is flushed asynchronously: use FlushAsync");

    private (ulong Lba, int Offset) Place(long position) =>
        ((ulong)(position / _block.Length), (int)(position % _block.Length));
}
