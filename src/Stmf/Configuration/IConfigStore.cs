namespace Lunette.Stmf.Configuration;

/// <summary>
/// Where the configuration survives the process. A seam: SQLite, memory, later a cluster store. The framework calls it
/// for one operation at a time.
/// </summary>
public interface IConfigStore
{
    /// <summary>Reads everything, as changes to the empty configuration in an order that replays.</summary>
    /// <exception cref="ConfigStoreException">It cannot be read.</exception>
    ValueTask<IReadOnlyList<ConfigurationChange>> LoadAsync(CancellationToken stop);

    /// <summary>
    /// Writes the changes in one transaction. Durable when it returns; when it throws, nothing was written.
    /// </summary>
    /// <exception cref="ConfigStoreException">It cannot be written.</exception>
    ValueTask WriteAsync(IReadOnlyList<ConfigurationChange> changes);
}

/// <summary>A configuration store failed.</summary>
public sealed class ConfigStoreException : Exception
{
    /// <summary>Says what failed and what to do.</summary>
    /// <param name="message">For people.</param>
    /// <param name="unknownVersion">Whether the stored version is one this program does not know.</param>
    /// <param name="inner">The cause, where there is one.</param>
    public ConfigStoreException(string message, bool unknownVersion = false, Exception? inner = null)
        : base(message, inner) => UnknownVersion = unknownVersion;

    /// <summary>Whether the stored version is one this program does not know.</summary>
    public bool UnknownVersion { get; }
}
