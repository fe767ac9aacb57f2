namespace Lunette.Scsi;

/// <summary>One descriptor of the Format Presets VPD page.</summary>
/// <param name="PresetIdentifier">PRESET IDENTIFIER, as FORMAT WITH PRESET names it.</param>
/// <param name="SchemaType">SCHEMA TYPE: 1 not zoned, 2 host aware, 3 host managed.</param>
/// <param name="LogicalBlocksPerPhysicalBlockExponent">LOGICAL BLOCKS PER PHYSICAL BLOCK EXPONENT.</param>
/// <param name="LogicalBlockLength">LOGICAL BLOCK LENGTH in bytes.</param>
/// <param name="DesignedLastLogicalBlockAddress">DESIGNED LAST LOGICAL BLOCK ADDRESS.</param>
/// <param name="FormatProtectionInformation">FMTPINFO, as FORMAT UNIT has it.</param>
/// <param name="ProtectionFieldUsage">PROTECTION FIELD USAGE, as FORMAT UNIT has it.</param>
public readonly record struct FormatPreset(
    uint PresetIdentifier, byte SchemaType, byte LogicalBlocksPerPhysicalBlockExponent, uint LogicalBlockLength,
    ulong DesignedLastLogicalBlockAddress, byte FormatProtectionInformation = 0, byte ProtectionFieldUsage = 0);

/// <summary>
/// Format Presets VPD page, B8h. The protection interval exponent and the zone fields of a preset are zero when written
/// and passed over when read.
/// </summary>
public static class FormatPresets
{
    private const int DescriptorLength = 64;

    /// <summary>Writes the page.</summary>
    public static void Write(
        ref ParameterDataWriter to, Peripheral peripheral, scoped ReadOnlySpan<FormatPreset> presets)
    {
        var at = VpdPage.Begin(ref to, peripheral, VpdPageCode.FormatPresets);
        foreach (var preset in presets)
        {
            to.WriteUInt32(preset.PresetIdentifier);
            to.WriteByte(preset.SchemaType);
            to.WriteZeros(2);
            to.WriteByte(preset.LogicalBlocksPerPhysicalBlockExponent & 0x0F);
            to.WriteUInt32(preset.LogicalBlockLength);
            to.WriteZeros(4);
            to.WriteUInt64(preset.DesignedLastLogicalBlockAddress);
            to.WriteZeros(14);
            to.WriteByte((preset.FormatProtectionInformation & 3) << 6 | preset.ProtectionFieldUsage & 7);
            to.WriteZeros(DescriptorLength - 39);
        }

        VpdPage.End(ref to, at);
    }

    /// <summary>Reads an untrusted page; null when it is none.</summary>
    public static IReadOnlyList<FormatPreset>? Parse(ReadOnlySpan<byte> bytes)
    {
        if (!VpdPage.TryOpen(bytes, VpdPageCode.FormatPresets, out var view)) return null;
        List<FormatPreset> presets = [];
        for (var at = VpdPage.HeaderLength; view.Has(at, DescriptorLength); at += DescriptorLength)
        {
            presets.Add(new(view.UInt32(at), view[at + 4], (byte)view.Bits(at + 7, 0, 4), view.UInt32(at + 8),
                view.UInt64(at + 16), (byte)view.Bits(at + 38, 6, 2), (byte)view.Bits(at + 38, 0, 3)));
        }

        return presets;
    }
}
