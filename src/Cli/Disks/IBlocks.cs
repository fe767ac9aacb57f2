namespace Lunette.Cli.Disks;

/// <summary>Something with blocks that is copied from or to: a disk or a file. Several calls may be under
/// way.</summary>
internal interface IBlocks : IAsyncDisposable
{
    /// <summary>Its length in bytes.</summary>
    long LengthBytes { get; }

    /// <summary>What offsets and lengths are multiples of; 1 where any will do.</summary>
    int BlockLengthBytes { get; }

    /// <summary>Whether zeros need not be written: they are there already.</summary>
    bool IsZeroed { get; }

    /// <exception cref="IOException">It failed.</exception>
    ValueTask ReadAsync(long offset, Memory<byte> to);

    /// <exception cref="IOException">It failed.</exception>
    ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> from);

    /// <exception cref="IOException">It failed.</exception>
    ValueTask FlushAsync();
}
