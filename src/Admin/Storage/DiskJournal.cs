using Lunette.Admin.Contracts;
using Lunette.Admin.Disks;

namespace Lunette.Admin.Storage;

/// <summary>
/// What disks were before a change of many things at once: a disk's properties lie with its data, outside the
/// transaction that changes the rest. Written before the first disk is touched and gone with the transaction, so that
/// after a crash in between the next start takes back what was changed. What cannot be taken back stays noted.
/// </summary>
/// <param name="database">The file.</param>
public sealed class DiskJournal(ConfigDatabase database)
{
    private IReadOnlyList<DiskPropertyChange> _begun = [];
    private bool _endsWithNextWrite;

    /// <summary>Notes how things are, on stable storage.</summary>
    internal void Begin(IReadOnlyList<DiskPropertyChange> changes)
    {
        if (changes.Count == 0) return;
        database.InTransaction(() =>
        {
            foreach (var change in changes)
            {
                using var command = database.Command(
                    "INSERT OR REPLACE INTO disk_journal (path, property, value) VALUES ($path, $property, $value)");
                command.Parameters.AddWithValue("$path", change.Path);
                command.Parameters.AddWithValue("$property", (int)change.Property);
                command.Parameters.AddWithValue("$value", change.Before);
                command.ExecuteNonQuery();
            }
        });
        _begun = changes;
    }

    /// <summary>The next change of the configuration is the one the disks were changed for.</summary>
    internal void EndWithNextWrite() => _endsWithNextWrite = true;

    /// <summary>
    /// Whether the write that begins is the one the disks were changed for. Only this one is, also where it fails.
    /// </summary>
    internal bool EndsNow()
    {
        var ends = _endsWithNextWrite;
        _endsWithNextWrite = false;
        return ends;
    }

    /// <summary>Part of a transaction: once it counts, nothing of what was begun will be taken back.</summary>
    internal void Clear()
    {
        foreach (var change in _begun) Remove(change.Path, change.Property);
    }

    /// <summary>It could not be taken back: it stays noted for the next start.</summary>
    internal void Keep(DiskPropertyChange change) => _begun = [.. _begun.Where(begun => begun != change)];

    /// <summary>Disks and configuration agree.</summary>
    internal void End()
    {
        _endsWithNextWrite = false;
        if (_begun.Count > 0 && Read().Count > 0) database.InTransaction(Clear);
        _begun = [];
    }

    /// <summary>What is to be taken back: file, property and its value before.</summary>
    internal IReadOnlyList<(string Path, LuProperty Property, string Before)> Read() => database.Read(() =>
    {
        var noted = new List<(string, LuProperty, string)>();
        using var command = database.Command("SELECT path, property, value FROM disk_journal ORDER BY path, property");
        using var reader = command.ExecuteReader();
        while (reader.Read()) noted.Add((reader.GetString(0), (LuProperty)reader.GetInt32(1), reader.GetString(2)));
        return noted;
    });

    /// <summary>It was taken back, or somebody has said since what it is to be.</summary>
    internal void Forget(string path, LuProperty property) => database.InTransaction(() => Remove(path, property));

    private void Remove(string path, LuProperty property)
    {
        using var command = database.Command("DELETE FROM disk_journal WHERE path = $path AND property = $property");
        command.Parameters.AddWithValue("$path", path);
        command.Parameters.AddWithValue("$property", (int)property);
        command.ExecuteNonQuery();
    }
}
