using Lunette.Runtime.Buffers;
using Lunette.Runtime.Streams;

namespace Lunette.Runtime.Loops;

/// <summary>What a loop is made of.</summary>
public sealed record LoopOptions
{
    /// <summary>Names it and its thread.</summary>
    public required string Name { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where the buffers of its connections come from.</summary>
    public required BufferPool Buffers { get; init; }

    /// <summary>Bounds of its connections.</summary>
    public StreamOptions Streams { get; init; } = new();
}
