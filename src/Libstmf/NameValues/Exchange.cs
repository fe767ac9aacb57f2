using System.Diagnostics.CodeAnalysis;
using System.Text;
using Lunette.Admin.Contracts;
using Lunette.Libstmf.Structures;

namespace Lunette.Libstmf.NameValues;

/// <summary>Between the C program's name/value lists and the contracts'.</summary>
internal static unsafe class Exchange
{
    /// <summary>Makes a list for the C program; it is whole or not made.</summary>
    public static CNameValueList* Make(NameValueList from)
    {
        var list = CNameValueList.Make();
        try
        {
            foreach (var value in from.Values) Add(list, value);
            return list;
        }
        catch
        {
            CNameValueList.Free(list);
            throw;
        }
    }

    /// <summary>
    /// Reads a list of the C program; false where a text is no UTF-8, or lists lie too deep or hold too much.
    /// </summary>
    public static bool TryRead(CNameValueList* from, [NotNullWhen(true)] out NameValueList? list) =>
        TryRead(from, depth: 1, out list);

    private static void Add(CNameValueList* list, NameValue value)
    {
        var name = Encoding.UTF8.GetBytes(value.Name);
        switch (value.Type)
        {
            case NameValueType.String:
                var text = Encoding.UTF8.GetBytes(value.Text ?? "");
                CNameValueList.Add(list, name, CValueType.String, 0, CNameValueList.CopyOf(text), 1);
                break;
            case NameValueType.StringArray:
                var texts = value.Texts ?? [];
                CNameValueList.Add(
                    list, name, CValueType.StringArray, 0, CNameValueList.CopyOf(texts), (uint)texts.Count);
                break;
            case NameValueType.Boolean:
                CNameValueList.Add(list, name, CValueType.Boolean, value.Flag == true ? 1UL : 0, null, 1);
                break;
            case NameValueType.UInt64:
                CNameValueList.Add(list, name, CValueType.UInt64, value.Unsigned ?? 0, null, 1);
                break;
            case NameValueType.Int64:
                CNameValueList.Add(list, name, CValueType.Int64, (ulong)(value.Signed ?? 0), null, 1);
                break;
            case NameValueType.ByteArray:
                var bytes = Convert.FromBase64String(value.Text ?? "");
                CNameValueList.Add(
                    list, name, CValueType.ByteArray, 0, CNameValueList.CopyOf(bytes), (uint)bytes.Length);
                break;
            case NameValueType.List:
                CNameValueList.Add(list, name, CValueType.List, 0, Make(value.List ?? NameValueList.Empty), 1);
                break;
            default:
                throw new InvalidDataException($"a value of a type this library does not know: {value.Type}");
        }
    }

    private static bool TryRead(CNameValueList* from, int depth, [NotNullWhen(true)] out NameValueList? list)
    {
        list = null;
        if (depth > NameValueList.DepthMax) return false;
        List<NameValue> values = [];
        for (var pair = from->First; pair is not null; pair = pair->Next)
        {
            if (values.Count == NameValueList.CountMax || !TryRead(pair, depth, out var value)) return false;
            values.Add(value);
        }
        list = new(values);
        return true;
    }

    // The depth is bounded above: a list can hold only copies of others, so it never holds itself.
    private static bool TryRead(CNameValue* pair, int depth, [NotNullWhen(true)] out NameValue? value)
    {
        value = null;
        if (!CText.TryRead(pair->Name, int.MaxValue, out var name)) return false;
        string? text = null;
        NameValueList? inner = null;
        string[]? texts = null;
        if (pair->Type == CValueType.String && !CText.TryRead((byte*)pair->Value, int.MaxValue, out text)) return false;
        if (pair->Type == CValueType.StringArray && !TryRead((byte**)pair->Value, pair->Count, out texts)) return false;
        if (pair->Type == CValueType.List && !TryRead((CNameValueList*)pair->Value, depth + 1, out inner)) return false;
        value = pair->Type switch
        {
            CValueType.String => new(name, NameValueType.String) { Text = text },
            CValueType.StringArray => new(name, NameValueType.StringArray) { Texts = texts },
            CValueType.List => new(name, NameValueType.List) { List = inner },
            CValueType.Boolean => new(name, NameValueType.Boolean) { Flag = pair->Number != 0 },
            CValueType.UInt64 => new(name, NameValueType.UInt64) { Unsigned = pair->Number },
            CValueType.Int64 => new(name, NameValueType.Int64) { Signed = (long)pair->Number },
            _ => new(name, NameValueType.ByteArray)
            {
                Text = Convert.ToBase64String(new ReadOnlySpan<byte>(pair->Value, (int)pair->Count)),
            },
        };
        return true;
    }

    public static bool TryRead(byte** from, uint count, [NotNullWhen(true)] out string[]? texts)
    {
        var read = new string[count];
        texts = read;
        for (var i = 0; i < read.Length; i++)
        {
            if (!CText.TryRead(from[i], int.MaxValue, out var text)) return false;
            read[i] = text;
        }
        return true;
    }
}
