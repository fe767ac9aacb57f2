using Lunette.Runtime.Buffers;

namespace Lunette.Backing.Files;

/// <summary>
/// One open file or block device and the blocking calls on it. Any thread; calls may overlap. Short reads (past the end
/// of the file) read as zeros.
/// </summary>
internal abstract class StoreFile : IDisposable
{
    /// <summary>Its name, for people.</summary>
    public abstract string Path { get; }

    /// <summary>Its length when it was opened, in bytes.</summary>
    public abstract long LengthBytes { get; }

    /// <summary>The alignment of offsets and lengths it needs, in bytes.</summary>
    public abstract int BlockLengthBytes { get; }

    /// <summary>The unit it handles best, in bytes.</summary>
    public abstract int PreferredBlockLengthBytes { get; }

    /// <summary>Whether it can give space back, so that space is taken only when written.</summary>
    public abstract bool CanPunch { get; }

    /// <summary>Whether its bytes are in memory, so that no call on it waits for a device.</summary>
    public abstract bool InMemory { get; }

    /// <summary>Space used and left.</summary>
    public abstract StoreSpace Space { get; }

    /// <summary>Reads what can be read without waiting; how many bytes that were.</summary>
    public abstract int TryReadNow(long offset, LeaseList into, int length);

    /// <summary>Reads the bytes from <paramref name="from"/> to <paramref name="length"/> of a transfer.</summary>
    public abstract FileOutcome Read(long offset, LeaseList into, int from, int length);

    /// <summary>Writes; when <paramref name="durable"/>, onto stable storage.</summary>
    public abstract FileOutcome Write(long offset, LeaseList data, int length, bool durable);

    /// <summary>Writes one span.</summary>
    public abstract FileOutcome Write(long offset, ReadOnlySpan<byte> data, bool durable);

    /// <summary>Makes what was written durable.</summary>
    public abstract StoreResult Sync();

    /// <summary>Gives a range back; it reads as zeros afterwards.</summary>
    public abstract FileOutcome Punch(long offset, long length);

    /// <summary>Makes a range zero and keeps its space.</summary>
    public abstract FileOutcome Zero(long offset, long length);

    /// <summary>
    /// Copies from a file, which may be this one; holes stay holes. NotSupported where a read and a write do as well:
    /// then what is there may have changed.
    /// </summary>
    public abstract FileOutcome Copy(StoreFile source, long from, long to, long length);

    /// <summary>What lies at an offset before <paramref name="end"/>.</summary>
    public abstract StoreExtent FindExtent(long offset, long end);

    /// <summary>Changes its length.</summary>
    public abstract StoreResult SetLength(long lengthBytes);

    /// <summary>Takes space for its first bytes; what is there stays.</summary>
    public abstract StoreResult Reserve(long lengthBytes);

    /// <summary>Closes it.</summary>
    public abstract void Dispose();

    /// <summary>Zeros by writing them.</summary>
    protected FileOutcome WriteZeros(long offset, long length)
    {
        while (length > 0)
        {
            var take = (int)Math.Min(ZeroBytes.Length, length);
            var outcome = Write(offset, ZeroBytes.Span(take), durable: false);
            if (outcome.Result != StoreResult.Ok) return outcome;
            offset += take;
            length -= take;
        }
        return FileOutcome.Ok;
    }

    /// <summary>Clears what a short read left over.</summary>
    protected static void ClearFrom(LeaseList into, int from, int length)
    {
        while (from < length)
        {
            var written = into.Write(from, ZeroBytes.Span(Math.Min(ZeroBytes.Length, length - from)));
            if (written == 0) return;
            from += written;
        }
    }
}

/// <summary>How a call ended, and where it failed, in bytes.</summary>
internal readonly record struct FileOutcome(StoreResult Result, long FailedOffset)
{
    public static FileOutcome Ok => default;
}
