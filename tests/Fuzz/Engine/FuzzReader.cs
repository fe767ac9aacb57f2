using System.Buffers.Binary;

namespace Lunette.Fuzz.Engine;

/// <summary>
/// Takes an input apart into the decisions and bytes a target needs. Past its end everything is zero.
/// </summary>
internal ref struct FuzzReader(ReadOnlySpan<byte> input)
{
    private ReadOnlySpan<byte> _rest = input;

    /// <summary>What has not been taken.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>Whether nothing is left.</summary>
    public readonly bool IsEmpty => _rest.IsEmpty;

    /// <summary>One byte.</summary>
    public byte Byte()
    {
        var bytes = Bytes(1);
        return bytes.IsEmpty ? (byte)0 : bytes[0];
    }

    /// <summary>Two bytes, big-endian.</summary>
    public ushort UInt16() => Bytes(2) is { Length: 2 } bytes ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : (ushort)0;

    /// <summary>As many bytes as asked for, or as there are.</summary>
    public ReadOnlySpan<byte> Bytes(int count)
    {
        count = Math.Min(count, _rest.Length);
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    /// <summary>Bytes behind their length in two bytes.</summary>
    public ReadOnlySpan<byte> Block() => Bytes(UInt16());
}
