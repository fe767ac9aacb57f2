using Lunette.Runtime;

namespace Lunette.Simulation.World;

/// <summary>Bytes a peer cannot predict, and a seed can.</summary>
internal sealed class SeededEntropy(Random random) : IEntropy
{
    /// <inheritdoc/>
    public void Fill(Span<byte> destination) => random.NextBytes(destination);
}
