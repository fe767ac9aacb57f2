using System.Collections.Immutable;
using Lunette.Admin.Adapters;
using Lunette.Admin.Contracts.Adapters;
using Microsoft.Data.Sqlite;

namespace Lunette.Admin.Storage;

/// <summary>Keeps the definitions of adapters.</summary>
/// <param name="database">The file.</param>
public sealed class AdapterStore(ConfigDatabase database)
{
    /// <summary>What references of adapters' secrets begin with.</summary>
    public const string SecretPrefix = "adapter/";

    /// <summary>All definitions, by name.</summary>
    /// <exception cref="Lunette.Stmf.Configuration.ConfigStoreException">The database failed.</exception>
    public IReadOnlyList<AdapterDefinition> Load() => database.Read(() =>
    {
        var adapters = new List<AdapterDefinition>();
        using (var query = database.Command("SELECT name, transport, initiator FROM adapter ORDER BY name"))
        using (var reader = query.ExecuteReader())
        {
            while (reader.Read())
            {
                adapters.Add(new(
                    reader.GetString(0), (AdapterTransportType)reader.GetInt32(1), reader.GetString(2), []));
            }
        }
        return adapters.ConvertAll(adapter => adapter with { Targets = LoadTargets(adapter.Name) });
    });

    /// <summary>Keeps a definition in place of the one of the same name.</summary>
    /// <exception cref="Lunette.Stmf.Configuration.ConfigStoreException">The database failed.</exception>
    public void Save(AdapterDefinition adapter) => database.InTransaction(() =>
    {
        Delete(adapter.Name);
        using (var insert = database.Command("INSERT INTO adapter VALUES ($name, $transport, $initiator)"))
        {
            insert.Parameters.AddWithValue("$name", adapter.Name);
            insert.Parameters.AddWithValue("$transport", (int)adapter.Transport);
            insert.Parameters.AddWithValue("$initiator", adapter.InitiatorName);
            insert.ExecuteNonQuery();
        }
        foreach (var target in adapter.Targets) Insert(adapter.Name, target);
    });

    /// <summary>Forgets a definition.</summary>
    /// <exception cref="Lunette.Stmf.Configuration.ConfigStoreException">The database failed.</exception>
    public void Remove(string name) => database.InTransaction(() => Delete(name));

    private ImmutableArray<AdapterTarget> LoadTargets(string adapter)
    {
        using var query = database.Command("""
            SELECT scsi_id, lun, address, portal, header_digest, data_digest, user, secret, peer_user, peer_secret
            FROM adapter_target WHERE adapter = $adapter ORDER BY scsi_id, lun
            """);
        query.Parameters.AddWithValue("$adapter", adapter);
        using var reader = query.ExecuteReader();
        var targets = ImmutableArray.CreateBuilder<AdapterTarget>();
        while (reader.Read())
        {
            targets.Add(new((ulong)reader.GetInt64(0), reader.GetInt32(1), reader.GetString(2), reader.GetString(3),
                reader.GetBoolean(4), reader.GetBoolean(5), Secret(reader, 6), Secret(reader, 8)));
        }
        return targets.ToImmutable();
    }

    private static AdapterSecret? Secret(SqliteDataReader reader, int at) =>
        reader.IsDBNull(at) ? null : new(reader.GetString(at), reader.GetString(at + 1));

    private void Insert(string adapter, AdapterTarget target)
    {
        using var insert = database.Command("""
            INSERT INTO adapter_target VALUES ($adapter, $id, $lun, $address, $portal, $header, $data, $user, $secret,
                $peer, $peer_secret)
            """);
        insert.Parameters.AddWithValue("$adapter", adapter);
        insert.Parameters.AddWithValue("$id", (long)target.ScsiId);
        insert.Parameters.AddWithValue("$lun", target.Lun);
        insert.Parameters.AddWithValue("$address", target.Address);
        insert.Parameters.AddWithValue("$portal", target.Portal);
        insert.Parameters.AddWithValue("$header", target.HeaderDigest);
        insert.Parameters.AddWithValue("$data", target.DataDigest);
        insert.Parameters.AddWithValue("$user", (object?)target.Initiator?.User ?? DBNull.Value);
        insert.Parameters.AddWithValue("$secret", (object?)target.Initiator?.Reference ?? DBNull.Value);
        insert.Parameters.AddWithValue("$peer", (object?)target.Peer?.User ?? DBNull.Value);
        insert.Parameters.AddWithValue("$peer_secret", (object?)target.Peer?.Reference ?? DBNull.Value);
        insert.ExecuteNonQuery();
    }

    private void Delete(string name)
    {
        using var delete = database.Command(
            "DELETE FROM adapter_target WHERE adapter = $name; DELETE FROM adapter WHERE name = $name;");
        delete.Parameters.AddWithValue("$name", name);
        delete.ExecuteNonQuery();
    }
}
