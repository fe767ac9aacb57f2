using System.Buffers.Binary;
using Lunette.Stmf.Configuration;
using Lunette.Stmf.Contracts;

namespace Lunette.Admin.Storage;

/// <summary>Writes configuration changes as rows, inside the database's transaction.</summary>
internal sealed class ChangeWriter(ConfigDatabase database)
{
    public const string LuDefault = "default_lu_state";
    public const string TargetDefault = "default_target_state";
    public const string Alua = "alua";
    public const string Offline = "offline";
    private const string Online = "online";

    public void Write(ConfigurationChange change)
    {
        switch (change)
        {
            case GroupCreated made:
                Run("INSERT INTO port_group (kind, name) VALUES ($0, $1)", (int)made.Kind, made.Name);
                break;
            case GroupDeleted gone:
                Run("DELETE FROM member WHERE kind = $0 AND name = $1", (int)gone.Kind, gone.Name);
                Run("DELETE FROM port_group WHERE kind = $0 AND name = $1", (int)gone.Kind, gone.Name);
                break;
            case MemberAdded joined:
                Run("INSERT INTO member (kind, name, port) VALUES ($0, $1, $2)",
                    (int)joined.Kind, joined.Group, joined.Member);
                break;
            case MemberRemoved left:
                Run("DELETE FROM member WHERE kind = $0 AND name = $1 AND port = $2",
                    (int)left.Kind, left.Group, left.Member);
                break;
            case ViewEntryAdded mapped:
                Run("INSERT INTO view_entry (unit, entry, host_group, target_group, lun) VALUES ($0, $1, $2, $3, $4)",
                    BytesOf(mapped.LogicalUnit), (long)mapped.Entry.Index, mapped.Entry.HostGroup,
                    mapped.Entry.TargetGroup, mapped.Entry.Lun);
                break;
            case ViewEntryRemoved unmapped:
                Run("DELETE FROM view_entry WHERE unit = $0 AND entry = $1",
                    BytesOf(unmapped.LogicalUnit), (long)unmapped.Index);
                break;
            case ProviderDataSet { Provider: var data }:
                Run("INSERT INTO provider_data (type, name, data, token) VALUES ($0, $1, $2, $3) "
                    + "ON CONFLICT (type, name) DO UPDATE SET data = excluded.data, token = excluded.token",
                    (int)data.Type, data.Name, data.Data.ToArray(), (long)data.Token);
                break;
            case ProviderDataCleared { Provider: var cleared }:
                Run("DELETE FROM provider_entry WHERE type = $0 AND name = $1", (int)cleared.Type, cleared.Name);
                Run("DELETE FROM provider_data WHERE type = $0 AND name = $1", (int)cleared.Type, cleared.Name);
                break;
            case ProviderEntrySet entry:
                Run("INSERT OR REPLACE INTO provider_entry (type, name, entry, value) VALUES ($0, $1, $2, $3)",
                    (int)entry.Provider.Type, entry.Provider.Name, entry.Name, entry.Value);
                SetToken(entry.Provider, entry.Token);
                break;
            case ProviderEntryRemoved entry:
                Run("DELETE FROM provider_entry WHERE type = $0 AND name = $1 AND entry = $2",
                    (int)entry.Provider.Type, entry.Provider.Name, entry.Name);
                SetToken(entry.Provider, entry.Token);
                break;
            case PropertiesSet { Properties: var properties }:
                database.SetProperty(LuDefault, properties.LogicalUnitsOnline ? Online : Offline);
                database.SetProperty(TargetDefault, properties.TargetPortsOnline ? Online : Offline);
                break;
            case AluaSet set:
                database.SetProperty(Alua, $"{(set.Alua.Enabled ? 1 : 0)},{set.Alua.Node}");
                break;
            case RelativePortAssigned assigned:
                Run("INSERT INTO relative_port (port, identifier) VALUES ($0, $1)",
                    assigned.Port, (int)assigned.Identifier);
                break;
            case RelativePortReleased released:
                Run("DELETE FROM relative_port WHERE port = $0", released.Port);
                break;
            default:
                throw new ConfigStoreException($"a change of a kind this store does not know: {change.GetType().Name}");
        }
    }

    /// <summary>Takes everything away but secrets and the persist method.</summary>
    public void Clear()
    {
        Run("DELETE FROM member");
        Run("DELETE FROM port_group");
        Run("DELETE FROM view_entry");
        Run("DELETE FROM provider_entry");
        Run("DELETE FROM provider_data");
        Run("DELETE FROM relative_port");
        Run($"DELETE FROM property WHERE name IN ('{LuDefault}', '{TargetDefault}', '{Alua}')");
    }

    public static LogicalUnitId UnitOf(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));

    private static byte[] BytesOf(LogicalUnitId unit)
    {
        var bytes = new byte[16];
        unit.Write(bytes);
        return bytes;
    }

    private void SetToken(ProviderKey provider, ulong token) =>
        Run("UPDATE provider_data SET token = $2 WHERE type = $0 AND name = $1",
            (int)provider.Type, provider.Name, (long)token);

    private void Run(string text, params ReadOnlySpan<object?> values)
    {
        using var command = database.Command(text);
        for (var i = 0; i < values.Length; i++) command.Parameters.AddWithValue("$" + i, values[i] ?? DBNull.Value);
        command.ExecuteNonQuery();
    }
}
