using System.Security.Cryptography;

namespace Lunette.Runtime;

/// <summary>Where unpredictable bytes come from: identifiers, challenges, jitter. Simulation seeds its own.</summary>
public interface IEntropy
{
    /// <summary>Fills the span with bytes a peer cannot predict.</summary>
    void Fill(Span<byte> destination);
}

/// <summary>The operating system's cryptographic generator.</summary>
public sealed class SystemEntropy : IEntropy
{
    /// <summary>The one instance; it has no state.</summary>
    public static SystemEntropy Instance { get; } = new();

    /// <inheritdoc/>
    public void Fill(Span<byte> destination) => RandomNumberGenerator.Fill(destination);
}
