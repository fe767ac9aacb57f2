namespace Lunette.Scsi;

/// <summary>The commands of SBC-5, one row each, in a file per family.</summary>
public static partial class BlockCommands
{
    private const string Sbc = "SBC-5";
    private const string SixByteNote = "TRANSFER LENGTH zero means 256 blocks; gone from SBC-4, still sent";
    private const string VerifyNote = "BYTCHK 00b transfers no data; 11b transfers one block";
    private const string WriteSameNote = "one block of data, or none with NDOB";
    private const string DldNote = "place of the duration limit descriptor bits not verified";
    private const string SanitizeNote = "PARAMETER LIST LENGTH is zero for this service action";
    private const string SyncNvNote = "SYNC_NV is SBC-3's, which initiators still set";
    private const string WriteLongNote = "COR_DIS, PBLOCK and the length are obsolete: it moves no data";

    /// <summary>Every row of this class, the obsolete ones too.</summary>
    public static IReadOnlyList<CommandDescriptor> All =>
        [.. Reading, .. Writing, .. Medium, .. Background, .. Obsolete];
}
