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

    /// <summary>Deletes a provider's data.</summary>
    public StmfResult ClearProviderData(ProviderKey provider) => _providers.Remove(provider)
        ? Done(new ProviderDataCleared(provider))
        : StmfResult.Refused(Refusal.NotFound, $"provider {provider.Name} has no data");

    private StmfResult PutProviderData(ProviderData data)
    {
        if (!IsName(data.Name, ConfigurationLimits.NameBytes) || !Enum.IsDefined(data.Type))
            return StmfResult.Refused(Refusal.InvalidArgument, "a provider has a type, and a name of 1 to 255 bytes");
        if (data.Data.Length > ConfigurationLimits.ProviderDataBytes
            || (_providers.Count >= ConfigurationLimits.Providers && !_providers.ContainsKey(data.Key)))
            return StmfResult.Refused(Refusal.LimitReached, $"too much provider data: {data.Data.Length} bytes");
        _providers[data.Key] = data;
        return Done(new ProviderDataSet(data));
    }
}
