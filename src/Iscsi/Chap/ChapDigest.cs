using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Lunette.Iscsi;

/// <summary>
/// The value of a CHAP response: the digest of identifier, secret and challenge (RFC 1994 section 4.1).
/// </summary>
public static class ChapDigest
{
    /// <summary>Computes the response and returns its length.</summary>
    /// <param name="algorithm">One of the four.</param>
    /// <param name="identifier">CHAP_I.</param>
    /// <param name="secret">The secret of whoever responds.</param>
    /// <param name="challenge">CHAP_C, at most 1,024 bytes.</param>
    /// <param name="digest">At least 32 bytes.</param>
    public static int Compute(
        ChapAlgorithm algorithm, byte identifier, ChapSecret secret, ReadOnlySpan<byte> challenge, Span<byte> digest)
    {
        Span<byte> message = stackalloc byte[1 + ChapSecret.LengthMax + BinaryValue.LengthMax];
        message[0] = identifier;
        secret.Bytes.CopyTo(message[1..]);
        challenge.CopyTo(message[(1 + secret.Bytes.Length)..]);
        Hash(algorithm, message[..(1 + secret.Bytes.Length + challenge.Length)], digest);
        CryptographicOperations.ZeroMemory(message);
        return algorithm.DigestLength();
    }

    [SuppressMessage("Security", "CA5351", Justification = "RFC 7143 demands MD5 of every implementation.")]
    [SuppressMessage("Security", "CA5350", Justification = "Older peers have nothing better than SHA-1.")]
    private static void Hash(ChapAlgorithm algorithm, ReadOnlySpan<byte> message, Span<byte> digest)
    {
        switch (algorithm)
        {
            case ChapAlgorithm.Md5:
                MD5.HashData(message, digest);
                break;
            case ChapAlgorithm.Sha1:
                SHA1.HashData(message, digest);
                break;
            case ChapAlgorithm.Sha256:
                SHA256.HashData(message, digest);
                break;
            case ChapAlgorithm.Sha3 when SHA3_256.IsSupported:
                SHA3_256.HashData(message, digest);
                break;
            case ChapAlgorithm.Sha3:
                Sha3.HashData(message, digest);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(algorithm));
        }
    }
}
