using Lunette.Stmf.Configuration;
using Microsoft.Data.Sqlite;

namespace Lunette.Admin.Storage;

/// <summary>
/// The SQLite file all configuration lives in: mode 0600, write-ahead log, every transaction on stable storage before
/// it
/// counts. One connection; whoever uses it holds <see cref="Gate"/>. Opening checks the whole file and refuses a
/// damaged
/// one, or one of a newer program, without touching it.
/// </summary>
public sealed class ConfigDatabase : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly string _path;
    private SqliteTransaction? _transaction;

    private ConfigDatabase(SqliteConnection connection, string path)
    {
        _connection = connection;
        _path = path;
    }

    internal Lock Gate { get; } = new();

    /// <summary>Opens the file, or makes it; brings an older schema up to date in one transaction.</summary>
    /// <exception cref="ConfigStoreException">It cannot be opened, is damaged, or a newer program wrote it.</exception>
    public static ConfigDatabase Open(string path)
    {
        SqliteConnection? connection = null;
        try
        {
            CreatePrivately(path);
            connection = new SqliteConnection(new SqliteConnectionStringBuilder
            {
                DataSource = path,
                Pooling = false,
                ForeignKeys = true,
                DefaultTimeout = 5,
            }.ToString());
            connection.Open();
            var database = new ConfigDatabase(connection, path);
            database.Check();
            // FULL: a transaction that was answered survives the loss of power.
            database.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
            database.Migrate();
            connection = null;
            return database;
        }
        catch (SqliteException failed)
        {
            throw Failure(path, "cannot be opened", failed);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new ConfigStoreException(
                $"the configuration {path} cannot be opened: {failed.Message}", inner: failed);
        }
        finally
        {
            connection?.Dispose();
        }
    }

    /// <summary>Closes the file; the write-ahead log is folded in.</summary>
    public void Dispose()
    {
        lock (Gate) _connection.Dispose();
    }

    /// <summary>A command, inside the transaction that runs now where there is one.</summary>
    internal SqliteCommand Command(string text)
    {
        var command = _connection.CreateCommand();
        command.CommandText = text;
        command.Transaction = _transaction;
        return command;
    }

    /// <summary>Runs work in one transaction, under the gate; nothing of it remains when it throws.</summary>
    /// <exception cref="ConfigStoreException">The database failed.</exception>
    internal void InTransaction(Action work)
    {
        lock (Gate)
        {
            try
            {
                using var transaction = _connection.BeginTransaction(deferred: false);
                _transaction = transaction;
                work();
                transaction.Commit();
            }
            catch (SqliteException failed)
            {
                throw Failure(_path, "cannot be written", failed);
            }
            finally
            {
                _transaction = null;
            }
        }
    }

    /// <summary>Runs work that only reads, under the gate.</summary>
    /// <exception cref="ConfigStoreException">The database failed.</exception>
    internal T Read<T>(Func<T> work)
    {
        lock (Gate)
        {
            try
            {
                return work();
            }
            catch (SqliteException failed)
            {
                throw Failure(_path, "cannot be read", failed);
            }
        }
    }

    internal string? FindProperty(string name)
    {
        using var command = Command("SELECT value FROM property WHERE name = $name");
        command.Parameters.AddWithValue("$name", name);
        return command.ExecuteScalar() as string;
    }

    internal void SetProperty(string name, string value)
    {
        using var command = Command("INSERT OR REPLACE INTO property (name, value) VALUES ($name, $value)");
        command.Parameters.AddWithValue("$name", name);
        command.Parameters.AddWithValue("$value", value);
        command.ExecuteNonQuery();
    }

    // SQLite creates files with the process' umask; secrets lie in this one, so it is ours alone from its first byte.
    private static void CreatePrivately(string path)
    {
        if (File.Exists(path)) return;
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var made = new FileStream(path, options);
    }

    private void Check()
    {
        using var check = Command("PRAGMA integrity_check(1)");
        if (check.ExecuteScalar() is string found && found != "ok")
            throw new ConfigStoreException(Damaged(_path, found));
        var application = Scalar("PRAGMA application_id");
        if (Scalar("PRAGMA user_version") == 0 && application == 0
            && Scalar("SELECT count(*) FROM sqlite_schema") == 0) return;
        if (application != Schema.ApplicationId)
            throw new ConfigStoreException($"{_path} is not a Lunette configuration; choose another home with --home");
        CheckVersion();
    }

    /// <summary>Refuses what a newer program has written, also while this one had the file open.</summary>
    /// <exception cref="ConfigStoreException">It did.</exception>
    internal void CheckVersion()
    {
        var version = Scalar("PRAGMA user_version");
        if (version > Schema.Version)
        {
            throw new ConfigStoreException(
                $"the configuration {_path} has version {version} and this program knows {Schema.Version}: "
                + "start the newer program that wrote it", unknownVersion: true);
        }
    }

    private void Migrate()
    {
        var version = (int)Scalar("PRAGMA user_version");
        if (version == Schema.Version) return;
        InTransaction(() =>
        {
            for (var step = version; step < Schema.Version; step++)
            {
                using var command = Command(Schema.Steps[step]);
                command.ExecuteNonQuery();
            }
            using var mark = Command(Schema.Mark);
            mark.ExecuteNonQuery();
        });
    }

    private long Scalar(string text)
    {
        using var command = Command(text);
        return (long)command.ExecuteScalar()!;
    }

    private void Execute(string text)
    {
        using var command = Command(text);
        command.ExecuteNonQuery();
    }

    private static ConfigStoreException Failure(string path, string what, SqliteException failed)
    {
        const int Corrupt = 11;
        const int NotADatabase = 26;
        return new(failed.SqliteErrorCode is Corrupt or NotADatabase
            ? Damaged(path, failed.Message)
            : $"the configuration {path} {what}: {failed.Message}", inner: failed);
    }

    private static string Damaged(string path, string found) =>
        $"the configuration {path} is damaged ({found.ReplaceLineEndings(" ")}); it was left as it is: "
        + "put a copy back, or move it away to start with an empty one";
}
