using System.Numerics;

namespace Lunette.Lu.Disk.Streams;

/// <summary>
/// The open streams of one logical unit (SBC-5, Stream control): which identifiers are given out. The store takes no
/// hint of them. Any loop.
/// </summary>
internal sealed class StreamTable
{
    /// <summary>MAXIMUM NUMBER OF STREAMS; identifiers go from 1 to it.</summary>
    public const int StreamsMax = 64;

    private ulong _open;

    /// <summary>The open streams: bit n is the one of identifier n + 1.</summary>
    public ulong Open => Volatile.Read(ref _open);

    /// <summary>Opens the stream of the least identifier that is free; false where none is.</summary>
    public bool TryOpen(out int identifier)
    {
        while (true)
        {
            var open = Open;
            identifier = BitOperations.TrailingZeroCount(~open) + 1;
            if (open == ulong.MaxValue) return false;
            if (Interlocked.CompareExchange(ref _open, open | BitOf(identifier), open) == open) return true;
        }
    }

    /// <summary>Closes a stream; false where it is not open.</summary>
    public bool TryClose(int identifier) =>
        IsIdentifier(identifier) && (Interlocked.And(ref _open, ~BitOf(identifier)) & BitOf(identifier)) != 0;

    /// <summary>Whether a stream is open.</summary>
    public bool IsOpen(int identifier) => IsIdentifier(identifier) && (Open & BitOf(identifier)) != 0;

    /// <summary>Of a set of open streams those from an identifier on.</summary>
    public static ulong From(int identifier, ulong open) => open & ulong.MaxValue << Math.Max(0, identifier - 1);

    /// <summary>None is open any more.</summary>
    public void CloseAll() => Volatile.Write(ref _open, 0);

    private static bool IsIdentifier(int identifier) => identifier is > 0 and <= StreamsMax;

    private static ulong BitOf(int identifier) => 1UL << (identifier - 1);
}
