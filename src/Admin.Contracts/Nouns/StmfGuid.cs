using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lunette.Admin.Contracts;

/// <summary>The identity of a logical unit (<c>stmfGuid</c>): 16 bytes, an NAA identifier of type 6.</summary>
/// <param name="High">Bytes 0 to 7, big-endian.</param>
/// <param name="Low">Bytes 8 to 15, big-endian.</param>
[JsonConverter(typeof(StmfGuidJsonConverter))]
public readonly record struct StmfGuid(ulong High, ulong Low) : IComparable<StmfGuid>
{
    /// <summary>Digits of the text form.</summary>
    public const int TextLength = 32;

    internal static SearchValues<char> HexDigits { get; } = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>Reads 32 hexadecimal digits of either case; the NAA type is not looked at.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out StmfGuid guid)
    {
        guid = default;
        if (text is not { Length: TextLength }
            || !TryParseHalf(text.AsSpan(0, 16), out var high)
            || !TryParseHalf(text.AsSpan(16), out var low))
            return false;
        guid = new(high, low);
        return true;
    }

    private static bool TryParseHalf(ReadOnlySpan<char> digits, out ulong half) =>
        ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out half);

    /// <summary>Order of the bytes, as logical unit lists are sorted.</summary>
    public int CompareTo(StmfGuid other) =>
        High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);

    /// <summary>32 upper-case digits, as stmfadm prints them.</summary>
    public override string ToString() => $"{High:X16}{Low:X16}";

    /// <summary>Order of the bytes.</summary>
    public static bool operator <(StmfGuid left, StmfGuid right) => left.CompareTo(right) < 0;

    /// <summary>Order of the bytes.</summary>
    public static bool operator >(StmfGuid left, StmfGuid right) => left.CompareTo(right) > 0;

    /// <summary>Order of the bytes.</summary>
    public static bool operator <=(StmfGuid left, StmfGuid right) => left.CompareTo(right) <= 0;

    /// <summary>Order of the bytes.</summary>
    public static bool operator >=(StmfGuid left, StmfGuid right) => left.CompareTo(right) >= 0;
}

/// <summary>Writes a GUID as its text; text that is none is malformed JSON.</summary>
public sealed class StmfGuidJsonConverter : JsonConverter<StmfGuid>
{
    /// <inheritdoc/>
    public override StmfGuid Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && StmfGuid.TryParse(reader.GetString(), out var guid)
            ? guid
            : throw new JsonException("a GUID is 32 hexadecimal digits");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, StmfGuid value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
