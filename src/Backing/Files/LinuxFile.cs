using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Lunette.Runtime.Buffers;

namespace Lunette.Backing.Files;

/// <summary>A file or block device on Linux: vectored calls, reads that do not wait, holes, range copies.</summary>
internal sealed unsafe partial class LinuxFile : StoreFile
{
    private const int VectorsMax = 128;
    private const long TmpfsMagic = 0x01021994;
    private const long RamfsMagic = 0x858458F6;

    private readonly int _file;
    private readonly int _memoryAlignment;
    private readonly int _sectorBytes;
    private bool _readsNow;
    private bool _writesDurably = true;
    private int _closed;

    private LinuxFile(int file, string path, in FileShape shape)
    {
        _file = file;
        Path = path;
        LengthBytes = shape.LengthBytes;
        BlockLengthBytes = shape.BlockLengthBytes;
        PreferredBlockLengthBytes = shape.PreferredBlockLengthBytes;
        IsBlockDevice = shape.IsBlockDevice;
        InMemory = shape.InMemory;
        _memoryAlignment = shape.MemoryAlignment;
        _sectorBytes = shape.SectorBytes;
        _readsNow = shape.MemoryAlignment == 1;
    }

    public override string Path { get; }

    public override long LengthBytes { get; }

    public override int BlockLengthBytes { get; }

    public override int PreferredBlockLengthBytes { get; }

    public override bool InMemory { get; }

    public bool IsBlockDevice { get; }

    public override bool CanPunch => true;

    public override StoreSpace Space
    {
        get
        {
            Libc.Statx file;
            Libc.StatFs system;
            if (IsBlockDevice || Libc.Stat(_file, "", Libc.AtEmptyPath, Libc.StatxBasic, &file) != 0)
                return new(-1, -1);
            var known = Libc.StatFileSystem(_file, &system) == 0;
            return new((long)file.Blocks512 * 512, known ? (long)system.BlocksAvailable * system.BlockSize : -1);
        }
    }

    public override int TryReadNow(long offset, LeaseList into, int length)
    {
        // A file in memory has no need of the flag, and its file system refuses it.
        if (InMemory) return Math.Max(0, Transfer(write: false, offset, into, 0, length, flags: 0, out _));
        if (!_readsNow) return 0;
        var done = Transfer(write: false, offset, into, 0, length, Libc.RwfNowait, out var error);
        if (error is Libc.EOpNotSupp or Libc.EInval) _readsNow = false;
        return done;
    }

    public override FileOutcome Read(long offset, LeaseList into, int from, int length)
    {
        var done = Transfer(write: false, offset, into, from, length, flags: 0, out var error);
        if (error != 0) return new(ResultOf(error, StoreResult.ReadError), offset + done);
        ClearFrom(into, done, length);
        return FileOutcome.Ok;
    }

    public override FileOutcome Write(long offset, LeaseList data, int length, bool durable)
    {
        var flags = durable && _writesDurably ? Libc.RwfDsync : 0;
        var done = Transfer(write: true, offset, data, 0, length, flags, out var error);
        if (error == Libc.EOpNotSupp && durable && _writesDurably)
        {
            _writesDurably = false;
            return Write(offset, data, length, durable);
        }
        if (error != 0) return new(ResultOf(error, StoreResult.WriteError), offset + done);
        if (done < length) return new(StoreResult.WriteError, offset + done);
        return durable && !_writesDurably ? new(Sync(), offset) : FileOutcome.Ok;
    }

    public override FileOutcome Write(long offset, ReadOnlySpan<byte> data, bool durable)
    {
        fixed (byte* bytes = data)
        {
            var done = 0;
            while (done < data.Length)
            {
                var vector = new Libc.IoVector { Base = (nint)bytes + done, Length = (nuint)(data.Length - done) };
                var written = Libc.Write(_file, &vector, 1, offset + done, flags: 0);
                if (written < 0 && Marshal.GetLastPInvokeError() is not Libc.EIntr and var error)
                    return new(ResultOf(error, StoreResult.WriteError), offset + done);
                done += Math.Max(0, (int)written);
            }
        }
        return durable ? new(Sync(), offset) : FileOutcome.Ok;
    }

