using System.Runtime.InteropServices;
using System.Text;

namespace Lunette.Libstmf.NameValues;

/// <summary>The types of values, numbered as in every libnvpair.</summary>
internal enum CValueType
{
    Int64 = 7,
    UInt64 = 8,
    String = 9,
    ByteArray = 10,
    StringArray = 17,
    List = 19,
    Boolean = 21,
}

/// <summary>
/// One name and its value, in memory of its own: the name behind it, and the value where it has bytes. A string array
/// is its pointers, and the texts behind them in the same block.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CNameValue
{
    public CNameValue* Next;
    public byte* Name;
    public CValueType Type;
    public uint Count;
    public ulong Number;
    public void* Value;
}

/// <summary>
/// A name/value list in the C program's hands (<c>nvlist_t</c>): its values in order, each name once. It owns all it
/// holds, and belongs to whoever made it or was given it.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CNameValueList
{
    public CNameValue* First;

    public static CNameValueList* Make() =>
        (CNameValueList*)NativeMemory.AllocZeroed((nuint)sizeof(CNameValueList));

    public static void Free(CNameValueList* list)
    {
        if (list is null) return;
        for (var pair = list->First; pair is not null;)
        {
            var next = pair->Next;
            Free(pair);
            pair = next;
        }
        NativeMemory.Free(list);
    }

    public static CNameValue* Find(CNameValueList* list, ReadOnlySpan<byte> name)
    {
        for (var pair = list->First; pair is not null; pair = pair->Next)
        {
            if (MemoryMarshal.CreateReadOnlySpanFromNullTerminated(pair->Name).SequenceEqual(name)) return pair;
        }
        return null;
    }

    /// <summary>Takes a name out; false where the list has none.</summary>
    public static bool Remove(CNameValueList* list, ReadOnlySpan<byte> name)
    {
        var link = &list->First;
        for (; *link is not null; link = &(*link)->Next)
        {
            var pair = *link;
            if (!MemoryMarshal.CreateReadOnlySpanFromNullTerminated(pair->Name).SequenceEqual(name)) continue;
            *link = pair->Next;
            Free(pair);
            return true;
        }
        return false;
    }

    /// <summary>
    /// Adds a value at the end, in place of one of the same name. Takes ownership of <paramref name="value"/>.
    /// </summary>
    public static void Add(
        CNameValueList* list, ReadOnlySpan<byte> name, CValueType type, ulong number, void* value, uint count)
    {
        Remove(list, name);
        var pair = (CNameValue*)NativeMemory.AllocZeroed((nuint)(sizeof(CNameValue) + name.Length + 1));
        pair->Name = (byte*)(pair + 1);
        name.CopyTo(new(pair->Name, name.Length));
        pair->Type = type;
        pair->Number = number;
        pair->Value = value;
        pair->Count = count;
        var link = &list->First;
        while (*link is not null) link = &(*link)->Next;
        *link = pair;
    }

    /// <summary>A copy of bytes with a NUL behind them.</summary>
    public static void* CopyOf(ReadOnlySpan<byte> bytes)
    {
        var copy = (byte*)NativeMemory.AllocZeroed((nuint)bytes.Length + 1);
        bytes.CopyTo(new(copy, bytes.Length));
        return copy;
    }

    /// <summary>A copy of texts in one block.</summary>
    public static void* CopyOf(IReadOnlyList<string> texts)
    {
        var bytes = texts.Sum(text => (long)Encoding.UTF8.GetByteCount(text) + 1 + sizeof(byte*));
        var copy = (byte**)NativeMemory.AllocZeroed((nuint)Math.Max(bytes, 1));
        var into = (byte*)(copy + texts.Count);
        for (var i = 0; i < texts.Count; i++)
        {
            copy[i] = into;
            into += Encoding.UTF8.GetBytes(texts[i], new Span<byte>(into, Encoding.UTF8.GetByteCount(texts[i]))) + 1;
        }
        return copy;
    }

    private static void Free(CNameValue* pair)
    {
        if (pair->Type == CValueType.List) Free((CNameValueList*)pair->Value);
        else NativeMemory.Free(pair->Value);
        NativeMemory.Free(pair);
    }
}
