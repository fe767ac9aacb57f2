using System.Buffers.Binary;

namespace Lunette.Iscsi;

/// <summary>Additional header segment types (RFC 7143 section 11.2.2.1).</summary>
public enum AhsType : byte
{
    /// <summary>Extended CDB.</summary>
    ExtendedCdb = 1,

    /// <summary>Bidirectional Expected Read Data Transfer Length.</summary>
    BidirectionalReadLength = 2,
}

/// <summary>
/// The additional header segments of one SCSI Command (RFC 7143 section 11.2.2), parsed. A segment is
/// <code>
/// | AHSLength (2) | AHSType (1) | AHS-specific (AHSLength bytes) | padding to four |
/// </code>
/// The view borrows the bytes it was parsed from.
/// </summary>
public readonly ref struct AdditionalHeaderSegments
{
    /// <summary>
    /// The longest CDB that SAM knows, in bytes: 16 in the basic header segment and the rest extended.
    /// </summary>
    public const int CdbLengthMax = 260;

    private AdditionalHeaderSegments(ReadOnlySpan<byte> extendedCdb, uint? bidirectionalReadLength)
    {
        ExtendedCdb = extendedCdb;
        BidirectionalReadLength = bidirectionalReadLength;
    }

    /// <summary>The CDB from its byte 16 on; empty when the CDB has 16 bytes or fewer.</summary>
    public ReadOnlySpan<byte> ExtendedCdb { get; }

    /// <summary>The bytes a bidirectional command expects to read; null when there is no such segment.</summary>
    public uint? BidirectionalReadLength { get; }

    /// <summary>
    /// Parses. False when a segment reaches past the end, is of a type or length that cannot be, stands twice, or makes
    /// the CDB longer than SAM allows: the PDU is to be rejected (invalid PDU field).
    /// </summary>
    /// <param name="ahs">The bytes between basic header segment and header digest; a multiple of four.</param>
    /// <param name="segments">What was found.</param>
    public static bool TryParse(ReadOnlySpan<byte> ahs, out AdditionalHeaderSegments segments)
    {
        segments = default;
        ReadOnlySpan<byte> extendedCdb = default;
        uint? readLength = null;
        while (!ahs.IsEmpty)
        {
            if (ahs.Length < 4) return false;
            var length = BinaryPrimitives.ReadUInt16BigEndian(ahs);
            var padded = (3 + length + 3) & ~3;
            if (padded > ahs.Length) return false;
            switch ((AhsType)ahs[2])
            {
                // One reserved byte, then the rest of the CDB: AHSLength is the CDB's length less 15.
                case AhsType.ExtendedCdb when extendedCdb.IsEmpty && length is > 1 and <= CdbLengthMax - 15:
                    extendedCdb = ahs.Slice(4, length - 1);
                    break;
                case AhsType.BidirectionalReadLength when readLength is null && length == 5:
                    readLength = BinaryPrimitives.ReadUInt32BigEndian(ahs[4..]);
                    break;
                default:
                    return false;
            }
            ahs = ahs[padded..];
        }
        segments = new(extendedCdb, readLength);
        return true;
    }

    /// <summary>Bytes that <see cref="Write"/> takes, padding included.</summary>
    public static int LengthOf(int extendedCdbLength, bool bidirectional) =>
        (extendedCdbLength == 0 ? 0 : (4 + extendedCdbLength + 3) & ~3) + (bidirectional ? 8 : 0);

    /// <summary>Writes the segments a command needs and returns how many bytes they took.</summary>
    /// <param name="ahs">At least <see cref="LengthOf"/> bytes.</param>
    /// <param name="extendedCdb">The CDB from its byte 16 on; empty for none.</param>
    /// <param name="bidirectionalReadLength">Bytes to read of a bidirectional command; null for none.</param>
    public static int Write(Span<byte> ahs, ReadOnlySpan<byte> extendedCdb, uint? bidirectionalReadLength)
    {
        var length = LengthOf(extendedCdb.Length, bidirectionalReadLength is not null);
        ahs = ahs[..length];
        ahs.Clear();
        if (!extendedCdb.IsEmpty)
        {
            BinaryPrimitives.WriteUInt16BigEndian(ahs, checked((ushort)(extendedCdb.Length + 1)));
            ahs[2] = (byte)AhsType.ExtendedCdb;
            extendedCdb.CopyTo(ahs[4..]);
            ahs = ahs[LengthOf(extendedCdb.Length, bidirectional: false)..];
        }
        if (bidirectionalReadLength is { } readLength)
        {
            BinaryPrimitives.WriteUInt16BigEndian(ahs, 5);
            ahs[2] = (byte)AhsType.BidirectionalReadLength;
            BinaryPrimitives.WriteUInt32BigEndian(ahs[4..], readLength);
        }
        return length;
    }
}
