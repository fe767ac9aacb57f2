using System.Buffers.Binary;
using System.Text;

namespace Lunette.Proxy.Frames;

/// <summary>Reads the fields of one frame; past its end everything is zero and <see cref="Failed"/> says so.</summary>
internal ref struct FrameReader(ReadOnlySpan<byte> fields)
{
    private ReadOnlySpan<byte> _left = fields;

    public bool Failed { get; private set; }

    public readonly int Left => _left.Length;

    public byte Byte() => Take(1) is { Length: 1 } taken ? taken[0] : (byte)0;

    public uint Word() => Take(4) is { Length: 4 } taken ? BinaryPrimitives.ReadUInt32BigEndian(taken) : 0;

    public ulong Long() => Take(8) is { Length: 8 } taken ? BinaryPrimitives.ReadUInt64BigEndian(taken) : 0;

    public ReadOnlySpan<byte> Bytes()
    {
        var length = Word();
        return length <= int.MaxValue ? Take((int)length) : Fail();
    }

    public string Text() => Encoding.UTF8.GetString(Bytes());

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _left.Length) return Fail();
        var taken = _left[..length];
        _left = _left[length..];
        return taken;
    }

    private ReadOnlySpan<byte> Fail()
    {
        Failed = true;
        _left = [];
        return [];
    }
}
