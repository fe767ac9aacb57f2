using System.Security.Cryptography;

namespace Lunette.Iscsi;

/// <summary>What an authenticator finds of a response.</summary>
public enum ChapVerdict : byte
{
    /// <summary>The peer knows the secret.</summary>
    Accepted,

    /// <summary>The name is not the one expected.</summary>
    WrongName,

    /// <summary>No bytes, or not as many as the digest has.</summary>
    WrongLength,

    /// <summary>The peer does not know the secret.</summary>
    WrongResponse,
}

/// <summary>
/// The side that challenges (RFC 1994, RFC 7143 section 12.1): one challenge, one response. A target has one for the
/// initiator; an initiator that wants to know the target has one too. Without I/O; never shown a second response.
/// </summary>
public sealed class ChapAuthenticator
{
    private readonly byte[] _challenge;
    private bool _answered;

    /// <summary>Makes an identifier and a challenge as long as the digest.</summary>
    public ChapAuthenticator(ChapAlgorithm algorithm, EntropySource entropy)
    {
        Algorithm = algorithm;
        Span<byte> identifier = stackalloc byte[1];
        entropy(identifier);
        Identifier = identifier[0];
        _challenge = new byte[algorithm.DigestLength()];
        entropy(_challenge);
    }

    /// <summary>CHAP_A.</summary>
    public ChapAlgorithm Algorithm { get; }

    /// <summary>CHAP_I.</summary>
    public byte Identifier { get; }

    /// <summary>CHAP_C.</summary>
    public ReadOnlySpan<byte> Challenge => _challenge;

    /// <summary>Judges the one response to the challenge, in time that does not tell how much of it is right.</summary>
    /// <param name="expected">Who the peer should be.</param>
    /// <param name="name">CHAP_N.</param>
    /// <param name="response">CHAP_R, decoded.</param>
    /// <exception cref="InvalidOperationException">The challenge has been answered before.</exception>
    public ChapVerdict Verify(ChapCredentials expected, string name, ReadOnlySpan<byte> response)
    {
        if (_answered) throw new InvalidOperationException("a challenge is answered once");
        _answered = true;
        if (response.Length != Algorithm.DigestLength()) return ChapVerdict.WrongLength;
        Span<byte> digest = stackalloc byte[32];
        digest = digest[..ChapDigest.Compute(Algorithm, Identifier, expected.Secret, _challenge, digest)];
        var right = CryptographicOperations.FixedTimeEquals(digest, response);
        CryptographicOperations.ZeroMemory(digest);
        if (!string.Equals(name, expected.Name, StringComparison.Ordinal)) return ChapVerdict.WrongName;
        return right ? ChapVerdict.Accepted : ChapVerdict.WrongResponse;
    }
}
