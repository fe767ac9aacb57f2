using Lunette.Admin.Contracts;
using Lunette.Admin.Disks;
using Lunette.Admin.Storage;
using Lunette.Stmf.Configuration;
using Microsoft.Data.Sqlite;

namespace Lunette.Admin.Tests.Storage;

/// <summary>What disks were is known until the change they were changed for is written, and not longer.</summary>
public sealed class DiskJournalTests : IDisposable
{
    private static readonly DiskPropertyChange s_change =
        new(new StmfGuid(6, 1), "/disks/one", LuProperty.Alias, Before: "old", After: "new");

    private readonly string _folder = Directory.CreateTempSubdirectory("lunette-journal-").FullName;

    private string StorePath => Path.Combine(_folder, "lunette.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Journal_OthersWrite_Stays_TheChangeItIsForWrites_Gone()
    {
        using var database = ConfigDatabase.Open(StorePath);
        var journal = new DiskJournal(database);
        var store = new SqliteConfigStore(database, journal);
        journal.Begin([s_change]);
        await store.WriteAsync(Samples.Changes(groups: 1));
        Assert.Equal([("/disks/one", LuProperty.Alias, "old")], journal.Read());
        journal.EndWithNextWrite();
        await store.WriteAsync([]);
        Assert.Empty(journal.Read());
    }

    [Fact]
    public async Task Journal_TheChangeItIsForFails_AWriteOfOthersDoesNotEndIt()
    {
        using var database = ConfigDatabase.Open(StorePath);
        var journal = new DiskJournal(database);
        var store = new SqliteConfigStore(database, journal);
        journal.Begin([s_change]);
        journal.EndWithNextWrite();
        using (var other = new SqliteConnection($"Data Source={StorePath};Pooling=False;Foreign Keys=False"))
        {
            other.Open();
            using var command = other.CreateCommand();
            command.CommandText = "DROP TABLE port_group";
            command.ExecuteNonQuery();
        }
        await Assert.ThrowsAsync<ConfigStoreException>(
            async () => await store.WriteAsync(Samples.Changes(groups: 1)));
        await store.WriteAsync([]);
        Assert.Single(journal.Read());
        journal.End();
        Assert.Empty(journal.Read());
    }

    [Fact]
    public void Journal_OneCouldNotBeTakenBack_StaysWhenTheOthersEnd()
    {
        using var database = ConfigDatabase.Open(StorePath);
        var journal = new DiskJournal(database);
        journal.Begin([s_change, s_change with { Path = "/disks/two" }]);
        journal.Keep(s_change);
        journal.End();
        Assert.Equal([("/disks/one", LuProperty.Alias, "old")], journal.Read());
        journal.Forget("/disks/one", LuProperty.Alias);
        Assert.Empty(journal.Read());
    }

    [Fact]
    public void Journal_CutOff_IsThereAtTheNextStart()
    {
        using (var database = ConfigDatabase.Open(StorePath)) new DiskJournal(database).Begin([s_change]);
        using var again = ConfigDatabase.Open(StorePath);
        Assert.Single(new DiskJournal(again).Read());
    }
}
