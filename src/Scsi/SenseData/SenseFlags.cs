namespace Lunette.Scsi;

/// <summary>The three flags beside the sense key (SPC-6, Fixed format sense data); the values are the wire's.</summary>
[Flags]
public enum SenseFlags : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>ILI: the requested length did not match the length of the data on the medium.</summary>
    IncorrectLength = 0x20,

    /// <summary>EOM: an end of the medium was met.</summary>
    EndOfMedium = 0x40,

    /// <summary>FILEMARK: a filemark or setmark was met.</summary>
    Filemark = 0x80,
}
