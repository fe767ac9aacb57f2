using System.Buffers.Binary;
using System.Globalization;

namespace Lunette.Scsi;

/// <summary>
/// A logical unit number: the 8-byte structure of SAM-6, LUN structure. Two representations that address the same
/// logical unit (peripheral device addressing and flat space addressing of the same number) compare equal, because
/// comparison is canonical.
/// </summary>
public readonly struct Lun : IEquatable<Lun>, IComparable<Lun>
{
    /// <summary>The highest number a single-level LUN can carry (14 bits of flat space addressing).</summary>
    public const int NumberMax = 0x3FFF;

    private readonly ulong _wire;

    private Lun(ulong wire) => _wire = wire;

    /// <summary>LUN 0.</summary>
    public static Lun Zero => default;

    /// <summary>The eight bytes as they stand on the wire, big-endian.</summary>
    public ulong Wire => _wire;

    /// <summary>
    /// A single-level LUN: peripheral device addressing below 256, flat space addressing from there on.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The number does not fit in 14 bits.</exception>
    public static Lun FromNumber(int number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, NumberMax);
        var first = number < 256 ? (ulong)number : 0x4000UL | (ulong)number;
        return new Lun(first << 48);
    }

    /// <summary>Keeps the eight bytes as received; any value is representable.</summary>
    public static Lun FromWire(ulong wire) => new(wire);

    /// <summary>Reads the eight bytes of a LUN field.</summary>
    public static Lun Parse(ReadOnlySpan<byte> field) => new(BinaryPrimitives.ReadUInt64BigEndian(field));

    /// <summary>
    /// The single-level number, or -1 where the structure is not one this target ever reports (another addressing
    /// method, a bus identifier other than 0, or a second level).
    /// </summary>
    public int Number
    {
        get
        {
            if ((_wire & 0x0000_FFFF_FFFF_FFFF) != 0) return -1;
            var first = (int)(_wire >> 48);
            return (first >> 14) switch
            {
                0 => first < 256 ? first : -1,      // peripheral device addressing, bus identifier 0
                1 => first & NumberMax,             // flat space addressing
                _ => -1,
            };
        }
    }

    /// <summary>Writes the eight bytes of a LUN field.</summary>
    public void Write(Span<byte> field) => BinaryPrimitives.WriteUInt64BigEndian(field, _wire);

    private ulong Canonical => Number is var number and >= 0 ? FromNumber(number)._wire : _wire;

    /// <inheritdoc/>
    public bool Equals(Lun other) => _wire == other._wire || Canonical == other.Canonical;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Lun other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Canonical.GetHashCode();

    /// <inheritdoc/>
    public int CompareTo(Lun other) => Canonical.CompareTo(other.Canonical);

    /// <summary>The number in decimal, or the eight bytes in hexadecimal where there is none.</summary>
    public override string ToString() => Number is var number and >= 0
        ? number.ToString(CultureInfo.InvariantCulture)
        : _wire.ToString("X16", CultureInfo.InvariantCulture);

    /// <summary>Canonical equality.</summary>
    public static bool operator ==(Lun left, Lun right) => left.Equals(right);

    /// <summary>Canonical inequality.</summary>
    public static bool operator !=(Lun left, Lun right) => !left.Equals(right);

    /// <summary>Order of the canonical form.</summary>
    public static bool operator <(Lun left, Lun right) => left.CompareTo(right) < 0;

    /// <summary>Order of the canonical form.</summary>
    public static bool operator >(Lun left, Lun right) => left.CompareTo(right) > 0;

    /// <summary>Order of the canonical form.</summary>
    public static bool operator <=(Lun left, Lun right) => left.CompareTo(right) <= 0;

    /// <summary>Order of the canonical form.</summary>
    public static bool operator >=(Lun left, Lun right) => left.CompareTo(right) >= 0;
}
