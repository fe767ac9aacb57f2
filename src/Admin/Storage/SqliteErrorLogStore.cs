using System.Threading.Channels;
using Lunette.Adapter.ErrorLog;
using Lunette.Adapter.Transactions;
using Lunette.Stmf.Configuration;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Lunette.Admin.Storage;

/// <summary>
/// The system error log beyond the process. Who writes an entry only hands it over: one task writes what has gathered
/// in one transaction, and says what a database that fails, or is too slow, did not take.
/// </summary>
public sealed partial class SqliteErrorLogStore : IErrorLogStore, IAsyncDisposable
{
    private const int WaitingMax = 1024;

    private readonly Channel<Action> _work = Channel.CreateBounded<Action>(
        new BoundedChannelOptions(WaitingMax) { SingleReader = true });
    private readonly ConfigDatabase _database;
    private readonly ILogger<SqliteErrorLogStore> _log;
    private readonly Task _writing;
    private int _missed;

    /// <summary>Begins to write.</summary>
    public SqliteErrorLogStore(ConfigDatabase database, ILogger<SqliteErrorLogStore> log)
    {
        _database = database;
        _log = log;
        _writing = WriteAsync();
    }

    /// <inheritdoc/>
    public long LastSequence => _database.Read(() =>
    {
        using var command = _database.Command("SELECT seq FROM sqlite_sequence WHERE name = 'error_log'");
        return command.ExecuteScalar() is long last ? last : 0;
    });

    /// <inheritdoc/>
    public IReadOnlyList<ErrorEntry> Load(int bound) => _database.Read(() =>
    {
        using var query = _database.Command("SELECT * FROM error_log ORDER BY sequence DESC LIMIT $bound");
        query.Parameters.AddWithValue("$bound", bound);
        using var reader = query.ExecuteReader();
        var entries = new List<ErrorEntry>();
        while (reader.Read())
            if (TryRead(reader) is { } entry) entries.Add(entry);
        entries.Reverse();
        return entries;
    });

    /// <inheritdoc/>
    public void Append(ErrorEntry entry, int bound) => HandOver(() =>
    {
        Insert(entry);
        using var trim = _database.Command("DELETE FROM error_log WHERE sequence <= $last - $bound");
        trim.Parameters.AddWithValue("$last", entry.SequenceNumber);
        trim.Parameters.AddWithValue("$bound", bound);
        trim.ExecuteNonQuery();
    });

    /// <inheritdoc/>
    public void Clear(DateTimeOffset? olderThan) => HandOver(() =>
    {
        using var delete = _database.Command("DELETE FROM error_log WHERE $time IS NULL OR time < $time");
        delete.Parameters.AddWithValue("$time", (object?)olderThan?.UtcTicks ?? DBNull.Value);
        delete.ExecuteNonQuery();
    });

    /// <summary>Writes what has gathered, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _work.Writer.TryComplete();
        await _writing;
    }

    private void HandOver(Action step)
    {
        if (!_work.Writer.TryWrite(step)) Interlocked.Increment(ref _missed);
    }

    private async Task WriteAsync()
    {
        while (await _work.Reader.WaitToReadAsync())
        {
            if (Interlocked.Exchange(ref _missed, 0) is var missed and > 0)
                LogNotKept($"{missed} came faster than they could be written");
            try
            {
                _database.InTransaction(() =>
                {
                    while (_work.Reader.TryRead(out var step)) step();
                });
            }
            catch (ConfigStoreException failed)
            {
                LogNotKept(failed.Message);
            }
        }
    }

    // A log that is damaged here and there is still one; what cannot be read is left out.
    private ErrorEntry? TryRead(SqliteDataReader reader)
    {
        try
        {
            return Read(reader);
        }
        catch (Exception damaged) when (damaged is InvalidCastException or OverflowException or FormatException
            or ArgumentOutOfRangeException)
        {
            LogNotRead(reader.GetInt64(0), damaged.Message);
            return null;
        }
    }

    private static ErrorEntry Read(SqliteDataReader reader) => new()
    {
        SequenceNumber = reader.GetInt64(0),
        Time = new DateTimeOffset(reader.GetInt64(1), TimeSpan.Zero),
        Label = (ErrorLabel)reader.GetInt64(2),
        ResourceName = reader.GetString(3),
        PathId = (ushort)reader.GetInt32(4),
        ScsiId = (ulong)reader.GetInt64(5),
        LogicalUnitNumber = reader.GetInt32(6),
        Cdb = [.. (byte[])reader[7]],
        StatusValidity = (StatusValidity)reader.GetByte(8),
        ScsiStatus = reader.GetByte(9),
        AdapterStatus = (AdapterStatus)reader.GetByte(10),
        Sense = [.. (byte[])reader[11]],
        Note = reader.IsDBNull(12) ? null : reader.GetString(12),
        RecordType = (ErrorRecordType)reader.GetByte(13),
    };

    private void Insert(ErrorEntry entry)
    {
        using var insert = _database.Command("""
            INSERT OR REPLACE INTO error_log VALUES ($sequence, $time, $label, $resource, $path, $id, $lun, $cdb,
                $validity, $status, $adapter, $sense, $note, $record)
            """);
        var values = insert.Parameters;
        values.AddWithValue("$sequence", entry.SequenceNumber);
        values.AddWithValue("$time", entry.Time.UtcTicks);
        values.AddWithValue("$label", (long)entry.Label);
        values.AddWithValue("$resource", entry.ResourceName);
        values.AddWithValue("$path", (int)entry.PathId);
        values.AddWithValue("$id", (long)entry.ScsiId);
        values.AddWithValue("$lun", entry.LogicalUnitNumber);
        values.AddWithValue("$cdb", entry.Cdb.ToArray());
        values.AddWithValue("$validity", (byte)entry.StatusValidity);
        values.AddWithValue("$status", entry.ScsiStatus);
        values.AddWithValue("$adapter", (byte)entry.AdapterStatus);
        values.AddWithValue("$sense", entry.Sense.ToArray());
        values.AddWithValue("$note", (object?)entry.Note ?? DBNull.Value);
        values.AddWithValue("$record", (byte)entry.RecordType);
        insert.ExecuteNonQuery();
    }

    [LoggerMessage(1, LogLevel.Warning, "Entries of the system error log were not kept: {Reason}")]
    private partial void LogNotKept(string reason);

    [LoggerMessage(2, LogLevel.Warning, "Entry {Sequence} of the system error log cannot be read: {Reason}")]
    private partial void LogNotRead(long sequence, string reason);
}
