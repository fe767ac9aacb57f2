using Lunette.Admin.Contracts;
using Lunette.Admin.Disks;
using Lunette.Admin.Storage;

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
    public void Journal_CutOff_IsThereAtTheNextStart()
    {
        using (var database = ConfigDatabase.Open(StorePath)) new DiskJournal(database).Begin([s_change]);
        using var again = ConfigDatabase.Open(StorePath);
        var journal = new DiskJournal(again);
        Assert.Single(journal.Read());
        journal.End();
        Assert.Empty(journal.Read());
    }
}
