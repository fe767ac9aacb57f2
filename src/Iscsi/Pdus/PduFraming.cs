using System.Buffers.Binary;

namespace Lunette.Iscsi;

/// <summary>
/// Where the parts of one PDU lie, told from its first 48 bytes (RFC 7143 section 11.2): basic header segment,
/// additional
/// header segments, header digest, data segment, padding to four bytes, data digest. All lengths are in bytes; no sum
/// can overflow, since a PDU has at most 48 + 1,020 + 4 + 16,777,216 + 4 bytes.
/// </summary>
public readonly record struct PduFraming
{
    /// <summary>The most additional header bytes a PDU can state.</summary>
    public const int TotalAhsLengthMax = 255 * 4;

    /// <summary>Reads the two lengths.</summary>
    /// <param name="bhs">At least eight bytes; the rest of the PDU need not be there yet.</param>
    /// <param name="headerDigest">Whether a header digest was negotiated.</param>
    /// <param name="dataDigest">Whether a data digest was negotiated; a PDU without data carries none.</param>
    public PduFraming(ReadOnlySpan<byte> bhs, bool headerDigest, bool dataDigest)
    {
        var lengths = BinaryPrimitives.ReadUInt32BigEndian(bhs[4..]);
        TotalAhsLength = (int)(lengths >> 24) * 4;
        DataSegmentLength = (int)(lengths & 0xFF_FFFF);
        HeaderDigestLength = headerDigest ? Crc32c.Length : 0;
        DataDigestLength = dataDigest && DataSegmentLength != 0 ? Crc32c.Length : 0;
    }

    /// <summary>Length of all additional header segments.</summary>
    public int TotalAhsLength { get; }

    /// <summary>Length of the data segment, without padding.</summary>
    public int DataSegmentLength { get; }

    /// <summary>0 or 4.</summary>
    public int HeaderDigestLength { get; }

    /// <summary>0 or 4.</summary>
    public int DataDigestLength { get; }

    /// <summary>Basic and additional header segments: what the header digest covers, and where it stands.</summary>
    public int HeaderLength => BasicHeaderSegment.Length + TotalAhsLength;

    /// <summary>Where the data segment begins.</summary>
    public int DataSegmentOffset => HeaderLength + HeaderDigestLength;

    /// <summary>Padding bytes behind the data segment: 0 to 3. The data digest covers them.</summary>
    public int PaddingLength => -DataSegmentLength & 3;

    /// <summary>Data segment and padding.</summary>
    public int PaddedDataSegmentLength => DataSegmentLength + PaddingLength;

    /// <summary>Where the data digest stands, when there is one.</summary>
    public int DataDigestOffset => DataSegmentOffset + PaddedDataSegmentLength;

    /// <summary>The whole PDU.</summary>
    public int TotalLength => DataDigestOffset + DataDigestLength;
}
