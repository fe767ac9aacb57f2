namespace Lunette.Iscsi;

/// <summary>
/// Serial number arithmetic over 32 bits (RFC 1982; RFC 7143 section 4.2.2 uses it for every sequence number). There is
/// no order over all numbers, therefore no comparison operator: only whether one precedes another within half the
/// circle.
/// </summary>
internal static class SerialNumber
{
    /// <summary>Whether <paramref name="left"/> comes strictly before <paramref name="right"/>. Numbers exactly half
    /// the circle apart are incomparable: neither precedes.</summary>
    public static bool Precedes(uint left, uint right) => right - left is > 0 and < 0x8000_0000;
}
