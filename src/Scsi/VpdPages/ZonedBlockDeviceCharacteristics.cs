namespace Lunette.Scsi;

/// <summary>Zoned Block Device Characteristics VPD page, B6h.</summary>
public sealed record ZonedBlockDeviceCharacteristics
{
    /// <summary>URSWRZ: reads in sequential write required zones are not restricted.</summary>
    public bool UnrestrictedReads { get; init; }

    /// <summary>OPTIMAL NUMBER OF OPEN SEQUENTIAL WRITE PREFERRED ZONES.</summary>
    public uint OptimalOpenSequentialWritePreferredZones { get; init; }

    /// <summary>OPTIMAL NUMBER OF NON-SEQUENTIALLY WRITTEN SEQUENTIAL WRITE PREFERRED ZONES.</summary>
    public uint OptimalNonSequentiallyWrittenZones { get; init; }

    /// <summary>MAXIMUM NUMBER OF OPEN SEQUENTIAL WRITE REQUIRED ZONES.</summary>
    public uint MaximumOpenSequentialWriteRequiredZones { get; init; }

    /// <summary>Writes the page, 64 bytes.</summary>
    public void Write(ref ParameterDataWriter to, Peripheral peripheral)
    {
        var begin = to.Length;
        var at = VpdPage.Begin(ref to, peripheral, VpdPageCode.ZonedBlockDeviceCharacteristics);
        to.WriteByte(VpdPage.Flag(UnrestrictedReads, 0));
        to.WriteZeros(3);
        to.WriteUInt32(OptimalOpenSequentialWritePreferredZones);
        to.WriteUInt32(OptimalNonSequentiallyWrittenZones);
        to.WriteUInt32(MaximumOpenSequentialWriteRequiredZones);
        to.PadTo(begin + 64);
        VpdPage.End(ref to, at);
    }

    /// <summary>Reads an untrusted page; null when it is none.</summary>
    public static ZonedBlockDeviceCharacteristics? Parse(ReadOnlySpan<byte> bytes) =>
        !VpdPage.TryOpen(bytes, VpdPageCode.ZonedBlockDeviceCharacteristics, out var view)
            ? null
            : new ZonedBlockDeviceCharacteristics
            {
                UnrestrictedReads = view.Bit(4, 0),
                OptimalOpenSequentialWritePreferredZones = view.UInt32(8),
                OptimalNonSequentiallyWrittenZones = view.UInt32(12),
                MaximumOpenSequentialWriteRequiredZones = view.UInt32(16),
            };
}
