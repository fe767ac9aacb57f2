using Lunette.Backing.Files;
using Lunette.Backing.Ram;
using Lunette.Backing.Workers;
using Lunette.Runtime.Buffers;

namespace Lunette.Backing;

/// <summary>Opens stores from their words.</summary>
/// <param name="pool">Where stores without memory of their own get buffers for reading from.</param>
/// <param name="workers">Threads for calls that may wait.</param>
public sealed class StoreOpener(BufferPool pool, StoreWorkers workers)
{
    /// <summary>Opens what a specification says.</summary>
    /// <param name="spec">The store.</param>
    /// <param name="creation">Whether a file may or must be new.</param>
    public StoreOpening Open(StoreSpec spec, StoreCreation creation = StoreCreation.OpenExisting)
    {
        if (spec.LengthBytes % 512 != 0) return new(null, $"{spec} is no whole number of 512-byte blocks long");
        if (spec.Kind != StoreKind.Ram) return FileStore.Open(FileOptions(spec, creation), pool, workers);
        return spec.LengthBytes is > 0 and <= RamStore.LengthMax
            ? new(new RamStore(spec.LengthBytes, spec.DataBytesMax), null)
            : new(null, $"{spec} has no size between 512 bytes and {RamStore.LengthMax >> 40} TiB");
    }

    private static FileStoreOptions FileOptions(StoreSpec spec, StoreCreation creation) => new()
    {
        Path = spec.Path,
        LengthBytes = spec.LengthBytes,
        BlockDevice = spec.Kind == StoreKind.BlockDevice,
        Creation = spec.Kind == StoreKind.BlockDevice ? StoreCreation.OpenExisting : creation,
        Direct = spec.Direct,
        ReadOnly = spec.ReadOnly,
    };
}
