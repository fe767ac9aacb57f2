using Lunette.Admin.Contracts.Adapters;
using Lunette.Admin.Contracts.Verbs;

namespace Lunette.Admin.Contracts.Wire;

public sealed partial class RemoteAdmin
{
    /// <inheritdoc/>
    public ValueTask<StmfResult<IReadOnlyList<AdapterProperties>>> GetAdaptersAsync() =>
        CallAsync(StmfVerbs.GetAdapters, NoArguments.Instance);

    /// <inheritdoc/>
    public ValueTask<StmfResult> ConfigureAdapterAsync(AdapterSettings settings) =>
        CallWithoutValueAsync(StmfVerbs.ConfigureAdapter, new(settings));

    /// <inheritdoc/>
    public ValueTask<StmfResult> RemoveAdapterAsync(string name) =>
        CallWithoutValueAsync(StmfVerbs.RemoveAdapter, new(name));

    /// <inheritdoc/>
    public ValueTask<StmfResult<IReadOnlyList<AdapterDevice>>> GetAdapterDevicesAsync(string name) =>
        CallAsync(StmfVerbs.GetAdapterDevices, new(name));

    /// <inheritdoc/>
    public ValueTask<StmfResult<IReadOnlyList<AdapterFinding>>> DiscoverAdapterAsync(string name) =>
        CallAsync(StmfVerbs.DiscoverAdapter, new(name));

    /// <inheritdoc/>
    public ValueTask<StmfResult<AdapterAnswer>> OperateAdapterAsync(AdapterOperationArguments operation) =>
        CallAsync(StmfVerbs.OperateAdapter, operation);

    /// <inheritdoc/>
    public ValueTask<StmfResult<AdapterAnswer>> SendAdapterCommandAsync(AdapterCommandArguments command) =>
        CallAsync(StmfVerbs.SendAdapterCommand, command);

    /// <inheritdoc/>
    public ValueTask<StmfResult<IReadOnlyList<ErrorLogEntry>>> GetErrorLogAsync(ErrorLogFilter filter) =>
        CallAsync(StmfVerbs.GetErrorLog, new(filter));

    /// <inheritdoc/>
    public ValueTask<StmfResult<ulong>> ClearErrorLogAsync(DateTimeOffset? olderThan) =>
        CallAsync(StmfVerbs.ClearErrorLog, new(olderThan));
}
