using System.Buffers.Binary;

namespace Lunette.Scsi;

/// <summary>
/// The fields of a ROD token of 512 bytes (SPC-6, ROD token format; SBC-5 for block devices). What its creator puts
/// into the extended data is nobody else's to read.
/// </summary>
public static class RodToken
{
    /// <summary>Length of a token in bytes.</summary>
    public const int Length = 512;

    /// <summary>Length of the part that REPORT ALL ROD TOKENS shows, in bytes.</summary>
    public const int ManagementLength = 96;

    /// <summary>Where the bytes begin that only the creator knows.</summary>
    public const int ExtendedDataOffset = 160;

    /// <summary>Writes a token; what is behind <see cref="ExtendedDataOffset"/> is left to the caller.</summary>
    /// <param name="token">Of <see cref="Length"/> bytes.</param>
    /// <param name="identifier">COPY MANAGER ROD TOKEN IDENTIFIER.</param>
    /// <param name="creator">CREATOR LOGICAL UNIT DESCRIPTOR: an identification CSCD descriptor.</param>
    /// <param name="bytes">NUMBER OF BYTES REPRESENTED.</param>
    /// <param name="medium">The creator's medium: DEVICE TYPE SPECIFIC DATA.</param>
    /// <param name="type">ROD TYPE.</param>
    public static void Write(Span<byte> token, RodType type, ulong identifier, scoped ReadOnlySpan<byte> creator,
        ulong bytes, ReadCapacityData medium)
    {
        token[..ExtendedDataOffset].Clear();
        BinaryPrimitives.WriteUInt32BigEndian(token, (uint)type);
        BinaryPrimitives.WriteUInt16BigEndian(token[6..], Length - 8);
        BinaryPrimitives.WriteUInt64BigEndian(token[8..], identifier);
        creator.CopyTo(token.Slice(16, IdentificationCscd.Length));
        BinaryPrimitives.WriteUInt64BigEndian(token[56..], bytes);
        // SBC-5: READ CAPACITY (16) parameter data from LOGICAL BLOCK LENGTH IN BYTES on.
        Span<byte> capacity = stackalloc byte[ReadCapacityData.Length16];
        var data = new ParameterDataWriter(capacity);
        medium.Write16(ref data);
        capacity[8..].CopyTo(token[96..]);
        // TARGET DEVICE DESCRIPTOR stays empty: a logical unit is not of one target device.
    }

    /// <summary>ROD TYPE.</summary>
    public static RodType TypeOf(ReadOnlySpan<byte> token) => (RodType)BinaryPrimitives.ReadUInt32BigEndian(token);

    /// <summary>ROD TOKEN LENGTH: bytes behind it.</summary>
    public static int LengthOf(ReadOnlySpan<byte> token) => BinaryPrimitives.ReadUInt16BigEndian(token[6..]);

    /// <summary>COPY MANAGER ROD TOKEN IDENTIFIER.</summary>
    public static ulong IdentifierOf(ReadOnlySpan<byte> token) => BinaryPrimitives.ReadUInt64BigEndian(token[8..]);

    /// <summary>CREATOR LOGICAL UNIT DESCRIPTOR.</summary>
    public static ReadOnlySpan<byte> CreatorOf(ReadOnlySpan<byte> token) => token.Slice(16, IdentificationCscd.Length);
}
