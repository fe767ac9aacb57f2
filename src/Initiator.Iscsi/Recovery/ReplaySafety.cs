namespace Lunette.Initiator.Iscsi;

/// <summary>
/// Which commands may be carried out twice: those that ask, and those that leave the same at the same place. What acts
/// relative to a position (the 6-byte READ and WRITE, which a tape has too), compares before it writes, reserves, or
/// starts something long is none of them.
/// </summary>
internal static class ReplaySafety
{
    public static bool IsRepeatable(ReadOnlySpan<byte> cdb) => cdb[0] switch
    {
        0x00 or 0x12 => true,                           // TEST UNIT READY, INQUIRY
        0x1A or 0x5A or 0x4D => true,                   // MODE SENSE (6) and (10), LOG SENSE
        0x25 or 0x28 or 0xA8 or 0x88 => true,           // READ CAPACITY (10), READ (10), (12) and (16)
        0x2A or 0xAA or 0x8A => true,                   // WRITE (10), (12) and (16)
        0x2E or 0xAE or 0x8E => true,                   // WRITE AND VERIFY
        0x2F or 0xAF or 0x8F => true,                   // VERIFY
        0x34 or 0x90 => true,                           // PRE-FETCH
        0x35 or 0x91 => true,                           // SYNCHRONIZE CACHE
        0x41 or 0x93 => true,                           // WRITE SAME
        0x42 or 0x9C => true,                           // UNMAP, WRITE ATOMIC (16)
        0x5E or 0xA0 or 0xA3 => true,                   // PERSISTENT RESERVE IN, REPORT LUNS, MAINTENANCE IN
        0x9E => (cdb[1] & 0x1F) is 0x10 or 0x12,        // READ CAPACITY (16), GET LBA STATUS (16)
        _ => false,
    };
}
