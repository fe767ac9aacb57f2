using System.Buffers.Binary;

namespace Lunette.Scsi;

/// <summary>
/// Sense data as a value: key, code and the fields that may go with them (SPC-6, Sense data). It owns nothing; the two
/// wire formats are written from it at the end.
/// </summary>
public readonly partial record struct Sense
{
    /// <summary>Length of fixed format sense data as written here, in bytes.</summary>
    public const int FixedLength = 18;

    /// <summary>The longest sense data that <see cref="Write"/> makes, in bytes.</summary>
    public const int LengthMax = 8 + 12 + 12 + 8 + 4 + 4;

    /// <summary>Sense key.</summary>
    public SenseKey Key { get; init; }

    /// <summary>Additional sense code and qualifier.</summary>
    public AdditionalSense Code { get; init; }

    /// <summary>INFORMATION field, when <see cref="InformationValid"/>.</summary>
    public ulong Information { get; init; }

    /// <summary>Whether <see cref="Information"/> holds something.</summary>
    public bool InformationValid { get; init; }

    /// <summary>COMMAND-SPECIFIC INFORMATION field; zero when it has no meaning.</summary>
    public ulong CommandSpecificInformation { get; init; }

    /// <summary>
    /// SENSE KEY SPECIFIC bytes 0 to 2 in the low 24 bits, with SKSV (bit 23) set when they mean something.
    /// </summary>
    public uint SenseKeySpecific { get; init; }

    /// <summary>Deferred error: the sense data is about an earlier command.</summary>
    public bool Deferred { get; init; }

    /// <summary>FIELD REPLACEABLE UNIT CODE; zero when there is none to name.</summary>
    public byte FieldReplaceableUnitCode { get; init; }

    /// <summary>FILEMARK, EOM and ILI.</summary>
    public SenseFlags Flags { get; init; }

    /// <summary>Makes sense data of a key and a code.</summary>
    public Sense(SenseKey key, AdditionalSense code)
    {
        Key = key;
        Code = code;
    }

    /// <summary>INVALID FIELD IN CDB with the field pointer at a byte and, where known, a bit.</summary>
    public static Sense InvalidFieldInCdb(int byteIndex, int bit = -1) =>
        new(SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInCdb)
        {
            SenseKeySpecific = FieldPointer(commandData: true, byteIndex, bit),
        };

    /// <summary>INVALID FIELD IN PARAMETER LIST with the field pointer at a byte and, where known, a bit.</summary>
    public static Sense InvalidFieldInParameterList(int byteIndex, int bit = -1) =>
        new(SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInParameterList)
        {
            SenseKeySpecific = FieldPointer(commandData: false, byteIndex, bit),
        };

    /// <summary>An ILLEGAL REQUEST without a field pointer.</summary>
    public static Sense Illegal(AdditionalSense code) => new(SenseKey.IllegalRequest, code);

    /// <summary>The field pointer form of the sense key specific bytes.</summary>
    public static uint FieldPointer(bool commandData, int byteIndex, int bit)
    {
        var first = 0x80u | (commandData ? 0x40u : 0u) | (bit >= 0 ? 0x08u | (uint)(bit & 7) : 0u);
        return first << 16 | (uint)(byteIndex & 0xFFFF);
    }

    /// <summary>The progress indication form of the sense key specific bytes; 65,536 is done.</summary>
    public static uint Progress(int of65536) => 0x80u << 16 | (uint)Math.Clamp(of65536, 0, 0xFFFF);

    /// <summary>Writes fixed or descriptor format (D_SENSE decides) and returns how many bytes it took.</summary>
    /// <param name="destination">At least <see cref="LengthMax"/> bytes.</param>
    /// <param name="descriptorFormat">The control mode page's D_SENSE bit, or the CDB's DESC bit.</param>
    public int Write(Span<byte> destination, bool descriptorFormat) =>
        descriptorFormat ? WriteDescriptor(destination) : WriteFixed(destination);

    private int WriteFixed(Span<byte> to)
    {
        to[..FixedLength].Clear();
        // The INFORMATION field of the fixed format has four bytes; a value that does not fit is left out, not cut.
        var fits = InformationValid && Information <= uint.MaxValue;
        to[0] = (byte)((fits ? 0x80 : 0) | (Deferred ? 0x71 : 0x70));
        to[2] = (byte)((byte)Flags | (byte)Key);
        if (fits) BinaryPrimitives.WriteUInt32BigEndian(to[3..], (uint)Information);
        to[7] = FixedLength - 8;
        if (CommandSpecificInformation <= uint.MaxValue)
            BinaryPrimitives.WriteUInt32BigEndian(to[8..], (uint)CommandSpecificInformation);
        BinaryPrimitives.WriteUInt16BigEndian(to[12..], (ushort)Code);
        to[14] = FieldReplaceableUnitCode;
        WriteSenseKeySpecific(to[15..]);
        return FixedLength;
    }

    private int WriteDescriptor(Span<byte> to)
    {
        to[..8].Clear();
        to[0] = (byte)(Deferred ? 0x73 : 0x72);
        to[1] = (byte)Key;
        BinaryPrimitives.WriteUInt16BigEndian(to[2..], (ushort)Code);
        var at = 8;
        if (InformationValid) at += WriteNumber(to[at..], DescriptorType.Information, Information, flags: 0x80);
        if (CommandSpecificInformation != 0)
        {
            at += WriteNumber(
                to[at..], DescriptorType.CommandSpecificInformation, CommandSpecificInformation, flags: 0);
        }

        if (SenseKeySpecific != 0)
        {
            to.Slice(at, 8).Clear();
            to[at] = (byte)DescriptorType.SenseKeySpecific;
            to[at + 1] = 6;
            WriteSenseKeySpecific(to[(at + 4)..]);
            at += 8;
        }
        if (FieldReplaceableUnitCode != 0)
            at += WriteShort(to[at..], DescriptorType.FieldReplaceableUnit, FieldReplaceableUnitCode);
        if (Flags != SenseFlags.None)
        {
            // A direct access device has nothing but ILI, and a descriptor of its own for it.
            var type = Flags == SenseFlags.IncorrectLength
                ? DescriptorType.BlockCommands
                : DescriptorType.StreamCommands;
            at += WriteShort(to[at..], type, (byte)Flags);
        }

        to[7] = (byte)(at - 8);
        return at;
    }

    private static int WriteNumber(Span<byte> to, DescriptorType type, ulong value, byte flags)
    {
        to[0] = (byte)type;
        to[1] = 10;
        to[2] = flags;
        to[3] = 0;
        BinaryPrimitives.WriteUInt64BigEndian(to[4..], value);
        return 12;
    }

    private static int WriteShort(Span<byte> to, DescriptorType type, byte value)
    {
        to[0] = (byte)type;
        to[1] = 2;
        to[2] = 0;
        to[3] = value;
        return 4;
    }

    private void WriteSenseKeySpecific(Span<byte> to)
    {
        to[0] = (byte)(SenseKeySpecific >> 16);
        to[1] = (byte)(SenseKeySpecific >> 8);
        to[2] = (byte)SenseKeySpecific;
    }

    // Sense data descriptor types (SPC-6, Descriptor format sense data).
    private enum DescriptorType : byte
    {
        Information = 0x00,
        CommandSpecificInformation = 0x01,
        SenseKeySpecific = 0x02,
        FieldReplaceableUnit = 0x03,
        StreamCommands = 0x04,
        BlockCommands = 0x05,
        DirectAccessBlockDevice = 0x0D,
    }
}
