using System.Diagnostics;
using Lunette.Admin.Contracts;
using Lunette.Admin.Storage;
using Lunette.Stmf.Configuration;
using Lunette.Testing;
using AluaState = Lunette.Stmf.Configuration.AluaState;
using ProviderType = Lunette.Stmf.Configuration.ProviderType;
using ViewEntry = Lunette.Stmf.Configuration.ViewEntry;

namespace Lunette.Admin.Tests.Storage;

public sealed class SqliteConfigStoreTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private string StorePath => _folder.File("lunette.db");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Write_OneOfEverything_LoadsBackAfterReopening()
    {
        var changes = Samples.Changes(groups: 3);
        using (var database = ConfigDatabase.Open(StorePath)) await new SqliteConfigStore(database).WriteAsync(changes);
        using var again = ConfigDatabase.Open(StorePath);
        var loaded = await new SqliteConfigStore(again).LoadAsync(Stop);
        Assert.Equal(Samples.Text(Samples.Replay(changes)), Samples.Text(Samples.Replay(loaded)));
    }

    [Fact]
    public async Task Write_OppositeChanges_NothingIsLeft()
    {
        using var database = ConfigDatabase.Open(StorePath);
        var store = new SqliteConfigStore(database);
        await store.WriteAsync(Samples.Changes(groups: 1));
        await store.WriteAsync(
        [
            new ViewEntryRemoved(Samples.Unit(1), 0), new ViewEntryRemoved(Samples.Unit(2), 0),
            new MemberRemoved(GroupKind.Host, "hosts-0000", "iqn.2026-11.example:host-0"),
            new GroupDeleted(GroupKind.Host, "hosts-0000"), new GroupDeleted(GroupKind.Target, "targets"),
            new RelativePortReleased("iqn.2026-11.example:target"),
            new ProviderDataCleared(Samples.Iscsit),
            new PropertiesSet(new StmfProperties()), new AluaSet(new AluaState()),
        ]);
        var left = Samples.Replay(await store.LoadAsync(Stop));
        Assert.Equal("", Samples.Text(left));
    }

    [Fact]
    public async Task Write_ProviderEntryRemoved_OthersStayWithTheNewToken()
    {
        using var database = ConfigDatabase.Open(StorePath);
        var store = new SqliteConfigStore(database);
        await store.WriteAsync(Samples.Changes(groups: 1));
        await store.WriteAsync(
        [
            new ProviderEntryRemoved(Samples.Iscsit, "one", 10), new ProviderEntrySet(Samples.Iscsit, "two", "2", 11),
            new ProviderDataSet(new ProviderData(ProviderType.Port, "iscsit", new byte[] { 4 }, 12)),
        ]);
        var left = Samples.Replay(await store.LoadAsync(Stop));
        Assert.Equal([KeyValuePair.Create("two", "2")], left.EntriesOf(Samples.Iscsit));
        Assert.Equal(12UL, left.Providers[Samples.Iscsit].Token);
    }

    [Fact]
    public async Task Write_OneChangeOfManyFails_NoneIsKept()
    {
        using var database = ConfigDatabase.Open(StorePath);
        var store = new SqliteConfigStore(database);
        var twice = new GroupCreated(GroupKind.Host, "twice");
        await Assert.ThrowsAsync<ConfigStoreException>(
            async () => await store.WriteAsync([new GroupCreated(GroupKind.Host, "once"), twice, twice]));
        Assert.Empty(await store.LoadAsync(Stop));
    }

    [Fact]
    public async Task PersistNone_Changes_AreNotKeptUntilItIsSmfAgain()
    {
        using var database = ConfigDatabase.Open(StorePath);
        var store = new SqliteConfigStore(database);
        await store.WriteAsync([new GroupCreated(GroupKind.Host, "stored")]);
        store.SetMethod(PersistMethod.None, StmfConfiguration.Empty);
        await store.WriteAsync([new GroupCreated(GroupKind.Host, "forgotten")]);
        Assert.Equal(PersistMethod.None, store.Method);
        Assert.Empty(await store.LoadAsync(Stop));

        var current = Samples.Replay(Samples.Changes(groups: 2));
        store.SetMethod(PersistMethod.Smf, current);
        Assert.Equal(Samples.Text(current), Samples.Text(Samples.Replay(await store.LoadAsync(Stop))));
    }

    [Fact]
    public async Task Write_TenThousandViews_OneTransactionWithinSeconds()
    {
        var changes = Enumerable.Range(0, 10_000)
            .Select(i => (ConfigurationChange)new ViewEntryAdded(Samples.Unit(i), new ViewEntry(0, null, null, i)))
            .ToArray();
        using var database = ConfigDatabase.Open(StorePath);
        var store = new SqliteConfigStore(database);
        var watch = Stopwatch.StartNew();
        await store.WriteAsync(changes);
        Assert.Equal(changes.Length, (await store.LoadAsync(Stop)).Count);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), $"took {watch.Elapsed}");
    }

    // A copy of the file and its log at any moment is what a power cut leaves: the old configuration or the new one.
    [Fact]
    public async Task Copy_BetweenAnyTwoWrites_OldOrNew()
    {
        using (var database = ConfigDatabase.Open(StorePath))
        {
            var store = new SqliteConfigStore(database);
            for (var i = 0; i < 20; i++)
            {
                await store.WriteAsync([new GroupCreated(GroupKind.Host, $"group-{i:D2}")]);
                var copy = _folder.File($"copy-{i}");
                Directory.CreateDirectory(copy);
                foreach (var file in Directory.GetFiles(_folder.Path, "lunette.db*"))
                {
                    // The log cut at an odd place: its last frame is torn.
                    var bytes = await ReadShared(file);
                    var torn = i % 2 == 1 && file.EndsWith("-wal", StringComparison.Ordinal) ? bytes[..^100] : bytes;
                    await File.WriteAllBytesAsync(Path.Combine(copy, Path.GetFileName(file)), torn, Stop);
                }
            }
        }
        for (var i = 0; i < 20; i++)
        {
            using var copied = ConfigDatabase.Open(Path.Combine(_folder.File($"copy-{i}"), "lunette.db"));
            var loaded = await new SqliteConfigStore(copied).LoadAsync(Stop);
            Assert.Equal(i % 2 == 1 ? i : i + 1, loaded.Count);
        }
    }

    [Fact]
    public void Secrets_SweptWhenNothingRefersToThem()
    {
        using var database = ConfigDatabase.Open(StorePath);
        var secrets = new SecretStore(database);
        secrets.Set("a", "first");
        secrets.Set("a", "second");
        secrets.Set("b", "other");
        Assert.Equal("second"u8.ToArray(), secrets.Find("a"));
        secrets.Sweep(new HashSet<string> { "a" });
        Assert.NotNull(secrets.Find("a"));
        Assert.Null(secrets.Find("b"));
    }

    private static async Task<byte[]> ReadShared(string path)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        await file.ReadExactlyAsync(bytes, Stop);
        return bytes;
    }
}
