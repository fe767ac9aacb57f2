namespace Lunette.Scsi;

/// <summary>The block descriptor of a direct access device (SBC-5, Mode parameter block descriptors).</summary>
/// <param name="BlockCount">NUMBER OF LOGICAL BLOCKS.</param>
/// <param name="BlockLength">LOGICAL BLOCK LENGTH in bytes.</param>
public readonly record struct ModeBlockDescriptor(ulong BlockCount, uint BlockLength)
{
    /// <summary>Length of the short form in bytes.</summary>
    public const int ShortLength = 8;

    /// <summary>Length of the long LBA form in bytes.</summary>
    public const int LongLength = 16;

    /// <summary>Writes the short form; a count that does not fit is FFFFFFFFh.</summary>
    public void WriteShort(ref ParameterDataWriter to)
    {
        to.WriteUInt32((uint)Math.Min(BlockCount, uint.MaxValue));
        to.WriteByte(0);
        to.WriteUInt24((int)BlockLength);
    }

    /// <summary>Writes the long LBA form.</summary>
    public void WriteLong(ref ParameterDataWriter to)
    {
        to.WriteUInt64(BlockCount);
        to.WriteUInt32(0);
        to.WriteUInt32(BlockLength);
    }

    /// <summary>Reads either form.</summary>
    public static ModeBlockDescriptor Read(ref ParameterListReader list, bool longLba)
    {
        var count = longLba ? list.ReadUInt64() : list.ReadUInt32();
        list.Skip(longLba ? 4 : 1);
        return new(count, longLba ? list.ReadUInt32() : (uint)list.ReadUInt24());
    }
}
