using System.Buffers;
using System.Globalization;
using System.Text;

namespace Lunette.Iscsi;

/// <summary>
/// Text on its way out: pairs go in, data segments no longer than the peer takes come out. One owner, control path
/// only.
/// </summary>
public sealed class TextBuilder
{
    private readonly ArrayBufferWriter<byte> _text = new(256);
    private int _taken;

    /// <summary>Bytes that have not been taken yet.</summary>
    public int Remaining => _text.WrittenCount - _taken;

    /// <summary>Appends one pair.</summary>
    public void Add(string key, string value)
    {
        Encoding.UTF8.GetBytes(key, _text);
        _text.Write("="u8);
        Encoding.UTF8.GetBytes(value, _text);
        _text.Write("\0"u8);
    }

    /// <summary>Appends one pair with a number.</summary>
    public void Add(string key, long value) => Add(key, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>
    /// Takes the next data segment. A pair may be cut anywhere; whoever sends the segment sets the C bit while
    /// <see cref="Remaining"/> is not zero (RFC 7143 section 6.2).
    /// </summary>
    /// <param name="lengthMax">The most the peer takes in one PDU, in bytes.</param>
    /// <returns>The segment, without padding; valid until the next <c>Add</c>.</returns>
    public ReadOnlySpan<byte> Take(int lengthMax)
    {
        var segment = _text.WrittenSpan.Slice(_taken, Math.Min(Remaining, lengthMax));
        _taken += segment.Length;
        if (Remaining == 0)
        {
            _taken = 0;
            _text.ResetWrittenCount();      // forgets the bytes; they stay where the caller still copies them from
        }
        return segment;
    }
}
