using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Lunette.Scsi;

/// <summary>
/// A TransportID: the name of an initiator port in parameter data (SPC-6, TransportID identifiers). It owns its bytes,
/// in one normal form, so that two of the same port are equal: iSCSI names are folded to lower case.
/// </summary>
public sealed class TransportId : IEquatable<TransportId>
{
    /// <summary>Length in bytes of every form but iSCSI's, and the least of that.</summary>
    public const int LengthMin = 24;

    /// <summary>The longest iSCSI name in bytes (RFC 7143 section 4.2.7.1).</summary>
    public const int IscsiNameLengthMax = 223;

    /// <summary>The longest TransportID in bytes: iSCSI name, separator, ISID and a zero, filled to four.</summary>
    public const int LengthMax = 4 + (IscsiNameLengthMax + 5 + 12 + 1 + 3) / 4 * 4;

    private const string Separator = ",i,0x";

    private readonly byte[] _wire;

    private TransportId(byte[] wire) => _wire = wire;

    /// <summary>PROTOCOL IDENTIFIER.</summary>
    public ProtocolIdentifier Protocol => (ProtocolIdentifier)(_wire[0] & 0x0F);

    /// <summary>FORMAT CODE.</summary>
    public int FormatCode => _wire[0] >> 6;

    /// <summary>The bytes as they stand in parameter data.</summary>
    public ReadOnlySpan<byte> Wire => _wire;

    /// <summary>Length in bytes.</summary>
    public int Length => _wire.Length;

    /// <summary>The iSCSI name of the initiator, or null for another protocol.</summary>
    public string? IscsiName { get; private init; }

    /// <summary>The ISID in 48 bits, where the form has it: it names a port then, else all of the name.</summary>
    public ulong? Isid { get; private init; }

    /// <summary>An iSCSI initiator port: format 01b with an ISID, format 00b without.</summary>
    /// <param name="name">The initiator's iSCSI name.</param>
    /// <param name="isid">48 bits, or null for every port of that name.</param>
    /// <exception cref="ArgumentException">The name is empty, too long, or holds a zero or the separator.</exception>
    public static TransportId Iscsi(string name, ulong? isid = null)
    {
        if (isid > 0xFFFF_FFFF_FFFF) throw new ArgumentOutOfRangeException(nameof(isid));
        var folded = name.ToLowerInvariant();
        var bytes = Encoding.UTF8.GetByteCount(folded);
        if (bytes is 0 or > IscsiNameLengthMax || folded.Contains('\0', StringComparison.Ordinal)
            || folded.Contains(Separator, StringComparison.Ordinal))
            throw new ArgumentException("not an iSCSI name", nameof(name));

        var text = isid is { } value
            ? string.Create(CultureInfo.InvariantCulture, $"{folded}{Separator}{value:x12}")
            : folded;
        var length = Math.Max(20, (Encoding.UTF8.GetByteCount(text) + 1 + 3) / 4 * 4);
        var wire = new byte[4 + length];
        wire[0] = (byte)((isid is null ? 0x00 : 0x40) | (byte)ProtocolIdentifier.Iscsi);
        BinaryPrimitives.WriteUInt16BigEndian(wire.AsSpan(2), (ushort)length);
        Encoding.UTF8.GetBytes(text, wire.AsSpan(4));
        return new(wire) { IscsiName = folded, Isid = isid };
    }

    /// <summary>A Fibre Channel initiator port.</summary>
    /// <param name="nPortName">The worldwide N_Port_Name.</param>
    public static TransportId FibreChannel(ulong nPortName) => Fixed(ProtocolIdentifier.FibreChannel, at: 8, nPortName);

    /// <summary>A SAS initiator port.</summary>
    /// <param name="sasAddress">The SAS address.</param>
    public static TransportId Sas(ulong sasAddress) => Fixed(ProtocolIdentifier.Sas, at: 4, sasAddress);

    /// <summary>An SRP initiator port.</summary>
    /// <param name="initiatorPortIdentifier">The 16-byte initiator port identifier.</param>
    public static TransportId Srp(UInt128 initiatorPortIdentifier)
    {
        var wire = new byte[LengthMin];
        wire[0] = (byte)ProtocolIdentifier.Srp;
        BinaryPrimitives.WriteUInt128BigEndian(wire.AsSpan(8), initiatorPortIdentifier);
        return new(wire);
    }

