using Lunette.Scsi;

namespace Lunette.DeviceServer.Aliases;

/// <summary>
/// The aliases of one I_T nexus, by their values; their owner calls under its lock. A reset and the loss of the nexus
/// clear them.
/// </summary>
internal sealed class AliasList
{
    /// <summary>How many there may be.</summary>
    public const int CountMax = 32;

    /// <summary>The longest designation, in bytes: an iSCSI name and any address.</summary>
    public const int DesignationLengthMax = 512;

    private readonly SortedDictionary<ulong, AliasEntry> _entries = [];

    /// <summary>All of them.</summary>
    public AliasEntry[] Entries => [.. _entries.Values];

    /// <summary>The entry of a value, or null.</summary>
    public AliasEntry? this[ulong value] => _entries.GetValueOrDefault(value);

    /// <summary>Adds, changes and forgets; false where there is no room for all, and then nothing is changed.</summary>
    public bool TryChange(IReadOnlyList<AliasEntry> changes)
    {
        var left = _entries.Keys.ToHashSet();
        foreach (var change in changes)
        {
            if (change.IsNull) left.Remove(change.Value);
            else left.Add(change.Value);
        }
        if (left.Count > CountMax) return false;
        foreach (var change in changes)
        {
            if (change.IsNull) _entries.Remove(change.Value);
            else _entries[change.Value] = change;
        }
        return true;
    }
}
