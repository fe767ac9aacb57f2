using System.Security.Cryptography;

namespace Lunette.Iscsi;

/// <summary>
/// A CHAP secret. It never shows itself: not in text, not in an exception, and it is cleared when disposed. Without
/// IPsec
/// a secret has at least 96 bits (RFC 7143 section 12.1.3), and this one always has.
/// </summary>
public sealed class ChapSecret : IDisposable
{
    /// <summary>The shortest secret, in bytes.</summary>
    public const int LengthMin = 12;

    /// <summary>The longest secret, in bytes.</summary>
    public const int LengthMax = 255;

    private readonly byte[] _bytes;

    /// <summary>Keeps a copy.</summary>
    /// <exception cref="ArgumentException">Shorter or longer than a secret may be.</exception>
    public ChapSecret(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is < LengthMin or > LengthMax)
            throw new ArgumentException("a CHAP secret has 12 to 255 bytes", nameof(bytes));
        _bytes = bytes.ToArray();
    }

    internal ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Whether both are the same secret; compared in constant time.</summary>
    public bool Matches(ChapSecret other) => CryptographicOperations.FixedTimeEquals(_bytes, other._bytes);

    /// <summary>Clears the bytes.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);

    /// <summary>Says that there is one.</summary>
    public override string ToString() => "(secret)";
}

/// <summary>A name and its secret.</summary>
/// <param name="Name">CHAP_N.</param>
/// <param name="Secret">The secret.</param>
public sealed record ChapCredentials(string Name, ChapSecret Secret);
