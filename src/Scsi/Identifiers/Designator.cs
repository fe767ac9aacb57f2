using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Lunette.Scsi;

/// <summary>
/// One designation descriptor of the Device Identification VPD page, also used where other data names a logical unit or
/// a port. It owns its bytes and never changes.
/// </summary>
public sealed class Designator : IEquatable<Designator>
{
    /// <summary>The longest designator in bytes, as its length field allows.</summary>
    public const int LengthMax = 255;

    /// <summary>Length of the descriptor's header in bytes.</summary>
    public const int HeaderLength = 4;

    private readonly byte[] _value;

    private Designator(DesignatorType type, CodeSet codeSet, ReadOnlySpan<byte> value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value.Length, LengthMax, nameof(value));
        Type = type;
        CodeSet = codeSet;
        _value = value.ToArray();
    }

    private Designator(Designator other)
    {
        Type = other.Type;
        CodeSet = other.CodeSet;
        Association = other.Association;
        Protocol = other.Protocol;
        _value = other._value;
    }

    /// <summary>DESIGNATOR TYPE.</summary>
    public DesignatorType Type { get; private init; }

    /// <summary>CODE SET.</summary>
    public CodeSet CodeSet { get; private init; }

    /// <summary>ASSOCIATION.</summary>
    public DesignatorAssociation Association { get; private init; }

    /// <summary>PROTOCOL IDENTIFIER where PIV says that it is valid, else null.</summary>
    public ProtocolIdentifier? Protocol { get; private init; }

    /// <summary>DESIGNATOR.</summary>
    public ReadOnlySpan<byte> Value => _value;

    /// <summary>Length of the whole descriptor in bytes.</summary>
    public int Length => HeaderLength + _value.Length;

    /// <summary>T10 vendor identification, eight characters, and the vendor's own.</summary>
    public static Designator T10VendorId(string vendor, string vendorSpecific) =>
        new(DesignatorType.T10VendorId, CodeSet.Ascii,
            Encoding.ASCII.GetBytes(vendor.PadRight(8)[..8] + vendorSpecific));

    /// <summary>EUI-64 based.</summary>
    /// <param name="value">8, 12 or 16 bytes.</param>
    public static Designator Eui64(ReadOnlySpan<byte> value) =>
        value.Length is 8 or 12 or 16
            ? new(DesignatorType.Eui64, CodeSet.Binary, value)
            : throw new ArgumentException("an EUI-64 based designator has 8, 12 or 16 bytes", nameof(value));

    /// <summary>Network address authority.</summary>
    public static Designator Naa(NaaIdentifier identifier)
    {
        Span<byte> bytes = stackalloc byte[16];
        return new(DesignatorType.Naa, CodeSet.Binary, bytes[..identifier.Write(bytes)]);
    }

    /// <summary>The relative identifier of the target port that the command came through.</summary>
    public static Designator RelativeTargetPort(ushort identifier) =>
        Number(DesignatorType.RelativeTargetPort, identifier, DesignatorAssociation.TargetPort);

    /// <summary>The group of that target port.</summary>
    public static Designator TargetPortGroup(ushort group) =>
        Number(DesignatorType.TargetPortGroup, group, DesignatorAssociation.TargetPort);

    /// <summary>The logical unit's group.</summary>
    public static Designator LogicalUnitGroup(ushort group) =>
        Number(DesignatorType.LogicalUnitGroup, group, DesignatorAssociation.LogicalUnit);

    /// <summary>MD5 of what else identifies the logical unit.</summary>
    /// <param name="digest">16 bytes.</param>
    public static Designator Md5(ReadOnlySpan<byte> digest)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(digest.Length, 16, nameof(digest));
        return new(DesignatorType.Md5LogicalUnit, CodeSet.Binary, digest);
    }

    /// <summary>A SCSI name string; it is ended and filled with zeros to a multiple of four bytes.</summary>
    /// <exception cref="ArgumentException">The name is too long.</exception>
    public static Designator ScsiName(string name)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(name) / 4 * 4 + 4];
        Encoding.UTF8.GetBytes(name, bytes);
        return bytes.Length <= LengthMax
            ? new(DesignatorType.ScsiNameString, CodeSet.Utf8, bytes)
            : throw new ArgumentException("a SCSI name string has at most 251 bytes", nameof(name));
    }

    /// <summary>A UUID (RFC 4122), 18 bytes on the wire.</summary>
    public static Designator Uuid(Guid uuid)
    {
        Span<byte> bytes = stackalloc byte[18];
        bytes.Clear();
        bytes[0] = 0x10;
        uuid.TryWriteBytes(bytes[2..], bigEndian: true, out _);
        return new(DesignatorType.Uuid, CodeSet.Binary, bytes);
    }

    /// <summary>Any type and value.</summary>
    /// <param name="type">DESIGNATOR TYPE.</param>
    /// <param name="codeSet">CODE SET.</param>
    /// <param name="value">At most <see cref="LengthMax"/> bytes.</param>
    public static Designator Of(DesignatorType type, CodeSet codeSet, ReadOnlySpan<byte> value) =>
        new(type, codeSet, value);

    /// <summary>The same designator, designating something else.</summary>
    /// <param name="association">What it designates.</param>
    /// <param name="protocol">The protocol, which a logical unit's designator cannot have.</param>
    public Designator For(DesignatorAssociation association, ProtocolIdentifier? protocol = null) =>
        new(this) { Association = association, Protocol = protocol };

    /// <summary>Writes the descriptor.</summary>
    public void Write(ref ParameterDataWriter to)
    {
        to.WriteByte((byte)(Protocol ?? 0) << 4 | (byte)CodeSet);
        to.WriteByte((Protocol is null ? 0 : 0x80) | (byte)Association << 4 | (byte)Type);
        to.WriteByte(0);
        to.WriteByte(_value.Length);
        to.Write(_value);
    }

    /// <summary>Reads a descriptor from the front of untrusted bytes.</summary>
    /// <param name="bytes">Descriptors; what follows the first is not looked at.</param>
    /// <param name="designator">What was read; its <see cref="Length"/> tells where the next one begins.</param>
    /// <returns>False when the bytes end before the descriptor does.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Designator? designator)
    {
        designator = null;
        if (bytes.Length < HeaderLength || bytes.Length < HeaderLength + bytes[3]) return false;
        var association = (DesignatorAssociation)(bytes[1] >> 4 & 3);
        designator = new((DesignatorType)(bytes[1] & 0x0F), (CodeSet)(bytes[0] & 0x0F), bytes.Slice(4, bytes[3]))
        {
            Association = association,
            // PIV has no meaning for a logical unit.
            Protocol = (bytes[1] & 0x80) != 0 && association != DesignatorAssociation.LogicalUnit
                ? (ProtocolIdentifier)(bytes[0] >> 4)
                : null,
        };
        return true;
    }

    /// <summary>The NAA identifier, where it is one.</summary>
    public bool TryGetNaa(out NaaIdentifier identifier)
    {
        identifier = default;
        return Type == DesignatorType.Naa && NaaIdentifier.TryRead(_value, out identifier);
    }

    /// <summary>The port, port group or logical unit group number, where it is one.</summary>
    public int? GetNumber() =>
        Type is DesignatorType.RelativeTargetPort or DesignatorType.TargetPortGroup or DesignatorType.LogicalUnitGroup
            && _value.Length >= 4
            ? BinaryPrimitives.ReadUInt16BigEndian(_value.AsSpan(2))
            : null;

    /// <summary>The text of an ASCII or UTF-8 designator up to its end or first zero, else null.</summary>
    public string? GetText()
    {
        if (CodeSet is not (CodeSet.Ascii or CodeSet.Utf8)) return null;
        var end = _value.AsSpan().IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? _value : _value.AsSpan(0, end));
    }

    /// <inheritdoc/>
    public bool Equals(Designator? other) => other is not null && Type == other.Type && CodeSet == other.CodeSet
        && Association == other.Association && Protocol == other.Protocol && Value.SequenceEqual(other.Value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Designator);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(Type);
        hash.Add(Association);
        hash.AddBytes(_value);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Association} {Type} {GetText() ?? Convert.ToHexString(_value)}";

    private static Designator Number(DesignatorType type, ushort number, DesignatorAssociation association) =>
        new(type, CodeSet.Binary, [0, 0, (byte)(number >> 8), (byte)number]) { Association = association };
}
