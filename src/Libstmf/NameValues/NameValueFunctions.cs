using System.Runtime.InteropServices;
using Lunette.Admin.Contracts;

namespace Lunette.Libstmf.NameValues;

/// <summary>
/// The few calls on name/value lists that provider data needs, under names of our own: another libnvpair in the same
/// process keeps its names. They answer with errno's numbers, as such calls do everywhere.
/// </summary>
internal static unsafe class NameValueFunctions
{
    private const int NotThere = 2;
    private const int NoMemory = 12;
    private const int Invalid = 22;
    private const uint UniqueName = 1;

    [UnmanagedCallersOnly(EntryPoint = "lunette_nvlist_alloc")]
    public static int Alloc(CNameValueList** list, uint flag, int memoryFlag) => Run(() =>
    {
        if (list is null || flag != UniqueName || memoryFlag != 0) return Invalid;
        *list = CNameValueList.Make();
        return 0;
    });

    [UnmanagedCallersOnly(EntryPoint = "lunette_nvlist_free")]
    public static void Free(CNameValueList* list) => CNameValueList.Free(list);

    [UnmanagedCallersOnly(EntryPoint = "lunette_nvlist_remove_all")]
    public static int RemoveAll(CNameValueList* list, byte* name) => Run(() =>
    {
        if (list is null || name is null) return Invalid;
        return CNameValueList.Remove(list, Name(name)) ? 0 : NotThere;
    });

    [UnmanagedCallersOnly(EntryPoint = "lunette_nvlist_add_boolean_value")]
    public static int AddBoolean(CNameValueList* list, byte* name, int value) =>
        AddNumber(list, name, CValueType.Boolean, value != 0 ? 1UL : 0);

    [UnmanagedCallersOnly(EntryPoint = "lunette_nvlist_add_uint64")]
    public static int AddUInt64(CNameValueList* list, byte* name, ulong value) =>
        AddNumber(list, name, CValueType.UInt64, value);

    [UnmanagedCallersOnly(EntryPoint = "lunette_nvlist_add_int64")]
    public static int AddInt64(CNameValueList* list, byte* name, long value) =>
        AddNumber(list, name, CValueType.Int64, (ulong)value);

    [UnmanagedCallersOnly(EntryPoint = "lunette_nvlist_add_string")]
    public static int AddString(CNameValueList* list, byte* name, byte* value) => Run(() =>
    {
        if (list is null || name is null || value is null) return Invalid;
        CNameValueList.Add(list, Name(name), CValueType.String, 0, CNameValueList.CopyOf(Name(value)), 1);
        return 0;
    });

    [UnmanagedCallersOnly(EntryPoint = "lunette_nvlist_add_byte_array")]
    public static int AddBytes(CNameValueList* list, byte* name, byte* value, uint count) => Run(() =>
    {
        if (list is null || name is null || (value is null && count > 0) || count > int.MaxValue) return Invalid;
        var copy = CNameValueList.CopyOf(new ReadOnlySpan<byte>(value, (int)count));
        CNameValueList.Add(list, Name(name), CValueType.ByteArray, 0, copy, count);
        return 0;
    });

    [UnmanagedCallersOnly(EntryPoint = "lunette_nvlist_add_string_array")]
    public static int AddStrings(CNameValueList* list, byte* name, byte** value, uint count) => Run(() =>
    {
        if (list is null || name is null || (value is null && count > 0) || count > NameValueList.CountMax)
            return Invalid;
        if (!Exchange.TryRead(value, count, out var texts)) return Invalid;
        CNameValueList.Add(list, Name(name), CValueType.StringArray, 0, CNameValueList.CopyOf(texts), count);
        return 0;
    });

    [UnmanagedCallersOnly(EntryPoint = "lunette_nvlist_add_nvlist")]
    public static int AddList(CNameValueList* list, byte* name, CNameValueList* value) => Run(() =>
    {
        if (list is null || name is null || value is null || !Exchange.TryRead(value, out var copy)) return Invalid;
        CNameValueList.Add(list, Name(name), CValueType.List, 0, Exchange.Make(copy), 1);
        return 0;
    });

