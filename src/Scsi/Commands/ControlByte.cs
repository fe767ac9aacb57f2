namespace Lunette.Scsi;

/// <summary>The CONTROL byte of a CDB (SAM-6, CONTROL byte).</summary>
/// <param name="Value">As on the wire.</param>
public readonly record struct ControlByte(byte Value)
{
    /// <summary>Normal ACA: the initiator asks for an auto contingent allegiance on CHECK CONDITION.</summary>
    public bool NormalAca => (Value & 0x04) != 0;

    /// <summary>The two vendor specific bits.</summary>
    public int VendorSpecific => Value >> 6;

    /// <summary>Reads the CONTROL byte of a CDB: byte 1 of a variable length one, else the last.</summary>
    /// <param name="cdb">As received; a transport may have padded it. One that ends before its CONTROL byte has none,
    /// which is zero.</param>
    public static ControlByte Of(ReadOnlySpan<byte> cdb)
    {
        var at = cdb[0] switch
        {
            < 0x20 => 5,
            CdbLayout.VariableLength => 1,
            < 0x60 => 9,
            < 0xA0 => 15,
            _ => 11,
        };
        return at < cdb.Length ? new(cdb[at]) : default;
    }
}
