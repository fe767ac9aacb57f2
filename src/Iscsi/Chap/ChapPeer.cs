namespace Lunette.Iscsi;

/// <summary>The side that is challenged (RFC 1994, RFC 7143 section 12.1).</summary>
public static class ChapPeer
{
    /// <summary>
    /// Reads a peer's challenge and appends the response: CHAP_N and CHAP_R. False when identifier or challenge cannot
    /// be: missing, empty, too long, or the very challenge this side has sent (RFC 7143 section 12.1.3), which whoever
    /// does not know the secret would send to have it answered.
    /// </summary>
    /// <param name="algorithm">The algorithm agreed on.</param>
    /// <param name="identifierText">CHAP_I; null when it is missing.</param>
    /// <param name="challengeText">CHAP_C; null when it is missing.</param>
    /// <param name="own">The name and secret of this side.</param>
    /// <param name="sent">The authenticator of this side; null when it has none.</param>
    /// <param name="answers">Where the response goes.</param>
    public static bool TryRespond(
        ChapAlgorithm algorithm, string? identifierText, string? challengeText, ChapCredentials own,
        ChapAuthenticator? sent, TextBuilder answers)
    {
        if (identifierText is null || challengeText is null) return false;
        if (!NumericValue.TryParse(identifierText, 0, byte.MaxValue, out var identifier)) return false;
        if (!BinaryValue.TryDecode(challengeText, BinaryValue.LengthMax, out var challenge)) return false;
        if (challenge.Length == 0) return false;
        if (sent is not null && challenge.AsSpan().SequenceEqual(sent.Challenge)) return false;
        Span<byte> digest = stackalloc byte[32];
        digest = digest[..ChapDigest.Compute(algorithm, (byte)identifier, own.Secret, challenge, digest)];
        answers.Add(Keys.ChapName.Name, own.Name);
        answers.Add(Keys.ChapResponse.Name, BinaryValue.Encode(digest));
        return true;
    }
}
