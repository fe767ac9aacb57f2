using System.Buffers;

namespace Lunette.Iscsi;

/// <summary>Joins the text of one sequence whose PDUs carry the C bit (RFC 7143 section 6.2), within limits.</summary>
public sealed class TextAccumulator(TextLimits limits)
{
    private readonly ArrayBufferWriter<byte> _text = new();
    private int _pdus;

    /// <summary>Whether PDUs of an unfinished sequence are held.</summary>
    public bool IsPartial => _pdus != 0;

    /// <summary>Takes one data segment.</summary>
    /// <param name="segment">Without padding.</param>
    /// <param name="continues">The C bit.</param>
    /// <param name="pairs">The pairs, when the sequence is whole; else nothing.</param>
    /// <returns>What is wrong. After a fault the accumulator is empty.</returns>
    public TextFault Append(ReadOnlySpan<byte> segment, bool continues, out IReadOnlyList<TextPair> pairs)
    {
        pairs = [];
        var fault = Check(segment, continues);
        if (fault == TextFault.None)
        {
            _pdus++;
            _text.Write(segment);
            if (continues) return TextFault.None;
            fault = TextFormat.Parse(_text.WrittenSpan, limits, out pairs);
        }
        _pdus = 0;
        _text.ResetWrittenCount();
        return fault;
    }

    private TextFault Check(ReadOnlySpan<byte> segment, bool continues)
    {
        if (segment.Length > limits.TotalLengthMax - _text.WrittenCount) return TextFault.TooLong;
        if (_pdus >= limits.PdusMax) return TextFault.TooLong;
        return continues && segment.IsEmpty ? TextFault.EmptyContinuation : TextFault.None;
    }
}
