using System.Buffers.Binary;
using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Medium;

/// <summary>What the CDB and the parameter list header of FORMAT UNIT ask for (SBC-5).</summary>
/// <param name="Protection">The protection type the disk is to be of.</param>
internal readonly record struct FormatOptions(ProtectionType Protection)
{
    private const int ShortHeaderLength = 4;
    private const int LongHeaderLength = 8;

    public static int HeaderLength(ReadOnlySpan<byte> cdb) =>
        (cdb[1] & 0x20) != 0 ? LongHeaderLength : ShortHeaderLength;

    /// <summary>What is wrong with the CDB; null when nothing is.</summary>
    public static CommandOutcome? FindFault(ReadOnlySpan<byte> cdb, bool supportsProtection)
    {
        // FMTPINFO 01b is nothing; 10b and 11b are for those who support protection information.
        if ((cdb[1] & 0xC0) == 0x40 || (cdb[1] & 0xC0) != 0 && !supportsProtection)
            return CommandOutcome.InvalidFieldInCdb(1, bit: 7);
        // CMPLST without a list; FFMT values past fast format.
        if ((cdb[1] & 0x18) == 0x08) return CommandOutcome.InvalidFieldInCdb(1, bit: 3);
        return (cdb[4] & 0x03) > 1 ? CommandOutcome.InvalidFieldInCdb(4, bit: 1) : null;
    }

    /// <summary>What is wrong with the parameter list header; null when nothing is.</summary>
    public static CommandOutcome? FindFault(
        ReadOnlySpan<byte> cdb, ReadOnlySpan<byte> header, out FormatOptions options)
    {
        // SBC-5, FMTPINFO field and PROTECTION FIELD USAGE field.
        ProtectionType? type = (cdb[1] >> 6, header[0] & 0x07) switch
        {
            (0, 0) => ProtectionType.Type0,
            (2, 0) => ProtectionType.Type1,
            (3, 0) => ProtectionType.Type2,
            (3, 1) => ProtectionType.Type3,
            _ => null,
        };
        options = new(type ?? ProtectionType.Type0);
        if (type is null) return CommandOutcome.InvalidFieldInParameterList(0, bit: 2);
        // Without FOV the other options are not looked at and must be zero; of them none but IMMED is known.
        var chosen = header[1] & 0x78;
        if (chosen != 0 && (header[1] & 0x80) == 0) return CommandOutcome.InvalidFieldInParameterList(1, bit: 7);
        if ((header[1] & 0x08) != 0) return CommandOutcome.InvalidFieldInParameterList(1, bit: 3);
        // P_I_INFORMATION, and PROTECTION INTERVAL EXPONENT: one for the whole block.
        if (header.Length == LongHeaderLength && header[3] != 0)
            return CommandOutcome.InvalidFieldInParameterList(3, bit: (header[3] & 0xF0) != 0 ? 7 : 3);
        var isShort = header.Length == ShortHeaderLength;
        var defects = isShort
            ? BinaryPrimitives.ReadUInt16BigEndian(header[2..])
            : BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        return defects == 0 ? null : CommandOutcome.InvalidFieldInParameterList(isShort ? 2 : 4);
    }
}
