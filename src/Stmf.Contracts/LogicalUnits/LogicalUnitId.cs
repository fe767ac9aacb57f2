using System.Globalization;

namespace Lunette.Stmf.Contracts;

/// <summary>
/// The identity of a logical unit: a 16-byte NAA IEEE Registered Extended identifier (SPC-6, NAA designator format),
/// in COMSTAR's words its GUID.
/// </summary>
/// <param name="High">Bytes 0 to 7, big-endian; the top nibble is 6.</param>
/// <param name="Low">Bytes 8 to 15, big-endian.</param>
public readonly record struct LogicalUnitId(ulong High, ulong Low) : IComparable<LogicalUnitId>
{
    /// <summary>Reads 32 hexadecimal digits of either case; false where it is anything else or not NAA 6.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out LogicalUnitId id)
    {
        id = default;
        if (text.Length != 32
            || !ulong.TryParse(text[..16], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var high)
            || !ulong.TryParse(text[16..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var low))
            return false;
        id = new(high, low);
        return id.IsNaa6;
    }

    /// <summary>Whether the top nibble says NAA 6.</summary>
    public bool IsNaa6 => High >> 60 == 6;

    /// <summary>Writes the 16 bytes.</summary>
    public void Write(Span<byte> to)
    {
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(to, High);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(to[8..], Low);
    }

    /// <summary>Order of the bytes.</summary>
    public int CompareTo(LogicalUnitId other) =>
        High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);

    /// <summary>32 upper-case hexadecimal digits, as stmfadm prints them.</summary>
    public override string ToString() =>
        High.ToString("X16", CultureInfo.InvariantCulture) + Low.ToString("X16", CultureInfo.InvariantCulture);

    /// <summary>Order of the bytes.</summary>
    public static bool operator <(LogicalUnitId left, LogicalUnitId right) => left.CompareTo(right) < 0;

    /// <summary>Order of the bytes.</summary>
    public static bool operator >(LogicalUnitId left, LogicalUnitId right) => left.CompareTo(right) > 0;

    /// <summary>Order of the bytes.</summary>
    public static bool operator <=(LogicalUnitId left, LogicalUnitId right) => left.CompareTo(right) <= 0;

    /// <summary>Order of the bytes.</summary>
    public static bool operator >=(LogicalUnitId left, LogicalUnitId right) => left.CompareTo(right) >= 0;
}
