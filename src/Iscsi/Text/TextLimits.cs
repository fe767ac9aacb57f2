namespace Lunette.Iscsi;

/// <summary>How much text is taken from a peer. All lengths are in bytes.</summary>
/// <param name="TotalLengthMax">All PDUs of one sequence together.</param>
/// <param name="ValueLengthMax">One value.</param>
/// <param name="PairsMax">Pairs in one sequence.</param>
/// <param name="PdusMax">PDUs in one sequence.</param>
/// <param name="KeysMayRepeat">Whether a key may stand twice, as in an answer to SendTargets.</param>
public sealed record TextLimits(
    int TotalLengthMax, int ValueLengthMax, int PairsMax, int PdusMax, bool KeysMayRepeat = false)
{
    /// <summary>The longest key name (RFC 7143 section 6.1).</summary>
    public const int KeyLengthMax = 63;

    /// <summary>The longest ordinary value (RFC 7143 section 6.1).</summary>
    public const int OrdinaryValueLengthMax = 255;

    /// <summary>
    /// For a negotiation. At least 8,192 bytes must be taken (RFC 7143 section 6.2); the longest value is a CHAP item
    /// of
    /// 1,024 bytes in hexadecimal.
    /// </summary>
    public static TextLimits Negotiation { get; } = new(16_384, 2 + 2 * BinaryValue.LengthMax, 128, 32);

    /// <summary>For an initiator that reads an answer to SendTargets: some ten thousand targets.</summary>
    public static TextLimits Discovery { get; } =
        new(8 << 20, OrdinaryValueLengthMax, 100_000, 4_096, KeysMayRepeat: true);
}
