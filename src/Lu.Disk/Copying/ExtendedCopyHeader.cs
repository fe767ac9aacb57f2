using System.Buffers.Binary;
using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Copying;

/// <summary>The header of an EXTENDED COPY parameter list, of either form.</summary>
/// <param name="Length">Its length in bytes: where the CSCD descriptors begin.</param>
/// <param name="ListId">LIST IDENTIFIER.</param>
/// <param name="IsIdentified">Whether the list has one (LIST ID USAGE).</param>
/// <param name="DescriptorsLength">CSCD DESCRIPTOR LIST LENGTH in bytes.</param>
/// <param name="SegmentsLength">SEGMENT DESCRIPTOR LIST LENGTH in bytes.</param>
/// <param name="IsImmediate">IMMED.</param>
/// <param name="WantsSense">G_SENSE: GOOD status comes with sense data.</param>
internal readonly record struct ExtendedCopyHeader(
    int Length, uint ListId, bool IsIdentified, int DescriptorsLength, uint SegmentsLength, bool IsImmediate,
    bool WantsSense)
{
    /// <summary>EXTENDED COPY (LID1) command (SPC-4).</summary>
    public static CommandOutcome? ParseLid1(ReadOnlySpan<byte> list, out ExtendedCopyHeader header)
    {
        header = default;
        if (list.Length < CopyLimits.HeaderLengthLid1) return CommandOutcome.ParameterListLengthError;
        header = new(CopyLimits.HeaderLengthLid1, list[0], Usage(list) != NoIdentifier,
            BinaryPrimitives.ReadUInt16BigEndian(list[2..]), BinaryPrimitives.ReadUInt32BigEndian(list[8..]),
            IsImmediate: false, WantsSense: false);
        return header.Check(list, BinaryPrimitives.ReadUInt32BigEndian(list[12..]));
    }

    /// <summary>EXTENDED COPY (LID4) command (SPC-6).</summary>
    public static CommandOutcome? ParseLid4(ReadOnlySpan<byte> list, out ExtendedCopyHeader header)
    {
        const int CscdDescriptorLength = 0x20;
        header = default;
        if (list.Length < CopyLimits.HeaderLengthLid4) return CommandOutcome.ParameterListLengthError;
        if (list[0] != 0x01) return CommandOutcome.InvalidFieldInParameterList(0);     // PARAMETER LIST FORMAT
        if (BinaryPrimitives.ReadUInt16BigEndian(list[2..]) != CscdDescriptorLength)
            return CommandOutcome.InvalidFieldInParameterList(2);
        var reader = new ParameterListReader(list);
        reader.Skip(4);
        reader.Reserved(11);
        var flags = reader.ReadByte();
        if ((flags & 0xFC) != 0) reader.Refuse(15, System.Numerics.BitOperations.Log2(flags));
        if (reader.ReadByte() != 0xFF) reader.Refuse(16);       // HEADER CSCD DESCRIPTOR TYPE CODE
        reader.Reserved(3);
        var listId = reader.ReadUInt32();
        reader.Reserved(18);
        if (reader.Failure is { } failure) return failure;
        header = new(CopyLimits.HeaderLengthLid4, listId, Usage(list) != NoIdentifier,
            BinaryPrimitives.ReadUInt16BigEndian(list[42..]), BinaryPrimitives.ReadUInt16BigEndian(list[44..]),
            IsImmediate: (flags & 0x01) != 0, WantsSense: (flags & 0x02) != 0);
        return header.Check(list, BinaryPrimitives.ReadUInt16BigEndian(list[46..]));
    }

    private const int NoIdentifier = 3;

    private static int Usage(ReadOnlySpan<byte> list) => list[1] >> 3 & 3;

    private CommandOutcome? Check(ReadOnlySpan<byte> list, uint inlineDataLength)
    {
        // LIST ID USAGE: 11b is no identifier, and 01b is reserved.
        if (Usage(list) == 1 || (!IsIdentified && ListId != 0)) return CommandOutcome.InvalidFieldInParameterList(1, 4);
        if (inlineDataLength != 0) return Sense.Illegal(AdditionalSense.InlineDataLengthExceeded);
        return DescriptorsLength > list.Length - Length || SegmentsLength > list.Length - Length - DescriptorsLength
            ? CommandOutcome.ParameterListLengthError
            : null;
    }
}
