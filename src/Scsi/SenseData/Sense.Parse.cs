using System.Buffers.Binary;
using System.Globalization;

namespace Lunette.Scsi;

/// <content>Reading sense data: the mirror of <see cref="Write"/>, tolerant of data that was cut short.</content>
public readonly partial record struct Sense
{
    /// <summary>
    /// Reads fixed or descriptor format sense data. Fields that were cut off are as if the device had left them zero.
    /// </summary>
    /// <param name="data">As many bytes as arrived.</param>
    /// <param name="sense">What they say.</param>
    /// <returns>False when there is no sense key: too few bytes, or a response code without a standard form.</returns>
    public static bool TryParse(ReadOnlySpan<byte> data, out Sense sense)
    {
        sense = default;
        if (data.IsEmpty) return false;
        switch (data[0] & 0x7F)
        {
            case 0x70 or 0x71 when data.Length >= 3:
                sense = ParseFixed(data);
                return true;
            case 0x72 or 0x73 when data.Length >= 2:
                sense = ParseDescriptor(data);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Where a field pointer stands in, and points at.</summary>
    /// <param name="commandData">The CDB; else the parameter list.</param>
    /// <param name="byteIndex">Index of the byte in error.</param>
    /// <param name="bit">The bit in error, or -1 where only the byte is named.</param>
    /// <returns>False when the sense data has no field pointer.</returns>
    public bool TryGetFieldPointer(out bool commandData, out int byteIndex, out int bit)
    {
        commandData = (SenseKeySpecific & 0x40_0000) != 0;
        byteIndex = (int)(SenseKeySpecific & 0xFFFF);
        bit = (SenseKeySpecific & 0x08_0000) != 0 ? (int)(SenseKeySpecific >> 16 & 7) : -1;
        return Key == SenseKey.IllegalRequest && (SenseKeySpecific & 0x80_0000) != 0;
    }

    /// <summary>The progress indication of NO SENSE and NOT READY, in 65,536ths; null when there is none.</summary>
    public int? ProgressIndication =>
        Key is SenseKey.NoSense or SenseKey.NotReady && (SenseKeySpecific & 0x80_0000) != 0
            ? (int)(SenseKeySpecific & 0xFFFF)
            : null;

    /// <summary>One line for people: key, code and what points into the command.</summary>
    public string Describe()
    {
        var code = (ushort)Code;
        var text = string.Create(CultureInfo.InvariantCulture,
            $"{SenseKeyText.Describe(Key)}: {Code.Describe()} ({(byte)Key:X}/{code >> 8:X2},{code & 0xFF:X2})");
        if (TryGetFieldPointer(out var commandData, out var byteIndex, out var bit))
        {
            var list = commandData ? "CDB" : "parameter list";
            text += string.Create(CultureInfo.InvariantCulture, $" at {list} byte {byteIndex}");
            if (bit >= 0) text += string.Create(CultureInfo.InvariantCulture, $" bit {bit}");
        }

        if (ProgressIndication is { } progress)
            text += string.Create(CultureInfo.InvariantCulture, $" {progress * 100 / 65536}%");
        if (InformationValid) text += string.Create(CultureInfo.InvariantCulture, $" information={Information}");
        return Deferred ? text + " (deferred)" : text;
    }

    private static Sense ParseFixed(ReadOnlySpan<byte> data)
    {
        // ADDITIONAL SENSE LENGTH tells how much of what arrived is sense data and not padding.
        var said = data.Length > 7 ? Math.Min(data.Length, data[7] + 8) : data.Length;
        Span<byte> whole = stackalloc byte[FixedLength];
        whole.Clear();
        data[..Math.Min(said, FixedLength)].CopyTo(whole);
        var complete = said >= 7;               // an INFORMATION field cut in the middle is no information
        var valid = complete && (whole[0] & 0x80) != 0;
        var code = BinaryPrimitives.ReadUInt16BigEndian(whole[12..]);
        return new Sense((SenseKey)(whole[2] & 0x0F), (AdditionalSense)code)
        {
            Deferred = (whole[0] & 0x7F) == 0x71,
            Flags = (SenseFlags)(whole[2] & 0xE0),
            InformationValid = valid,
            Information = valid ? BinaryPrimitives.ReadUInt32BigEndian(whole[3..]) : 0,
            CommandSpecificInformation = said >= 12 ? BinaryPrimitives.ReadUInt32BigEndian(whole[8..]) : 0,
            FieldReplaceableUnitCode = whole[14],
            SenseKeySpecific = said >= 18 ? ReadSenseKeySpecific(whole[15..]) : 0,
        };
    }

    private static Sense ParseDescriptor(ReadOnlySpan<byte> data)
    {
        var code = data.Length >= 4 ? BinaryPrimitives.ReadUInt16BigEndian(data[2..]) : 0;
        var sense = new Sense((SenseKey)(data[1] & 0x0F), (AdditionalSense)code)
        {
            Deferred = (data[0] & 0x7F) == 0x73,
        };
        if (data.Length < 8) return sense;
        var rest = data[8..Math.Min(data.Length, data[7] + 8)];
        while (rest.Length >= 2 && rest[1] + 2 <= rest.Length)
        {
            sense = sense.With((DescriptorType)rest[0], rest[..(rest[1] + 2)]);
            rest = rest[(rest[1] + 2)..];
        }

        return sense;
    }

    private Sense With(DescriptorType type, ReadOnlySpan<byte> descriptor) => type switch
    {
        DescriptorType.Information when descriptor.Length >= 12 && (descriptor[2] & 0x80) != 0 => this with
        {
            InformationValid = true,
            Information = BinaryPrimitives.ReadUInt64BigEndian(descriptor[4..]),
        },
        DescriptorType.CommandSpecificInformation when descriptor.Length >= 12 => this with
        {
            CommandSpecificInformation = BinaryPrimitives.ReadUInt64BigEndian(descriptor[4..]),
        },
        DescriptorType.SenseKeySpecific when descriptor.Length >= 7 => this with
        {
            SenseKeySpecific = ReadSenseKeySpecific(descriptor[4..]),
        },
        DescriptorType.FieldReplaceableUnit when descriptor.Length >= 4 => this with
        {
            FieldReplaceableUnitCode = descriptor[3],
        },
        DescriptorType.StreamCommands when descriptor.Length >= 4 => this with
        {
            Flags = (SenseFlags)(descriptor[3] & 0xE0),
        },
        DescriptorType.BlockCommands when descriptor.Length >= 4 => this with
        {
            Flags = Flags | (SenseFlags)descriptor[3] & SenseFlags.IncorrectLength,
        },
        DescriptorType.DirectAccessBlockDevice when descriptor.Length >= 24 => WithDirectAccess(descriptor),
        _ => this,
    };

    // SBC-5, Direct-access block device sense data descriptor: several of the others in one.
    private Sense WithDirectAccess(ReadOnlySpan<byte> descriptor)
    {
        var valid = (descriptor[2] & 0x80) != 0;
        return this with
        {
            InformationValid = valid,
            Information = valid ? BinaryPrimitives.ReadUInt64BigEndian(descriptor[8..]) : 0,
            Flags = (SenseFlags)descriptor[2] & SenseFlags.IncorrectLength,
            SenseKeySpecific = ReadSenseKeySpecific(descriptor[4..]),
            FieldReplaceableUnitCode = descriptor[7],
            CommandSpecificInformation = BinaryPrimitives.ReadUInt64BigEndian(descriptor[16..]),
        };
    }

    // Without SKSV the three bytes mean nothing.
    private static uint ReadSenseKeySpecific(ReadOnlySpan<byte> from) =>
        (from[0] & 0x80) == 0 ? 0 : (uint)(from[0] << 16 | from[1] << 8 | from[2]);
}
