using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Lunette.Proxy.Frames;

/// <summary>Writes one frame.</summary>
internal sealed class FrameWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new(256);

    public FrameWriter(FrameKind kind) => Word(0).Byte((byte)kind);

    public FrameWriter Byte(byte value)
    {
        _bytes.GetSpan(1)[0] = value;
        _bytes.Advance(1);
        return this;
    }

    public FrameWriter Word(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_bytes.GetSpan(4), value);
        _bytes.Advance(4);
        return this;
    }

    public FrameWriter Long(ulong value) => Word((uint)(value >> 32)).Word((uint)value);

    public FrameWriter Bytes(ReadOnlySpan<byte> value)
    {
        Word((uint)value.Length);
        _bytes.Write(value);
        return this;
    }

    public FrameWriter Text(string value) => Bytes(Encoding.UTF8.GetBytes(value));

    /// <summary>Room for bytes somebody else writes.</summary>
    public Span<byte> Room(int length)
    {
        Word((uint)length);
        var room = _bytes.GetSpan(length)[..length];
        _bytes.Advance(length);
        return room;
    }

    /// <summary>The frame, its length filled in.</summary>
    public byte[] End()
    {
        var frame = _bytes.WrittenSpan.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - 4);
        return frame;
    }
}
