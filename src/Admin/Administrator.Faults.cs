using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Faults;
using Lunette.Admin.Faults;
using Lunette.Stmf.Contracts;

namespace Lunette.Admin;

/// <content>Faults over stores.</content>
public sealed partial class Administrator
{
    /// <summary>What puts faults over stores; null where nothing does.</summary>
    public IFaultInjector? Faults { get; init; }

    /// <inheritdoc/>
    public ValueTask<StmfResult> InjectFaultAsync(StmfGuid logicalUnit, Fault fault)
    {
        if (!fault.IsValid)
        {
            return new(new StmfResult(StmfStatus.InvalidArg,
                $"a delay is at most {Fault.MillisecondsMax} ms, and a place one that a disk can have"));
        }
        return FindUnit(logicalUnit) is { } unit
            ? new(Faults?.Inject(unit, fault) ?? s_noFaults)
            : new(NoUnit(logicalUnit));
    }

    /// <inheritdoc/>
    public ValueTask<StmfResult<IReadOnlyList<string>>> GetInjectedFaultsAsync(StmfGuid logicalUnit) =>
        FindUnit(logicalUnit) is { } unit
            ? new(Faults?.Describe(unit) ?? s_noFaults)
            : new(NoUnit(logicalUnit));

    /// <inheritdoc/>
    public ValueTask<StmfResult> ClearFaultsAsync(StmfGuid logicalUnit)
    {
        if (FindUnit(logicalUnit) is not { } unit) return new(NoUnit(logicalUnit));
        return Faults?.ClearAsync(unit) ?? new(s_noFaults);
    }

    private static readonly StmfResult s_noFaults =
        new(StmfStatus.InvalidArg, "this logical unit has no store of ours to put faults over");

    private LogicalUnit? FindUnit(StmfGuid guid) => framework.FindLogicalUnit(guid.ToFramework())?.LogicalUnit;
}
