using System.Collections.Immutable;

namespace Lunette.Stmf.Configuration;

public sealed partial class ConfigurationEdit
{
    /// <summary>Sets a provider's data.</summary>
    /// <param name="provider">Whose.</param>
    /// <param name="data">Its bytes; the caller does not change them afterwards.</param>
    /// <param name="token">The token read before, for compare-and-set; null sets unconditionally. Data that do not
    /// exist have the token 0.</param>
    /// <returns>The new token.</returns>
    public StmfResult<ulong> SetProviderData(ProviderKey provider, ReadOnlyMemory<byte> data, ulong? token)
    {
        var current = _providers.TryGetValue(provider, out var known) ? known.Token : 0;
        if (token is { } read && read != current)
            return StmfResult<ulong>.Refused(Refusal.ProviderDataStale, $"data of {provider.Name} have changed since");
        var set = new ProviderData(provider.Type, provider.Name, data, current + 1);
        var outcome = PutProviderData(set);
        return outcome.Succeeded ? StmfResult<ulong>.Success(set.Token) : StmfResult<ulong>.Refused(outcome);
    }

    /// <summary>Deletes a provider's data, and its entries.</summary>
    public StmfResult ClearProviderData(ProviderKey provider)
    {
        if (!_providers.Remove(provider))
            return StmfResult.Refused(Refusal.NotFound, $"provider {provider.Name} has no data");
        _entries.Remove(provider);
        return Done(new ProviderDataCleared(provider));
    }

    /// <summary>
    /// Sets one entry of a provider, or takes it away. Its data get a new token, and are empty where there were none.
    /// </summary>
    /// <param name="provider">Whose.</param>
    /// <param name="name">The entry: 1 to 255 bytes.</param>
    /// <param name="value">What it says; null takes it away.</param>
    /// <returns>The new token; NotFound, InvalidArgument, LimitReached.</returns>
    public StmfResult<ulong> SetProviderEntry(ProviderKey provider, string name, string? value)
    {
        var outcome = StmfResult.Success;
        if (value is not null && !_providers.ContainsKey(provider))
            outcome = PutProviderData(new ProviderData(provider.Type, provider.Name, default, 0));
        var token = (_providers.TryGetValue(provider, out var known) ? known.Token : 0) + 1;
        if (outcome.Succeeded)
            outcome = value is null ? TakeEntry(provider, name, token) : PutEntry(provider, name, value, token);
        return outcome.Succeeded ? StmfResult<ulong>.Success(token) : StmfResult<ulong>.Refused(outcome);
    }

    internal static ImmutableSortedDictionary<string, string> NoEntries { get; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    private StmfResult PutEntry(ProviderKey provider, string name, string value, ulong token)
    {
        if (!ConfigurationLimits.IsName(name, ConfigurationLimits.NameBytes)
            || value.Length > ConfigurationLimits.ProviderEntryLength)
        {
            return StmfResult.Refused(
                Refusal.InvalidArgument, "an entry has a name of 1 to 255 bytes and at most 16,384 characters");
        }
        if (!_providers.TryGetValue(provider, out var data)) return NoData(provider);
        var entries = _entries.GetValueOrDefault(provider) ?? NoEntries;
        if (entries.Count >= ConfigurationLimits.ProviderEntries && !entries.ContainsKey(name))
            return StmfResult.Refused(Refusal.LimitReached, $"provider {provider.Name} has {entries.Count} entries");
        _entries[provider] = entries.SetItem(name, value);
        _providers[provider] = data with { Token = token };
        return Done(new ProviderEntrySet(provider, name, value, token));
    }

    private StmfResult TakeEntry(ProviderKey provider, string name, ulong token)
    {
        if (!_providers.TryGetValue(provider, out var data)) return NoData(provider);
        var entries = _entries.GetValueOrDefault(provider) ?? NoEntries;
        if (!entries.ContainsKey(name))
            return StmfResult.Refused(Refusal.NotFound, $"provider {provider.Name} has no entry {name}");
        if (entries.Count > 1) _entries[provider] = entries.Remove(name);
        else _entries.Remove(provider);
        _providers[provider] = data with { Token = token };
        return Done(new ProviderEntryRemoved(provider, name, token));
    }

    private static StmfResult NoData(ProviderKey provider) =>
        StmfResult.Refused(Refusal.NotFound, $"provider {provider.Name} has no data");

    private StmfResult PutProviderData(ProviderData data)
    {
        if (!ConfigurationLimits.IsName(data.Name, ConfigurationLimits.NameBytes) || !Enum.IsDefined(data.Type))
            return StmfResult.Refused(Refusal.InvalidArgument, "a provider has a type, and a name of 1 to 255 bytes");
        if (data.Data.Length > ConfigurationLimits.ProviderDataBytes
            || (_providers.Count >= ConfigurationLimits.Providers && !_providers.ContainsKey(data.Key)))
            return StmfResult.Refused(Refusal.LimitReached, $"too much provider data: {data.Data.Length} bytes");
        _providers[data.Key] = data;
        return Done(new ProviderDataSet(data));
    }
}
