using Lunette.Admin.Contracts;
using Lunette.Stmf.Configuration;
using Microsoft.Data.Sqlite;
using AluaState = Lunette.Stmf.Configuration.AluaState;
using ProviderType = Lunette.Stmf.Configuration.ProviderType;
using ViewEntry = Lunette.Stmf.Configuration.ViewEntry;

namespace Lunette.Admin.Storage;

/// <summary>
/// The framework's configuration in SQLite: a change is rows written in one transaction. With the persist method
/// <c>none</c> nothing is loaded and nothing written; what was stored stays for the day the method changes back.
/// </summary>
/// <param name="database">The file.</param>
/// <param name="journal">Ends with the change that disks were changed for; null where there are no disks.</param>
public sealed class SqliteConfigStore(ConfigDatabase database, DiskJournal? journal = null) : IConfigStore
{
    private const string MethodProperty = "persist_method";

    /// <summary>How changes are kept.</summary>
    public PersistMethod Method => database.Read(ReadMethod);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ConfigurationChange>> LoadAsync(CancellationToken stop)
    {
        var changes = database.Read<IReadOnlyList<ConfigurationChange>>(() =>
        {
            database.CheckVersion();
            if (ReadMethod() == PersistMethod.None) return [];
            var loaded = new List<ConfigurationChange>();
            LoadProperties(loaded);
            LoadGroups(loaded);
            LoadViews(loaded);
            LoadProviders(loaded);
            return loaded;
        });
        return ValueTask.FromResult(changes);
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(IReadOnlyList<ConfigurationChange> changes)
    {
        var endsJournal = journal?.EndsNow() == true;
        database.InTransaction(() =>
        {
            if (endsJournal) journal!.Clear();
            if (ReadMethod() == PersistMethod.None) return;
            var writer = new ChangeWriter(database);
            foreach (var change in changes) writer.Write(change);
        });
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// Changes how changes are kept. Back from <c>none</c>, the configuration as it is now replaces what was stored.
    /// </summary>
    public void SetMethod(PersistMethod method, StmfConfiguration current)
    {
        database.InTransaction(() =>
        {
            if (ReadMethod() == method) return;
            database.SetProperty(MethodProperty, method == PersistMethod.None ? "none" : "smf");
            if (method == PersistMethod.None) return;
            var writer = new ChangeWriter(database);
            writer.Clear();
            foreach (var change in current.AsChanges()) writer.Write(change);
        });
    }

    private PersistMethod ReadMethod() =>
        database.FindProperty(MethodProperty) == "none" ? PersistMethod.None : PersistMethod.Smf;

    private void LoadProperties(List<ConfigurationChange> into)
    {
        var properties = new StmfProperties(
            LogicalUnitsOnline: database.FindProperty(ChangeWriter.LuDefault) != ChangeWriter.Offline,
            TargetPortsOnline: database.FindProperty(ChangeWriter.TargetDefault) != ChangeWriter.Offline);
        if (properties != new StmfProperties()) into.Add(new PropertiesSet(properties));
        if (database.FindProperty(ChangeWriter.Alua) is { } alua)
            into.Add(new AluaSet(new AluaState(alua[0] == '1', alua[^1] == '1' ? 1u : 0u)));
    }

    private void LoadGroups(List<ConfigurationChange> into)
    {
        Each("SELECT kind, name FROM port_group ORDER BY kind, name",
            row => into.Add(new GroupCreated((GroupKind)row.GetInt32(0), row.GetString(1))));
        Each("SELECT kind, name, port FROM member ORDER BY kind, name, port",
            row => into.Add(new MemberAdded((GroupKind)row.GetInt32(0), row.GetString(1), row.GetString(2))));
        Each("SELECT port, identifier FROM relative_port ORDER BY identifier",
            row => into.Add(new RelativePortAssigned(row.GetString(0), (ushort)row.GetInt32(1))));
    }

    private void LoadViews(List<ConfigurationChange> into) =>
        Each("SELECT unit, entry, host_group, target_group, lun FROM view_entry ORDER BY unit, entry", row =>
        {
            Span<byte> unit = stackalloc byte[16];
            row.GetFieldValue<byte[]>(0).CopyTo(unit);
            into.Add(new ViewEntryAdded(ChangeWriter.UnitOf(unit), new ViewEntry(
                (uint)row.GetInt64(1), row.IsDBNull(2) ? null : row.GetString(2),
                row.IsDBNull(3) ? null : row.GetString(3), row.GetInt32(4))));
        });

    private void LoadProviders(List<ConfigurationChange> into)
    {
        var tokens = new Dictionary<ProviderKey, ulong>();
        Each("SELECT type, name, data, token FROM provider_data ORDER BY type, name", row =>
        {
            var data = new ProviderData((ProviderType)row.GetInt32(0), row.GetString(1),
                row.GetFieldValue<byte[]>(2), (ulong)row.GetInt64(3));
            tokens.Add(data.Key, data.Token);
            into.Add(new ProviderDataSet(data));
        });
        Each("SELECT type, name, entry, value FROM provider_entry ORDER BY type, name, entry", row =>
        {
            var provider = new ProviderKey((ProviderType)row.GetInt32(0), row.GetString(1));
            into.Add(new ProviderEntrySet(provider, row.GetString(2), row.GetString(3), tokens[provider]));
        });
    }

    private void Each(string query, Action<SqliteDataReader> take)
    {
        using var command = database.Command(query);
        using var reader = command.ExecuteReader();
        while (reader.Read()) take(reader);
    }
}
