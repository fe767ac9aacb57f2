namespace Lunette.Scsi;

/// <summary>The header of a mode page, of either format (SPC-6, Mode page and subpage formats).</summary>
/// <param name="Code">Page and subpage code.</param>
/// <param name="ParametersSaveable">PS; reserved in MODE SELECT.</param>
/// <param name="Length">PAGE LENGTH: bytes behind the header.</param>
public readonly record struct ModePageHeader(ModePageCode Code, bool ParametersSaveable, int Length)
{
    /// <summary>PAGE CODE.</summary>
    public byte PageCode => (byte)((ushort)Code >> 8);

    /// <summary>SUBPAGE CODE.</summary>
    public byte SubpageCode => (byte)Code;

    /// <summary>Length of the header in bytes: two, or four with a subpage code.</summary>
    public int HeaderLength => SubpageCode == 0 ? 2 : 4;

    /// <summary>Writes the header.</summary>
    public void Write(ref ParameterDataWriter to)
    {
        to.WriteByte(VpdPage.Flag(ParametersSaveable, 7) | VpdPage.Flag(SubpageCode != 0, 6) | PageCode & 0x3F);
        if (SubpageCode == 0)
        {
            to.WriteByte(Length);
            return;
        }

        to.WriteByte(SubpageCode);
        to.WriteUInt16(Length);
    }

    /// <summary>Reads the header; the page's bytes are <see cref="ParameterListReader.Take"/>'s to give.</summary>
    public static ModePageHeader Read(ref ParameterListReader list)
    {
        var first = list.ReadByte();
        var subpage = (first & 0x40) != 0 ? list.ReadByte() : (byte)0;
        var length = (first & 0x40) != 0 ? list.ReadUInt16() : list.ReadByte();
        return new((ModePageCode)((first & 0x3F) << 8 | subpage), (first & 0x80) != 0, length);
    }
}
