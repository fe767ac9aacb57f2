namespace Lunette.Iscsi;

/// <summary>
/// CHAP algorithms by their PPP numbers, as CHAP_A states them (RFC 7143 section 12.1.3 and IANA's registry).
/// </summary>
public enum ChapAlgorithm : byte
{
    /// <summary>MD5: every implementation has it.</summary>
    Md5 = 5,

    /// <summary>SHA-1.</summary>
    Sha1 = 6,

    /// <summary>SHA-256.</summary>
    Sha256 = 7,

    /// <summary>SHA3-256.</summary>
    Sha3 = 8,
}

/// <summary>Lists of algorithms.</summary>
public static class ChapAlgorithms
{
    /// <summary>Every algorithm, the strongest first.</summary>
    public static IReadOnlyList<ChapAlgorithm> All { get; } =
        [ChapAlgorithm.Sha3, ChapAlgorithm.Sha256, ChapAlgorithm.Sha1, ChapAlgorithm.Md5];

    /// <summary>Length of the algorithm's digest, in bytes.</summary>
    public static int DigestLength(this ChapAlgorithm algorithm) => algorithm switch
    {
        ChapAlgorithm.Md5 => 16,
        ChapAlgorithm.Sha1 => 20,
        _ => 32,
    };

    /// <summary>The value of CHAP_A that offers the algorithms in this order.</summary>
    public static string Offer(IReadOnlyList<ChapAlgorithm> algorithms) =>
        string.Join(',', algorithms.Select(algorithm => (int)algorithm));

    /// <summary>Chooses the first algorithm of an offer that is allowed; false when there is none.</summary>
    public static bool TryChoose(string offer, IReadOnlyList<ChapAlgorithm> allowed, out ChapAlgorithm algorithm)
    {
        algorithm = default;
        foreach (var part in offer.Split(','))
        {
            if (!NumericValue.TryParse(part, 0, byte.MaxValue, out var number)) continue;
            algorithm = (ChapAlgorithm)number;
            if (allowed.Contains(algorithm)) return true;
        }
        return false;
    }
}
