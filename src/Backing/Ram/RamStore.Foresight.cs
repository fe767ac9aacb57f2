using System.Runtime.Intrinsics.X86;

namespace Lunette.Backing.Ram;

public sealed unsafe partial class RamStore
{
    // Longer requests are not fetched ahead: what a batch of them brings has to fit the second-level cache, and the
    // processor itself foresees where a long one goes on.
    private const long FetchedBytesMax = 16 << 10;
    private const int CacheLineBytes = 64;

    /// <inheritdoc/>
    public override void Foresee(long offset, long length, int commandsAhead)
    {
        // The base library has the instruction for x86 only.
        if (!Sse.IsSupported || offset < 0 || length > FetchedBytesMax) return;
        var end = Math.Min(offset + length, LengthBytes);
        while (offset < end)
        {
            var take = Math.Min(PageBytes - (offset & (PageBytes - 1)), end - offset);
            if (commandsAhead > 1) _table.Fetch(offset >> PageShift);
            else FetchPage(offset, (int)take);
            offset += take;
        }
    }

    private void FetchPage(long offset, int length)
    {
        var page = _table.Peek(offset >> PageShift);
        if (page == 0) return;
        Sse.Prefetch0(PageHeap.CountOf(page));
        var first = (byte*)page + (int)(offset & (PageBytes - 1));
        for (var at = 0; at < length; at += CacheLineBytes) Sse.Prefetch1(first + at);
    }
}