    [UnmanagedCallersOnly(EntryPoint = "lunette_nvlist_lookup_nvpair")]
    public static int Lookup(CNameValueList* list, byte* name, CNameValue** pair) => Run(() =>
    {
        if (list is null || name is null || pair is null) return Invalid;
        var found = CNameValueList.Find(list, Name(name));
        if (found is null) return NotThere;
        *pair = found;
        return 0;
    });

    [UnmanagedCallersOnly(EntryPoint = "lunette_nvlist_next_nvpair")]
    public static CNameValue* Next(CNameValueList* list, CNameValue* pair)
    {
        if (pair is not null) return pair->Next;
        return list is null ? null : list->First;
    }

    [UnmanagedCallersOnly(EntryPoint = "lunette_nvpair_name")]
    public static byte* NameOf(CNameValue* pair) => pair is null ? null : pair->Name;

    [UnmanagedCallersOnly(EntryPoint = "lunette_nvpair_type")]
    public static int TypeOf(CNameValue* pair) => pair is null ? 0 : (int)pair->Type;

    [UnmanagedCallersOnly(EntryPoint = "lunette_nvpair_value_boolean_value")]
    public static int Boolean(CNameValue* pair, int* value)
    {
        if (!Is(pair, CValueType.Boolean, value)) return Invalid;
        *value = (int)pair->Number;
        return 0;
    }

    [UnmanagedCallersOnly(EntryPoint = "lunette_nvpair_value_uint64")]
    public static int UInt64(CNameValue* pair, ulong* value)
    {
        if (!Is(pair, CValueType.UInt64, value)) return Invalid;
        *value = pair->Number;
        return 0;
    }

    [UnmanagedCallersOnly(EntryPoint = "lunette_nvpair_value_int64")]
    public static int Int64(CNameValue* pair, long* value)
    {
        if (!Is(pair, CValueType.Int64, value)) return Invalid;
        *value = (long)pair->Number;
        return 0;
    }

    [UnmanagedCallersOnly(EntryPoint = "lunette_nvpair_value_string")]
    public static int String(CNameValue* pair, void** value)
    {
        if (!Is(pair, CValueType.String, value)) return Invalid;
        *value = pair->Value;
        return 0;
    }

    [UnmanagedCallersOnly(EntryPoint = "lunette_nvpair_value_nvlist")]
    public static int List(CNameValue* pair, void** value)
    {
        if (!Is(pair, CValueType.List, value)) return Invalid;
        *value = pair->Value;
        return 0;
    }

    [UnmanagedCallersOnly(EntryPoint = "lunette_nvpair_value_byte_array")]
    public static int Bytes(CNameValue* pair, void** value, uint* count) =>
        Counted(pair, CValueType.ByteArray, value, count);

    [UnmanagedCallersOnly(EntryPoint = "lunette_nvpair_value_string_array")]
    public static int Strings(CNameValue* pair, void** value, uint* count) =>
        Counted(pair, CValueType.StringArray, value, count);

    private static int AddNumber(CNameValueList* list, byte* name, CValueType type, ulong number) => Run(() =>
    {
        if (list is null || name is null) return Invalid;
        CNameValueList.Add(list, Name(name), type, number, null, 1);
        return 0;
    });

    private static int Counted(CNameValue* pair, CValueType type, void** value, uint* count)
    {
        if (!Is(pair, type, value) || count is null) return Invalid;
        *value = pair->Value;
        *count = pair->Count;
        return 0;
    }

    private static bool Is(CNameValue* pair, CValueType type, void* value) =>
        pair is not null && value is not null && pair->Type == type;

    private static ReadOnlySpan<byte> Name(byte* name) => MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name);

    private static int Run(Func<int> function)
    {
        try
        {
            return function();
        }
        catch (OutOfMemoryException)
        {
            return NoMemory;
        }
        catch (Exception)
        {
            // Nothing thrown may reach the C program.
            return Invalid;
        }
    }
}
