using System.Security.Cryptography;
using System.Text;

namespace Lunette.Admin.Storage;

/// <summary>
/// CHAP secrets, apart from the configuration that refers to them: nothing that shows or exports provider data can show
/// one. A reference says whose secret it is; the last one written counts.
/// </summary>
/// <param name="database">The file.</param>
public sealed class SecretStore(ConfigDatabase database)
{
    /// <summary>Keeps a secret under a reference.</summary>
    public void Set(string reference, string secret) => database.InTransaction(() =>
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        try
        {
            using var command = database.Command("INSERT OR REPLACE INTO secret (reference, value) VALUES ($r, $v)");
            command.Parameters.AddWithValue("$r", reference);
            command.Parameters.AddWithValue("$v", bytes);
            command.ExecuteNonQuery();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    });

    /// <summary>The secret of a reference; null where there is none. The caller clears it after use.</summary>
    public byte[]? Find(string reference) => database.Read(() =>
    {
        using var command = database.Command("SELECT value FROM secret WHERE reference = $r");
        command.Parameters.AddWithValue("$r", reference);
        return command.ExecuteScalar() as byte[];
    });

    /// <summary>Forgets every secret that nothing refers to any more.</summary>
    /// <param name="referred">The references that are in use.</param>
    /// <param name="isMine">Which references are the caller's to judge; null for all.</param>
    public void Sweep(IReadOnlySet<string> referred, Predicate<string>? isMine = null) => database.InTransaction(() =>
    {
        var known = new List<string>();
        using (var query = database.Command("SELECT reference FROM secret"))
        using (var reader = query.ExecuteReader())
        {
            while (reader.Read()) known.Add(reader.GetString(0));
        }
        foreach (var reference in known.Where(reference => !referred.Contains(reference)
            && (isMine is null || isMine(reference))))
        {
            using var command = database.Command("DELETE FROM secret WHERE reference = $r");
            command.Parameters.AddWithValue("$r", reference);
            command.ExecuteNonQuery();
        }
    });
}
