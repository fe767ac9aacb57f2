namespace Lunette.Iscsi;

/// <summary>Fills the span with bytes nobody can foretell. The shell brings it; tests bring a seeded one.</summary>
public delegate void EntropySource(Span<byte> destination);
