using Lunette.Admin.Storage;
using Lunette.Stmf.Configuration;
using Lunette.Testing;
using Microsoft.Data.Sqlite;

namespace Lunette.Admin.Tests.Storage;

public sealed class ConfigDatabaseTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private string StorePath => _folder.File("lunette.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_FirstTime_OnlyItsOwnerMayReadIt()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("file modes are a Unix thing");
        using var database = ConfigDatabase.Open(StorePath);
        new SecretStore(database).Set("initiator/a", "a secret of 12+");
        foreach (var file in Directory.GetFiles(_folder.Path))
        {
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    [Fact]
    public void Open_NotADatabase_SaysWhatToDoAndLeavesItAsItIs()
    {
        var bytes = "this is a letter to a friend, and longer than the header of a database......................"u8;
        File.WriteAllBytes(StorePath, [.. bytes, .. bytes]);
        var failed = Assert.Throws<ConfigStoreException>(() => ConfigDatabase.Open(StorePath));
        Assert.Contains(StorePath, failed.Message, StringComparison.Ordinal);
        Assert.Contains("move it away", failed.Message, StringComparison.Ordinal);
        Assert.Equal([.. bytes, .. bytes], File.ReadAllBytes(StorePath));
    }

    // Each page in turn is overwritten. Some page may be one nobody reads; none may be taken for good and lose rows.
    [Fact]
    public async Task Open_AnyPageDamaged_RefusedOrWhole()
    {
        using (var database = ConfigDatabase.Open(StorePath))
            await new SqliteConfigStore(database).WriteAsync(Samples.Changes(groups: 40));
        var whole = await File.ReadAllBytesAsync(StorePath, TestContext.Current.CancellationToken);
        var refused = 0;
        for (var page = 0; page < whole.Length / 4096; page++)
        {
            var damaged = (byte[])whole.Clone();
            damaged.AsSpan(page * 4096, 4096).Fill(0xA5);
            await File.WriteAllBytesAsync(StorePath, damaged, TestContext.Current.CancellationToken);
            try
            {
                using var database = ConfigDatabase.Open(StorePath);
                var loaded = await new SqliteConfigStore(database).LoadAsync(TestContext.Current.CancellationToken);
                Assert.Equal(Samples.Changes(groups: 40).Count, loaded.Count);
            }
            catch (ConfigStoreException)
            {
                refused++;
            }
        }
        var pages = whole.Length / 4096;
        Assert.True(refused >= pages / 2, $"only {refused} of {pages} damaged pages noticed");
    }

    [Fact]
    public void Open_WrittenByANewerProgram_UnknownVersion()
    {
        ConfigDatabase.Open(StorePath).Dispose();
        Execute("PRAGMA user_version = 999");
        var failed = Assert.Throws<ConfigStoreException>(() => ConfigDatabase.Open(StorePath));
        Assert.True(failed.UnknownVersion);
        Assert.Contains("999", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_SomebodyElsesDatabase_Refused()
    {
        Execute("CREATE TABLE recipe (name TEXT)");
        var failed = Assert.Throws<ConfigStoreException>(() => ConfigDatabase.Open(StorePath));
        Assert.Contains("not a Lunette configuration", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_FolderThatIsNotThere_SaysSo() =>
        Assert.Throws<ConfigStoreException>(() => ConfigDatabase.Open(_folder.File("no/such/lunette.db")));

    [Fact]
    public void Migrate_EveryOlderVersion_ReachesThisOne()
    {
        for (var version = 0; version < Schema.Version; version++)
        {
            File.Delete(StorePath);
            foreach (var step in Schema.Steps.Take(version)) Execute(step);
            if (version > 0)
                Execute($"PRAGMA application_id = {Schema.ApplicationId}; PRAGMA user_version = {version};");
            using (var database = ConfigDatabase.Open(StorePath))
                Assert.Null(database.Read(() => database.FindProperty("nothing")));
            Assert.Equal(Schema.Version, (int)(long)Scalar("PRAGMA user_version")!);
        }
    }

    [Fact]
    public void Transaction_WorkThrows_NothingIsKept()
    {
        using var database = ConfigDatabase.Open(StorePath);
        Assert.Throws<InvalidOperationException>(() => database.InTransaction(() =>
        {
            database.SetProperty("half", "done");
            throw new InvalidOperationException("in the middle");
        }));
        Assert.Null(database.Read(() => database.FindProperty("half")));
    }

    private void Execute(string text) => Scalar(text);

    private object? Scalar(string text)
    {
        using var connection = new SqliteConnection($"Data Source={StorePath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the texts are this test's own
        command.CommandText = text;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }
}
