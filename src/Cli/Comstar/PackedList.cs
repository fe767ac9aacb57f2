using System.Buffers.Binary;
using System.Text;

namespace Lunette.Cli.Comstar;

/// <summary>
/// A name/value list as it is packed in XDR: four bytes that name the encoding, version and flags, then pairs, each
/// with its packed and its unpacked size, name, type and number of elements, and at the end two zeros. Every length is
/// checked against what is left.
/// </summary>
internal static class PackedList
{
    private const byte Xdr = 1;
    private const int DepthMax = 16;
    private const int PairsMax = 1 << 20;

    private const int TypeBoolean = 1;
    private const int TypeString = 9;
    private const int TypeStringArray = 17;
    private const int TypeList = 19;
    private const int TypeListArray = 20;
    private const int TypeBooleanValue = 21;

    // Types whose value is one number of four bytes, or of eight.
    private static readonly int[] s_words = [2, 3, 4, 5, 6, 22, 23];
    private static readonly int[] s_doubleWords = [7, 8, 18];

    /// <summary>Reads a list; null where the bytes are none. Values are texts, lists of texts, or lists.</summary>
    public static IReadOnlyDictionary<string, object>? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 4 || bytes[0] != Xdr) return null;
        var reader = new Reader(bytes[4..]);
        var list = ReadPairs(ref reader, 0);
        return reader.Failed ? null : list;
    }

    private static Dictionary<string, object> ReadPairs(ref Reader reader, int depth)
    {
        var list = new Dictionary<string, object>(StringComparer.Ordinal);
        _ = reader.Word();      // version
        _ = reader.Word();      // flags
        if (depth > DepthMax) reader.Fail();
        while (!reader.Failed)
        {
            var packed = reader.Word();
            var unpacked = reader.Word();
            if (packed == 0 && unpacked == 0) break;
            if (list.Count >= PairsMax) reader.Fail();
            var name = reader.Text();
            var type = (int)reader.Word();
            var count = (int)reader.Word();
            if (ReadValue(ref reader, type, count, depth) is { } value) list[name] = value;
        }
        return list;
    }

    private static object? ReadValue(ref Reader reader, int type, int count, int depth)
    {
        if (Array.IndexOf(s_words, type) >= 0) return Number(reader.Word());
        if (Array.IndexOf(s_doubleWords, type) >= 0) return Number((ulong)reader.Word() << 32 | reader.Word());
        switch (type)
        {
            case TypeBoolean:
                return "true";
            case TypeBooleanValue:
                return reader.Word() != 0 ? "true" : "false";
            case TypeString:
                return reader.Text();
            case TypeStringArray:
                var texts = new List<string>();
                for (var i = 0; i < count && !reader.Failed; i++) texts.Add(reader.Text());
                return texts;
            case TypeList:
                return ReadPairs(ref reader, depth + 1);
            case TypeListArray:
                var lists = new List<object>();
                for (var i = 0; i < count && !reader.Failed; i++) lists.Add(ReadPairs(ref reader, depth + 1));
                return lists;
            default:
                // Arrays of numbers and bytes: no provider's configuration has them.
                reader.Fail();
                return null;
        }
    }

    private static string Number(ulong value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _left = bytes;

        public bool Failed { get; private set; }

        public void Fail()
        {
            Failed = true;
            _left = [];
        }

        public uint Word()
        {
            if (_left.Length < 4)
            {
                Fail();
                return 0;
            }
            var word = BinaryPrimitives.ReadUInt32BigEndian(_left);
            _left = _left[4..];
            return word;
        }

        public string Text()
        {
            var length = Word();
            var padded = ((long)length + 3) & ~3L;
            if (padded > _left.Length)
            {
                Fail();
                return "";
            }
            var text = Encoding.UTF8.GetString(_left[..(int)length]);
            _left = _left[(int)padded..];
            return text;
        }
    }
}
