using Lunette.Admin.Contracts.Faults;
using Lunette.Admin.Contracts.Verbs;

namespace Lunette.Admin.Contracts.Wire;

/// <content>Faults over stores.</content>
public sealed partial class RemoteAdmin
{
    /// <inheritdoc/>
    public ValueTask<StmfResult> InjectFaultAsync(StmfGuid logicalUnit, Fault fault) =>
        CallWithoutValueAsync(StmfVerbs.InjectFault, new(logicalUnit, fault));

    /// <inheritdoc/>
    public ValueTask<StmfResult<IReadOnlyList<string>>> GetInjectedFaultsAsync(StmfGuid logicalUnit) =>
        CallAsync(StmfVerbs.GetInjectedFaults, new(logicalUnit));

    /// <inheritdoc/>
    public ValueTask<StmfResult> ClearFaultsAsync(StmfGuid logicalUnit) =>
        CallWithoutValueAsync(StmfVerbs.ClearFaults, new(logicalUnit));
}