    /// <summary>Reads a TransportID from the front of untrusted bytes.</summary>
    /// <param name="bytes">TransportIDs; what follows the first is not looked at.</param>
    /// <param name="transportId">What was read, in its normal form.</param>
    /// <param name="consumed">How many bytes it took as received.</param>
    /// <param name="errorAt">Index of the byte that is not as it must be; -1 when the bytes end too soon.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out TransportId? transportId, out int consumed, out int errorAt)
    {
        (transportId, consumed, errorAt) = (null, 0, -1);
        if (bytes.Length < LengthMin) return false;
        if ((ProtocolIdentifier)(bytes[0] & 0x0F) == ProtocolIdentifier.Iscsi)
            return TryReadIscsi(bytes, out transportId, out consumed, out errorAt);

        errorAt = 0;
        if (bytes[0] >> 6 != 0 || (bytes[0] & 0x30) != 0) return false;
        consumed = LengthMin;
        transportId = new(bytes[..LengthMin].ToArray());
        return true;
    }

    private static bool TryReadIscsi(
        ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out TransportId? transportId, out int consumed, out int errorAt)
    {
        (transportId, consumed, errorAt) = (null, 0, 0);
        if ((bytes[0] & 0xB0) != 0) return false;               // format codes 10b and 11b, and reserved bits
        var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        errorAt = 2;
        // SPC-6: at least 20 and a multiple of four.
        if (length < 20 || length % 4 != 0 || length > LengthMax - 4) return false;
        errorAt = -1;
        if (bytes.Length < 4 + length) return false;

        errorAt = 4;
        var field = bytes.Slice(4, length);
        var end = field.IndexOf((byte)0);
        if (end <= 0 || field[end..].ContainsAnyExcept((byte)0)) return false;
        if (!System.Text.Unicode.Utf8.IsValid(field[..end])) return false;
        var text = Encoding.UTF8.GetString(field[..end]);
        ulong? isid = null;
        if ((bytes[0] & 0x40) != 0)
        {
            var at = text.LastIndexOf(Separator, StringComparison.OrdinalIgnoreCase);
            if (at < 0 || !TryReadIsid(text.AsSpan(at + Separator.Length), out var value)) return false;
            isid = value;
            text = text[..at];
        }

        if (Encoding.UTF8.GetByteCount(text.ToLowerInvariant()) is 0 or > IscsiNameLengthMax
            || text.Contains(Separator, StringComparison.OrdinalIgnoreCase)) return false;
        transportId = Iscsi(text, isid);
        consumed = 4 + length;
        errorAt = -1;
        return true;
    }

    private static bool TryReadIsid(ReadOnlySpan<char> text, out ulong isid)
    {
        isid = 0;
        return text.Length == 12
            && ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out isid);
    }

    private static TransportId Fixed(ProtocolIdentifier protocol, int at, ulong address)
    {
        var wire = new byte[LengthMin];
        wire[0] = (byte)protocol;
        BinaryPrimitives.WriteUInt64BigEndian(wire.AsSpan(at), address);
        return new(wire);
    }

    /// <inheritdoc/>
    public bool Equals(TransportId? other) => other is not null && Wire.SequenceEqual(other.Wire);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TransportId);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(_wire);
        return hash.ToHashCode();
    }

    /// <summary>As in <c>iqn.2026-01.org.example:host,i,0x00023d000001</c> or <c>wwn.2100000E1E123456</c>.</summary>
    public override string ToString() => Protocol switch
    {
        ProtocolIdentifier.Iscsi => Isid is { } isid
            ? string.Create(CultureInfo.InvariantCulture, $"{IscsiName}{Separator}{isid:x12}")
            : IscsiName!,
        ProtocolIdentifier.FibreChannel => "wwn." + Convert.ToHexString(_wire.AsSpan(8, 8)),
        ProtocolIdentifier.Sas => "sas." + Convert.ToHexString(_wire.AsSpan(4, 8)),
        ProtocolIdentifier.Srp => "srp." + Convert.ToHexString(_wire.AsSpan(8, 16)),
        _ => $"{Protocol} {Convert.ToHexString(_wire)}",
    };
}