    public override StoreResult Sync() =>
        Libc.Sync(_file) == 0 ? StoreResult.Ok : ResultOf(Marshal.GetLastPInvokeError(), StoreResult.WriteError);

    public override void Dispose()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0) return;
        // A child of this process that has not begun its own program yet holds the file too, and with it the lock.
        _ = Libc.Lock(_file, Libc.LockNoMore);
        _ = Libc.Close(_file);
    }

    /// <summary>Moves bytes until the range is done, the end of the file or an error; how many of the transfer are
    /// done.</summary>
    [SkipLocalsInit]
    private int Transfer(bool write, long offset, LeaseList data, int from, int length, int flags, out int error)
    {
        var vectors = stackalloc Libc.IoVector[VectorsMax];
        var done = from;
        error = 0;
        while (done < length)
        {
            var count = Gather(data, done, length, vectors, out var aligned);
            if (!aligned) return TransferCopied(write, offset, data, done, length, flags, out error);
            var moved = write
                ? Libc.Write(_file, vectors, count, offset + done, flags)
                : Libc.Read(_file, vectors, count, offset + done, flags);
            if (moved == 0) return done;
            if (moved > 0)
            {
                done += (int)moved;
            }
            else
            {
                error = Marshal.GetLastPInvokeError();
                if (error != Libc.EIntr) return done;
                error = 0;
            }
        }
        return done;
    }

    private int Gather(LeaseList data, int from, int length, Libc.IoVector* vectors, out bool aligned)
    {
        var count = 0;
        var at = 0;
        var bits = 0L;
        foreach (ref readonly var segment in data.Segments)
        {
            var skip = Math.Max(0, from - at);
            var take = Math.Min(segment.Length, length - at) - skip;
            at += segment.Length;
            if (take > 0)
            {
                vectors[count++] = new() { Base = segment.Address + skip, Length = (nuint)take };
                bits |= (segment.Address + skip) | (nint)take;
            }
            if (at >= length || count == VectorsMax) break;
        }
        aligned = (bits & (_memoryAlignment - 1)) == 0;
        return count;
    }

    /// <summary>O_DIRECT with memory that is not aligned for it: through a buffer that is.</summary>
    private int TransferCopied(bool write, long offset, LeaseList data, int from, int length, int flags, out int error)
    {
        const int Bytes = 1 << 18;
        var buffer = (byte*)NativeMemory.AlignedAlloc(Bytes, 4096);
        try
        {
            var done = from;
            error = 0;
            while (done < length)
            {
                var take = Math.Min(Bytes, length - done);
                var span = new Span<byte>(buffer, take);
                if (write) data.Read(done, span);
                var vector = new Libc.IoVector { Base = (nint)buffer, Length = (nuint)take };
                var moved = write
                    ? Libc.Write(_file, &vector, 1, offset + done, flags)
                    : Libc.Read(_file, &vector, 1, offset + done, flags);
                if (moved == 0) return done;
                if (moved < 0)
                {
                    error = Marshal.GetLastPInvokeError();
                    if (error != Libc.EIntr) return done;
                    error = 0;
                    continue;
                }
                if (!write) data.Write(done, span[..(int)moved]);
                done += (int)moved;
            }
            return done;
        }
        finally
        {
            NativeMemory.AlignedFree(buffer);
        }
    }

    private static StoreResult ResultOf(int error, StoreResult otherwise) => error switch
    {
        Libc.ENoSpc or Libc.EDQuot or Libc.EFBig => StoreResult.NoSpace,
        Libc.ERofs or Libc.EPerm => StoreResult.WriteProtected,
        Libc.ENodev or Libc.ENxio or Libc.EBadF or Libc.EShutdown => StoreResult.Offline,
        _ => otherwise,
    };
}
