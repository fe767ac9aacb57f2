using System.Buffers.Binary;

namespace Lunette.Iscsi;

/// <summary>
/// The data segment of a SCSI Response (RFC 7143 section 11.4.7), and of an Asynchronous Message that reports a SCSI
/// event:
/// <code>
/// | SenseLength (2) | sense data (SenseLength bytes) | response data |
/// </code>
/// </summary>
public static class SenseSegment
{
    /// <summary>Bytes in front of the sense data.</summary>
    public const int HeaderLength = 2;

    /// <summary>Writes the length and the sense data and returns how many bytes both took.</summary>
    /// <param name="segment">At least two bytes more than the sense data.</param>
    /// <param name="sense">Sense data, at most 65,535 bytes.</param>
    public static int Write(Span<byte> segment, ReadOnlySpan<byte> sense)
    {
        BinaryPrimitives.WriteUInt16BigEndian(segment, checked((ushort)sense.Length));
        sense.CopyTo(segment[HeaderLength..]);
        return HeaderLength + sense.Length;
    }

    /// <summary>
    /// Parses. False when the stated length reaches past the end; an empty segment has empty sense data.
    /// </summary>
    public static bool TryParse(
        ReadOnlySpan<byte> segment, out ReadOnlySpan<byte> sense, out ReadOnlySpan<byte> responseData)
    {
        sense = responseData = default;
        if (segment.IsEmpty) return true;
        if (segment.Length < HeaderLength) return false;
        var length = BinaryPrimitives.ReadUInt16BigEndian(segment);
        if (length > segment.Length - HeaderLength) return false;
        sense = segment.Slice(HeaderLength, length);
        responseData = segment[(HeaderLength + length)..];
        return true;
    }
}
