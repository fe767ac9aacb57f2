using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lunette.Admin.Contracts;

/// <summary>
/// The identity of an initiator or target port (<c>stmfDevid</c>): <c>iqn.</c>, <c>eui.</c>, <c>naa.</c> or
/// <c>wwn.</c> and what follows. Compared as exact text.
/// </summary>
[JsonConverter(typeof(DevidJsonConverter))]
public readonly record struct Devid
{
    /// <summary>Bytes a name may have at most (<c>STMF_IDENT_LENGTH</c>).</summary>
    public const int LengthMax = 255;

    /// <summary>Bytes an iSCSI name may have at most (RFC 7143 section 4.2.7.1).</summary>
    public const int IscsiNameLengthMax = 223;

    private readonly string? _name;

    private Devid(string name) => _name = name;

    /// <summary>The text; empty for the default value.</summary>
    public string Name => _name ?? "";

    /// <summary>Takes any text of 1 to 255 bytes without a NUL, as it stands.</summary>
    public static bool TryCreate([NotNullWhen(true)] string? name, out Devid devid)
    {
        var fits = !string.IsNullOrEmpty(name) && Encoding.UTF8.GetByteCount(name) <= LengthMax && !name.Contains('\0');
        devid = fits ? new Devid(name!) : default;
        return fits;
    }

    /// <summary>
    /// <c>stmfDevidFromIscsiName</c>: takes a name that begins with <c>iqn.</c> or <c>eui.</c> and has at most 223
    /// bytes.
    /// </summary>
    /// <returns><see cref="StmfStatus.Success"/> or <see cref="StmfStatus.InvalidArg"/>.</returns>
    public static StmfStatus FromIscsiName(string? name, out Devid devid)
    {
        devid = default;
        if (name is null || Encoding.UTF8.GetByteCount(name) > IscsiNameLengthMax) return StmfStatus.InvalidArg;
        if (!name.StartsWith("iqn.", StringComparison.Ordinal) && !name.StartsWith("eui.", StringComparison.Ordinal))
            return StmfStatus.InvalidArg;
        return TryCreate(name, out devid) ? StmfStatus.Success : StmfStatus.InvalidArg;
    }

    /// <summary><c>stmfDevidFromWwn</c>: <c>wwn.</c> and 16 upper-case hexadecimal digits.</summary>
    /// <returns><see cref="StmfStatus.Success"/>, or <see cref="StmfStatus.InvalidArg"/> unless there are 8
    /// bytes.</returns>
    public static StmfStatus FromWwn(ReadOnlySpan<byte> wwn, out Devid devid)
    {
        devid = default;
        if (wwn.Length != 8) return StmfStatus.InvalidArg;
        devid = new Devid("wwn." + Convert.ToHexString(wwn));
        return StmfStatus.Success;
    }

    /// <summary>
    /// What the commands take: <c>iqn.</c> folded to lower case, <c>eui.</c> and <c>naa.</c> as they stand, <c>wwn.</c>
    /// and 16 hexadecimal digits in upper case.
    /// </summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Devid devid)
    {
        devid = default;
        if (text is null || text.Length < 5) return false;
        return text[..4].ToLowerInvariant() switch
        {
            "iqn." => FromIscsiName(text.ToLowerInvariant(), out devid) == StmfStatus.Success,
            "eui." => FromIscsiName("eui." + text[4..], out devid) == StmfStatus.Success,
            "naa." => Encoding.UTF8.GetByteCount(text) <= IscsiNameLengthMax
                && TryCreate("naa." + text[4..], out devid),
            "wwn." => text.Length == 20 && text.AsSpan(4).IndexOfAnyExcept(StmfGuid.HexDigits) < 0
                && FromWwn(Convert.FromHexString(text.AsSpan(4)), out devid) == StmfStatus.Success,
            _ => false,
        };
    }

    /// <summary>The text.</summary>
    public override string ToString() => Name;
}

/// <summary>Writes a port name as its text; text that is none is malformed JSON.</summary>
public sealed class DevidJsonConverter : JsonConverter<Devid>
{
    /// <inheritdoc/>
    public override Devid Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Devid.TryCreate(reader.GetString(), out var devid)
            ? devid
            : throw new JsonException("a port name has 1 to 255 bytes");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Devid value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Name);
}
