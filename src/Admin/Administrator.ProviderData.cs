using Lunette.Admin.Contracts;
using Lunette.Admin.Disks;
using Lunette.Admin.Iscsi;
using Lunette.Stmf.Configuration;
using ProviderType = Lunette.Admin.Contracts.ProviderType;

namespace Lunette.Admin;

/// <content>Provider data.</content>
public sealed partial class Administrator
{
    /// <inheritdoc/>
    public ValueTask<StmfResult<ProtectedProviderData>> GetProviderDataAsync(string provider, ProviderType type)
    {
        if (!TryKey(provider, type, out var key)) return new(StmfStatus.InvalidArg);
        if (key == SbdProvider.Key && disks.Data is { } known) return new(known);
        if (!framework.Configuration.Providers.TryGetValue(key, out var data))
            return new(new StmfResult(StmfStatus.NotFound, $"provider {provider} has no data"));
        return ProviderDataText.Read(data.Data) is { } list
            ? new(new ProtectedProviderData(list, data.Token))
            : new(new StmfResult(StmfStatus.Error, $"data of provider {provider} cannot be read"));
    }

    /// <inheritdoc/>
    public async ValueTask<StmfResult<ulong>> SetProviderDataAsync(
        string provider, ProviderType type, NameValueList data, ulong? token)
    {
        if (!TryKey(provider, type, out var key)) return StmfStatus.InvalidArg;
        if (key == SbdProvider.Key) return await disks.SetDataAsync(data, token);
        if (type == ProviderType.Port && provider == IscsitProvider.Name) return await iscsi.SetDataAsync(data, token);
        var set = await framework.SetProviderDataAsync(key, ProviderDataText.Write(data), token);
        return set.Succeeded ? set.Value : set.Outcome.ToAdmin();
    }

    /// <inheritdoc/>
    public ValueTask<StmfResult> ClearProviderDataAsync(string provider, ProviderType type) =>
        TryKey(provider, type, out var key)
            ? framework.ClearProviderDataAsync(key).ToAdmin()
            : new(StmfStatus.InvalidArg);

    /// <inheritdoc/>
    public ValueTask<StmfResult<IReadOnlyList<Provider>>> GetProviderDataListAsync() =>
        Listed(framework.Configuration.Providers.Keys
            .OrderBy(key => key.Type).ThenBy(key => key.Name, StringComparer.Ordinal)
            .Select(key => new Provider((ProviderType)key.Type, key.Name)));

    private static bool TryKey(string provider, ProviderType type, out ProviderKey key)
    {
        key = new((Stmf.Configuration.ProviderType)type, provider);
        return ConfigurationLimits.IsName(provider, ConfigurationLimits.NameBytes) && Enum.IsDefined(type);
    }
}
