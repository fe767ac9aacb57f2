using System.Buffers.Binary;
using System.Globalization;

namespace Lunette.Scsi;

/// <summary>
/// A network address authority identifier (SPC-6, NAA designator format): 8 bytes for NAA 2, 3 and 5, 16 for NAA 6.
/// A logical unit's identity is one of 16 bytes.
/// </summary>
public readonly record struct NaaIdentifier
{
    private readonly UInt128 _value;        // left-aligned: the authority is in the top four bits

    private NaaIdentifier(UInt128 value) => _value = value;

    /// <summary>The authority: 2 extended, 3 locally assigned, 5 registered, 6 registered extended.</summary>
    public int Authority => (int)(_value >> 124);

    /// <summary>Length on the wire in bytes; 0 for the default value, which names nothing.</summary>
    public int Length => LengthOf(Authority);

    /// <summary>The 24-bit company id of NAA 2, 5 and 6; 0 for NAA 3, which has none.</summary>
    public int CompanyId => Authority switch
    {
        2 => (int)(_value >> 88) & 0xFF_FFFF,
        5 or 6 => (int)(_value >> 100) & 0xFF_FFFF,
        _ => 0,
    };

    /// <summary>NAA 5, registered: company id and 36 bits of the vendor's.</summary>
    public static NaaIdentifier Registered(int companyId, ulong vendorSpecific)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)companyId, 0xFF_FFFFu, nameof(companyId));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(vendorSpecific, 0xF_FFFF_FFFFul);
        return new((UInt128)(5UL << 60 | (ulong)companyId << 36 | vendorSpecific) << 64);
    }

    /// <summary>NAA 3, locally assigned: 60 bits that the administrator answers for.</summary>
    public static NaaIdentifier LocallyAssigned(ulong value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, ulong.MaxValue >> 4);
        return new((UInt128)(3UL << 60 | value) << 64);
    }

    /// <summary>NAA 6, registered extended: company id, 36 bits and a 64-bit extension of the vendor's.</summary>
    public static NaaIdentifier RegisteredExtended(int companyId, ulong vendorSpecific, ulong extension)
    {
        var registered = Registered(companyId, vendorSpecific)._value ^ (UInt128)(5UL ^ 6UL) << 124;
        return new(registered | extension);
    }

    /// <summary>
    /// The form in which logical units are given their identity: NAA 6, company id, four zero bits, six bytes that tell
    /// the host, the time, and a counter.
    /// </summary>
    /// <param name="companyId">24 bits.</param>
    /// <param name="host">Six bytes: a MAC address, or a host id and two zero bytes.</param>
    /// <param name="unixTimeSeconds">When it was made.</param>
    /// <param name="generation">Tells apart what was made within a second.</param>
    public static NaaIdentifier ForLogicalUnit(
        int companyId, ReadOnlySpan<byte> host, uint unixTimeSeconds, ushort generation)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(host.Length, 6, nameof(host));
        var high = (ulong)BinaryPrimitives.ReadUInt32BigEndian(host);
        var low = (ulong)BinaryPrimitives.ReadUInt16BigEndian(host[4..]);
        return RegisteredExtended(companyId, high, low << 48 | (ulong)unixTimeSeconds << 16 | generation);
    }

    /// <summary>Reads 8 or 16 bytes, as the authority says; more or fewer are no identifier.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out NaaIdentifier identifier)
    {
        identifier = default;
        if (bytes.IsEmpty || bytes.Length != LengthOf(bytes[0] >> 4)) return false;
        identifier = new(bytes.Length == 16
            ? BinaryPrimitives.ReadUInt128BigEndian(bytes)
            : (UInt128)BinaryPrimitives.ReadUInt64BigEndian(bytes) << 64);
        return true;
    }

    /// <summary>Writes the identifier and returns how many bytes it took.</summary>
    /// <param name="to">At least <see cref="Length"/> bytes.</param>
    public int Write(Span<byte> to)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, _value);
        bytes[..Length].CopyTo(to);
        return Length;
    }

    /// <summary>Reads 16 or 32 hexadecimal digits of either case.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out NaaIdentifier identifier)
    {
        identifier = default;
        Span<byte> bytes = stackalloc byte[16];
        return text.Length is 16 or 32
            && Convert.FromHexString(text, bytes, out _, out var written) == System.Buffers.OperationStatus.Done
            && TryRead(bytes[..written], out identifier);
    }

    /// <summary>16 or 32 upper-case hexadecimal digits.</summary>
    public override string ToString() => _value.ToString("X32", CultureInfo.InvariantCulture)[..(Length * 2)];

    private static int LengthOf(int authority) => authority switch
    {
        2 or 3 or 5 => 8,
        6 => 16,
        _ => 0,
    };
}
