using Lunette.Admin.Contracts;
using Lunette.Stmf.Configuration;
using Entries = System.Collections.Immutable.ImmutableSortedDictionary<string, string>;
using StmfFramework = Lunette.Stmf.StmfFramework;

namespace Lunette.Admin.Disks;

/// <summary>
/// Where the disks of <c>sbd</c> lie, by GUID: entries beside its provider data, so that one disk more costs the same
/// however many there are. To administrators both are one list, with the disks in a list of their own.
/// </summary>
/// <param name="framework">Where they are kept.</param>
/// <param name="provider">The provider.</param>
internal sealed class DiskPaths(StmfFramework framework, ProviderKey provider)
{
    private const string Disks = "disks";

    private readonly Dictionary<string, StmfGuid> _byPath = new(StringComparer.Ordinal);
    private Entries? _indexed;

    /// <summary>What the provider keeps beside the disks.</summary>
    public NameValueList Settings =>
        framework.Configuration.Providers.TryGetValue(provider, out var data) && data.Data.Length > 0
            ? ProviderDataText.Read(data.Data) ?? NameValueList.Empty
            : NameValueList.Empty;

    /// <summary>All disks that are remembered.</summary>
    public IEnumerable<(StmfGuid Guid, string Path)> All
    {
        get
        {
            foreach (var (name, path) in framework.Configuration.EntriesOf(provider))
                if (StmfGuid.TryParse(name, out var guid)) yield return (guid, path);
        }
    }

    /// <summary>Settings and disks as one list; null where nothing was ever kept.</summary>
    public ProtectedProviderData? Describe()
    {
        var configuration = framework.Configuration;
        if (!configuration.Providers.TryGetValue(provider, out var data)) return null;
        var list = data.Data.Length > 0 ? ProviderDataText.Read(data.Data) ?? NameValueList.Empty : NameValueList.Empty;
        var disks = configuration.EntriesOf(provider)
            .Select(entry => new NameValue(entry.Key, NameValueType.String) { Text = entry.Value }).ToArray();
        return new(disks.Length > 0 ? list.With(Disks, new NameValueList(disks)) : list, data.Token);
    }

    /// <summary>Whether a disk is remembered.</summary>
    public bool Contains(StmfGuid guid) => framework.Configuration.EntriesOf(provider).ContainsKey(KeyOf(guid));

    /// <summary>The disk that lies at a path; null where none does. Not for two threads at once.</summary>
    public StmfGuid? Find(string path)
    {
        Index(framework.Configuration);
        return _byPath.TryGetValue(Path.GetFullPath(path), out var guid) ? guid : null;
    }

    /// <summary>Remembers where a disk lies, or with null forgets it. Not for two threads at once.</summary>
    public async ValueTask<StmfResult> RememberAsync(StmfGuid guid, string? path)
    {
        var before = framework.Configuration;
        Index(before);
        var key = KeyOf(guid);
        var written = await framework.ChangeAsync(edit => edit.SetProviderEntry(provider, key, path));
        if (!written.Succeeded) return written.Outcome.ToAdmin();
        // The index follows where nobody else has written; else it is made anew when it is asked.
        var after = framework.Configuration;
        if (written.Value != TokenOf(before) + 1 || TokenOf(after) != written.Value) return StmfStatus.Success;
        if (before.EntriesOf(provider).TryGetValue(key, out var old)) _byPath.Remove(Path.GetFullPath(old));
        if (path is not null) _byPath[Path.GetFullPath(path)] = guid;
        _indexed = after.EntriesOf(provider);
        return StmfStatus.Success;
    }

    /// <summary>Remembers or forgets a disk as a part of a larger change.</summary>
    public static Stmf.StmfResult Remember(
        ConfigurationEdit edit, ProviderKey provider, StmfGuid guid, string? path) =>
        edit.SetProviderEntry(provider, KeyOf(guid), path).Outcome;

    /// <summary>Keeps a setting, or with null forgets it, as a part of a larger change.</summary>
    public Stmf.StmfResult Set(ConfigurationEdit edit, string name, string? value) =>
        edit.SetProviderData(provider, ProviderDataText.Write(Settings.With(name, value)), token: null).Outcome;

    /// <summary>Keeps a setting, or with null forgets it.</summary>
    public async ValueTask<StmfResult> SetAsync(string name, string? value) =>
        (await framework.SetProviderDataAsync(provider, ProviderDataText.Write(Settings.With(name, value))))
        .Outcome.ToAdmin();

    /// <summary>Takes settings and disks as one list in place of all there are.</summary>
    public async ValueTask<StmfResult<ulong>> ReplaceAsync(NameValueList list, ulong? token)
    {
        var wanted = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var value in list.FindList(Disks)?.Values ?? [])
        {
            if (value.Text is not { Length: > 0 } path || !StmfGuid.TryParse(value.Name, out var guid))
                return new StmfResult(StmfStatus.InvalidArg, $"a disk is a GUID and its path, not {value.Name}");
            wanted[KeyOf(guid)] = path;
        }
        var settings = ProviderDataText.Write(list.With(Disks, (NameValueList?)null));
        var set = await framework.ChangeAsync(edit => Replace(edit, settings, wanted, token));
        return set.Succeeded ? set.Value : set.Outcome.ToAdmin();
    }

    /// <summary>Brings disks that an older program kept inside the settings to their place.</summary>
    public async ValueTask MoveOutOfSettingsAsync()
    {
        if (Settings.FindList(Disks) is not null) await ReplaceAsync(Settings, token: null);
    }

    private Stmf.StmfResult<ulong> Replace(
        ConfigurationEdit edit, byte[] settings, Dictionary<string, string> wanted, ulong? token)
    {
        var set = edit.SetProviderData(provider, settings, token);
        var there = framework.Configuration.EntriesOf(provider);
        foreach (var name in there.Keys.Where(name => !wanted.ContainsKey(name)))
            if (set.Succeeded) set = edit.SetProviderEntry(provider, name, null);
        foreach (var (name, path) in wanted.Where(disk => there.GetValueOrDefault(disk.Key) != disk.Value))
            if (set.Succeeded) set = edit.SetProviderEntry(provider, name, path);
        return set;
    }

    private void Index(StmfConfiguration configuration)
    {
        var entries = configuration.EntriesOf(provider);
        if (ReferenceEquals(entries, _indexed)) return;
        _byPath.Clear();
        foreach (var (name, path) in entries)
            if (StmfGuid.TryParse(name, out var guid)) _byPath[Path.GetFullPath(path)] = guid;
        _indexed = entries;
    }

    private ulong TokenOf(StmfConfiguration configuration) =>
        configuration.Providers.TryGetValue(provider, out var data) ? data.Token : 0;

    // The key is lower-case, as COMSTAR's is.
#pragma warning disable CA1308 // normalised for the format, not for comparison
    private static string KeyOf(StmfGuid guid) => guid.ToString().ToLowerInvariant();
#pragma warning restore CA1308
}
