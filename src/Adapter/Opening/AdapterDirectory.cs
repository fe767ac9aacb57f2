using System.Diagnostics.CodeAnalysis;

namespace Lunette.Adapter.Opening;

/// <summary>
/// The adapters of a process by the names of their special files: <c>scsi0</c> or <c>/dev/scsi0</c>. Any thread.
/// </summary>
public sealed class AdapterDirectory : IAsyncDisposable
{
    private const string Folder = "/dev/";

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, ScsiAdapter> _adapters = new(StringComparer.Ordinal);

    /// <summary>All adapters, by name.</summary>
    public IReadOnlyList<ScsiAdapter> Adapters
    {
        get
        {
            lock (_gate) return [.. _adapters.Values];
        }
    }

    /// <summary>Whether a name is one an adapter may have: lower-case letters, then a number.</summary>
    public static bool IsName(string name)
    {
        var letters = name.AsSpan().TrimEnd("0123456789");
        return letters.Length is > 0 and < 12 && letters.Length < name.Length && name.Length <= 15
            && !letters.ContainsAnyExceptInRange('a', 'z');
    }

    /// <summary>Adds an adapter, which the directory owns then; false where the name is taken or is none.</summary>
    public bool TryAdd(ScsiAdapter adapter)
    {
        if (!IsName(adapter.Name)) return false;
        lock (_gate) return _adapters.TryAdd(adapter.Name, adapter);
    }

    /// <summary>Takes an adapter out; the caller owns it then.</summary>
    public bool TryRemove(string name, [NotNullWhen(true)] out ScsiAdapter? adapter)
    {
        lock (_gate) return _adapters.Remove(Bare(name), out adapter);
    }

    /// <summary>The adapter of a name; null where there is none (ENODEV).</summary>
    public ScsiAdapter? Find(string name)
    {
        lock (_gate) return _adapters.GetValueOrDefault(Bare(name));
    }

    /// <summary>Opens a special file; see <see cref="ScsiAdapter.Open"/>.</summary>
    public Errno Open(string name, AdapterCaller caller, OpenExtension extension, out AdapterFile? file)
    {
        file = null;
        return Find(name) is { } adapter ? adapter.Open(caller, extension, out file) : Errno.ENODEV;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var adapter in Adapters) await adapter.DisposeAsync().ConfigureAwait(false);
    }

    private static string Bare(string name) =>
        name.StartsWith(Folder, StringComparison.Ordinal) ? name[Folder.Length..] : name;
}
