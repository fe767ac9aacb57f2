using System.Globalization;

namespace Lunette.Iscsi;

/// <summary>Who made an ISID unique: its two highest bits (RFC 7143 section 11.12.5).</summary>
public enum IsidType : byte
{
    /// <summary>An IEEE company id and a number of that company.</summary>
    Oui = 0,

    /// <summary>An IANA enterprise number and a number of that enterprise.</summary>
    EnterpriseNumber = 1,

    /// <summary>A random number.</summary>
    Random = 2,

    /// <summary>Reserved.</summary>
    Reserved = 3,
}

/// <summary>
/// Initiator session identifier: with the initiator's name it names an initiator port (RFC 7143 section 11.12.5).
/// <code>
/// | T (2) A (6) | B (16) | C (8) | D (16) |
///   T=0: A and B are the company id, C and D the qualifier
///   T=1: A is zero, B and C the enterprise number, D the qualifier
///   T=2: A is zero, B and C are random, D the qualifier
/// </code>
/// </summary>
public readonly record struct Isid
{
    /// <summary>Length on the wire, in bytes.</summary>
    public const int Length = 6;

    private const ulong Mask = 0xFFFF_FFFF_FFFF;

    /// <summary>Keeps six bytes, the first of them highest.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value has more than 48 bits.</exception>
    public Isid(ulong value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Mask);
        Value = value;
    }

    /// <summary>The six bytes as a number, the first of them highest.</summary>
    public ulong Value { get; }

    /// <summary>The T bits.</summary>
    public IsidType Type => (IsidType)(Value >> 46);

    /// <summary>Company id and 24-bit qualifier.</summary>
    /// <param name="companyId">22 bits: the company id with its I/G and U/L bits left out.</param>
    /// <param name="qualifier">24 bits.</param>
    public static Isid FromCompanyId(uint companyId, uint qualifier)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(companyId, 0x3F_FFFFu);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(qualifier, 0xFF_FFFFu);
        return new((ulong)companyId << 24 | qualifier);
    }

    /// <summary>Enterprise number (24 bits) and qualifier.</summary>
    public static Isid FromEnterpriseNumber(uint enterpriseNumber, ushort qualifier)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(enterpriseNumber, 0xFF_FFFFu);
        return new(1UL << 46 | (ulong)enterpriseNumber << 16 | qualifier);
    }

    /// <summary>A random number (24 bits, from the caller's entropy) and a qualifier.</summary>
    public static Isid FromRandom(uint random, ushort qualifier)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(random, 0xFF_FFFFu);
        return new(2UL << 46 | (ulong)random << 16 | qualifier);
    }

    /// <summary>Reads six bytes.</summary>
    public static Isid Parse(ReadOnlySpan<byte> field)
    {
        ulong value = 0;
        foreach (var part in field[..Length]) value = value << 8 | part;
        return new(value);
    }

    /// <summary>Writes six bytes.</summary>
    public void Write(Span<byte> field)
    {
        for (var i = 0; i < Length; i++) field[i] = (byte)(Value >> 8 * (Length - 1 - i));
    }

    /// <summary>Twelve hexadecimal digits, as SPC writes an ISID in a TransportID.</summary>
    public override string ToString() => Value.ToString("x12", CultureInfo.InvariantCulture);
}
