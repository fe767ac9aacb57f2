namespace Lunette.Backing.Files;

/// <summary>How a file or block device is opened as a store.</summary>
public sealed record FileStoreOptions
{
    /// <summary>The file or device.</summary>
    public required string Path { get; init; }

    /// <summary>A file shorter than this is made this long, without taking space; 0 leaves it as it is.</summary>
    public long LengthBytes { get; init; }

    /// <summary>Whether it may or must be new.</summary>
    public StoreCreation Creation { get; init; }

    /// <summary>It is a block device, taken exclusively.</summary>
    public bool BlockDevice { get; init; }

    /// <summary>Only reads; it is not locked against others.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Past the page cache (O_DIRECT); Linux.</summary>
    public bool Direct { get; init; }

    /// <summary>Only calls of the base library, as on systems other than Linux; slower.</summary>
    public bool Portable { get; init; }
}

/// <summary>Whether a file that is opened may or must be new.</summary>
public enum StoreCreation
{
    /// <summary>It must be there.</summary>
    OpenExisting,

    /// <summary>It is made when it is not there.</summary>
    OpenOrCreate,

    /// <summary>It must not be there.</summary>
    CreateNew,
}

/// <summary>An opened store, or why there is none.</summary>
/// <param name="Store">The store; whoever opened it disposes of it.</param>
/// <param name="Reason">For people, when there is none: the thing, the cause and what to do.</param>
/// <param name="Failure">What kind of reason.</param>
public readonly record struct StoreOpening(
    BackingStore? Store, string? Reason, OpeningFailure Failure = OpeningFailure.Unusable)
{
    /// <summary>No store, for a reason.</summary>
    public static StoreOpening Refuse(string reason, OpeningFailure failure = OpeningFailure.Unusable) =>
        new(null, reason, failure);
}

/// <summary>Why a store was not opened.</summary>
public enum OpeningFailure
{
    /// <summary>What is behind it is not there, may not be used, or is no such thing.</summary>
    Unusable,

    /// <summary>Somebody else uses what is behind it.</summary>
    InUse,

    /// <summary>What is behind it cannot be made as long as it was to be.</summary>
    Length,
}
