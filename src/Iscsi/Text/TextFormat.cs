using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Lunette.Iscsi;

/// <summary>What is wrong with a text.</summary>
public enum TextFault : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A pair without the equals sign.</summary>
    NoEqualsSign,

    /// <summary>The last pair is not ended by a NUL.</summary>
    NotTerminated,

    /// <summary>A key name that is empty, too long, or has a character that no key has.</summary>
    BadKey,

    /// <summary>A value that is too long, is not UTF-8, or has a control character.</summary>
    BadValue,

    /// <summary>A key stands twice.</summary>
    DuplicateKey,

    /// <summary>More pairs than are taken.</summary>
    TooManyPairs,

    /// <summary>More bytes or PDUs than are taken.</summary>
    TooLong,

    /// <summary>A PDU that says it goes on and brings nothing.</summary>
    EmptyContinuation,
}

/// <summary>Parses text data segments: pairs of key and value, each ended by one NUL (RFC 7143 section 6.1).</summary>
public static class TextFormat
{
    private const string KeyCharacters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-+@_#";

    private static readonly SearchValues<byte> s_keyBytes =
        SearchValues.Create(Encoding.ASCII.GetBytes(KeyCharacters));

    /// <summary>Parses a whole sequence. On a fault there are no pairs.</summary>
    /// <param name="text">The data segments of the sequence, joined, without padding.</param>
    /// <param name="limits">How much is taken.</param>
    /// <param name="pairs">The pairs, in the order in which they stand.</param>
    public static TextFault Parse(ReadOnlySpan<byte> text, TextLimits limits, out IReadOnlyList<TextPair> pairs)
    {
        pairs = [];
        if (text.Length > limits.TotalLengthMax) return TextFault.TooLong;
        if (!text.IsEmpty && text[^1] != 0) return TextFault.NotTerminated;
        var found = new List<TextPair>();
        var seen = limits.KeysMayRepeat ? null : new HashSet<string>(StringComparer.Ordinal);
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)0);
            var item = text[..end];
            text = text[(end + 1)..];
            if (item.IsEmpty) continue;         // a NUL too many says nothing
            if (found.Count == limits.PairsMax) return TextFault.TooManyPairs;
            var fault = ParsePair(item, limits, out var pair);
            if (fault != TextFault.None) return fault;
            if (seen?.Add(pair.Key) == false) return TextFault.DuplicateKey;
            found.Add(pair);
        }
        pairs = found;
        return TextFault.None;
    }

    private static TextFault ParsePair(ReadOnlySpan<byte> item, TextLimits limits, out TextPair pair)
    {
        pair = default;
        var equals = item.IndexOf((byte)'=');
        if (equals < 0) return TextFault.NoEqualsSign;
        var key = item[..equals];
        if (!IsKey(key)) return TextFault.BadKey;
        var value = item[(equals + 1)..];
        if (value.Length > limits.ValueLengthMax || HasControl(value) || !Utf8.IsValid(value))
            return TextFault.BadValue;
        pair = new(Encoding.ASCII.GetString(key), Encoding.UTF8.GetString(value));
        return TextFault.None;
    }

    /// <summary>Whether the bytes are a key name: a letter first, 63 bytes at most.</summary>
    private static bool IsKey(ReadOnlySpan<byte> key) =>
        key.Length is > 0 and <= TextLimits.KeyLengthMax
        && char.IsAsciiLetter((char)key[0])
        && key.IndexOfAnyExcept(s_keyBytes) < 0;

    // A value ends up in listings and logs; none that we know has a use for control characters.
    private static bool HasControl(ReadOnlySpan<byte> value) =>
        value.IndexOfAnyInRange((byte)0, (byte)0x1F) >= 0 || value.Contains((byte)0x7F);
}
