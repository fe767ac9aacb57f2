using System.Text;

namespace Lunette.Iscsi;

/// <summary>How a name was given out (RFC 7143 section 4.2.7).</summary>
public enum IscsiNameType : byte
{
    /// <summary>iqn. — by the owner of a domain.</summary>
    Qualified,

    /// <summary>eui. — EUI-64.</summary>
    Eui64,

    /// <summary>naa. — T11 Network Address Authority.</summary>
    Naa,
}

/// <summary>
/// The name of an initiator or target node (RFC 7143 section 4.2.7), folded: two names that the standard holds equal
/// are
/// equal as values.
/// </summary>
public readonly record struct IscsiName
{
    /// <summary>The longest name, in bytes of UTF-8.</summary>
    public const int LengthMax = 223;

    private readonly string? _value;

    private IscsiName(string value) => _value = value;

    /// <summary>The folded name.</summary>
    public string Value => _value ?? "";

    /// <summary>How it was given out.</summary>
    public IscsiNameType Type => Value switch
    {
        ['e', 'u', 'i', ..] => IscsiNameType.Eui64,
        ['n', 'a', 'a', ..] => IscsiNameType.Naa,
        _ => IscsiNameType.Qualified,
    };

    /// <summary>
    /// Folds and checks a name; false when it is none. Letters go to lower case; white space, control characters and
    /// all
    /// ASCII punctuation but '-', '.', ':' and '_' are refused. The underscore is laxer than RFC 3722, which forbids
    /// it:
    /// it is common in names that administrators typed. Beyond ASCII nothing is normalized; the sender has to.
    /// </summary>
    public static bool TryParse(string? text, out IscsiName name)
    {
        name = default;
        if (text is null || text.Length is < 5 or > LengthMax || !HasOnlyLawfulCharacters(text)) return false;
        var folded = text.ToLowerInvariant();
        if (Encoding.UTF8.GetByteCount(folded) > LengthMax) return false;
        var lawful = folded[..4] switch
        {
            "iqn." => IsQualified(folded.AsSpan(4)),
            "eui." => folded.Length == 4 + 16 && IsHexadecimal(folded.AsSpan(4)),
            "naa." => folded.Length is 4 + 16 or 4 + 32 && IsHexadecimal(folded.AsSpan(4)),
            _ => false,
        };
        if (lawful) name = new(folded);
        return lawful;
    }

    /// <summary>As <see cref="TryParse"/>, for names of our own.</summary>
    /// <exception cref="FormatException">It is no iSCSI name.</exception>
    public static IscsiName Parse(string text) =>
        TryParse(text, out var name) ? name : throw new FormatException($"not an iSCSI name: '{text}'");

    /// <inheritdoc/>
    public override string ToString() => Value;

    // yyyy-mm.domain[:anything]
    private static bool IsQualified(ReadOnlySpan<char> rest)
    {
        if (rest.Length < 9 || rest[4] != '-' || rest[7] != '.') return false;
        foreach (var at in (ReadOnlySpan<int>)[0, 1, 2, 3, 5, 6])
            if (!char.IsAsciiDigit(rest[at])) return false;
        var month = (rest[5] - '0') * 10 + (rest[6] - '0');
        return month is >= 1 and <= 12 && rest[8] is not (':' or '.');
    }

    private static bool IsHexadecimal(ReadOnlySpan<char> digits)
    {
        foreach (var digit in digits)
            if (!char.IsAsciiHexDigit(digit)) return false;
        return true;
    }

    private static bool HasOnlyLawfulCharacters(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            var lawful = rune.IsAscii
                ? Rune.IsLetterOrDigit(rune) || rune.Value is '-' or '.' or ':' or '_'
                : rune != Rune.ReplacementChar && (Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune)
                    is System.Globalization.UnicodeCategory.NonSpacingMark
                    or System.Globalization.UnicodeCategory.SpacingCombiningMark);
            if (!lawful) return false;
        }
        return true;
    }
}
