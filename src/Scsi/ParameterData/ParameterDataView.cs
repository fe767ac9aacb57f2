using System.Buffers.Binary;
using System.Text;

namespace Lunette.Scsi;

/// <summary>
/// Untrusted parameter data as an initiator reads it: every field may be asked for, and what lies past the end of what
/// came (or of what the data says its length is) reads as zero, as an older device server would have left it.
/// </summary>
/// <param name="data">The bytes that arrived.</param>
public readonly ref struct ParameterDataView(ReadOnlySpan<byte> data)
{
    private readonly ReadOnlySpan<byte> _data = data;

    /// <summary>How many bytes there are.</summary>
    public int Length => _data.Length;

    /// <summary>One byte.</summary>
    public byte this[int at] => (uint)at < (uint)_data.Length ? _data[at] : (byte)0;

    /// <summary>Whether one bit of a byte is set.</summary>
    public bool Bit(int at, int bit) => (this[at] >> bit & 1) != 0;

    /// <summary>Some bits of a byte, right-aligned.</summary>
    public int Bits(int at, int low, int count) => this[at] >> low & (1 << count) - 1;

    /// <summary>Two bytes.</summary>
    public ushort UInt16(int at) => (ushort)(this[at] << 8 | this[at + 1]);

    /// <summary>Four bytes.</summary>
    public uint UInt32(int at) => Has(at, 4)
        ? BinaryPrimitives.ReadUInt32BigEndian(_data[at..])
        : (uint)UInt16(at) << 16 | UInt16(at + 2);

    /// <summary>Eight bytes.</summary>
    public ulong UInt64(int at) => (ulong)UInt32(at) << 32 | UInt32(at + 4);

    /// <summary>Whether all these bytes are there.</summary>
    public bool Has(int at, int count) => at >= 0 && count >= 0 && at <= _data.Length - count;

    /// <summary>The bytes from one place, as many as there are of those asked for.</summary>
    public ReadOnlySpan<byte> Slice(int at, int count) =>
        at >= _data.Length || count <= 0 ? default : _data.Slice(at, Math.Min(count, _data.Length - at));

    /// <summary>A left-aligned ASCII field without what trails it; other bytes read as question marks.</summary>
    public string Ascii(int at, int width)
    {
        Span<char> text = stackalloc char[256];
        var length = 0;
        foreach (var value in Slice(at, Math.Min(width, text.Length)))
            text[length++] = value is >= 0x20 and < 0x7F ? (char)value : value == 0 ? '\0' : '?';
        return new string(text[..length].TrimEnd(" \0")).Replace('\0', ' ');
    }

    /// <summary>A UTF-8 field up to its end or first zero.</summary>
    public string Utf8(int at, int width)
    {
        var field = Slice(at, width);
        var end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }

    /// <summary>The view cut at the length that a header field states.</summary>
    /// <param name="length">Length of the whole, header included; more than there is cuts nothing.</param>
    public ParameterDataView CutAt(long length) =>
        length < _data.Length ? new(_data[..(int)Math.Max(0, length)]) : this;
}
