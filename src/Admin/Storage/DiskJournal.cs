using Lunette.Admin.Contracts;
using Lunette.Admin.Disks;

namespace Lunette.Admin.Storage;

/// <summary>
/// What disks were before a change of many things at once: a disk's properties lie with its data, outside the
/// transaction that changes the rest. Written before the first disk is touched and gone with the transaction, so that
/// after a crash in between the next start takes back what was changed.
/// </summary>
/// <param name="database">The file.</param>
public sealed class DiskJournal(ConfigDatabase database)
{
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
    }

    /// <summary>The next change of the configuration is the one the disks were changed for.</summary>
    internal void EndWithNextWrite() => _endsWithNextWrite = true;

    /// <summary>Part of a transaction: when it is the one, nothing will be taken back.</summary>
    internal void Written()
    {
        if (!_endsWithNextWrite) return;
        _endsWithNextWrite = false;
        Clear();
    }

    /// <summary>Disks and configuration agree.</summary>
    internal void End()
    {
        _endsWithNextWrite = false;
        if (Read().Count > 0) database.InTransaction(Clear);
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

    private void Clear()
    {
        using var command = database.Command("DELETE FROM disk_journal");
        command.ExecuteNonQuery();
    }
}
