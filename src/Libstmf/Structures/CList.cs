using System.Runtime.InteropServices;

namespace Lunette.Libstmf.Structures;

/// <summary>A list as libstmf returns it: one allocation of a count and the items behind it.</summary>
internal static unsafe class CList
{
    /// <summary>Writes one item into zeroed memory.</summary>
    public delegate void Fill<T, TItem>(T item, TItem* into)
        where TItem : unmanaged;

    /// <summary>
    /// Makes a list. The count has four bytes; <c>stmfSession</c> holds a time and begins at its alignment.
    /// </summary>
    /// <exception cref="OutOfMemoryException">There is no memory for it.</exception>
    public static void* Make<T, TItem>(IReadOnlyList<T> items, Fill<T, TItem> fill)
        where TItem : unmanaged
    {
        // As the C declaration: one item is there even when the count is zero.
        var offset = OffsetOf<TItem>();
        var bytes = (nuint)offset + (nuint)Math.Max(items.Count, 1) * (nuint)sizeof(TItem);
        var list = (byte*)NativeMemory.AllocZeroed(bytes);
        *(uint*)list = (uint)items.Count;
        var into = (TItem*)(list + offset);
        foreach (var item in items) fill(item, into++);
        return list;
    }

    /// <summary>Where the first item lies.</summary>
    public static int OffsetOf<TItem>()
        where TItem : unmanaged => sizeof(AfterCount<TItem>) - sizeof(TItem);

    [StructLayout(LayoutKind.Sequential)]
    private struct AfterCount<TItem>
        where TItem : unmanaged
    {
        public uint Count;
        public TItem First;
    }
}
