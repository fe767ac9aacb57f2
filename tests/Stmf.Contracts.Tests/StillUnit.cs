using Lunette.Stmf.Contracts.Tasks;

namespace Lunette.Stmf.Contracts.Tests;

/// <summary>The least logical unit there can be: it has an identity and takes no command.</summary>
internal sealed class StillUnit(ulong number) : LogicalUnit
{
    public override LogicalUnitId Id { get; } = new(0x6000_0000_0000_0000, number);
    public override string Alias => Id.ToString();
    public override string ProviderName => "still";
    public override void Submit(ScsiTask task) => throw new NotSupportedException();
    public override void DataOutArrived(ScsiTask task, DataOutOutcome outcome) => throw new NotSupportedException();
    public override void Continue(ScsiTask task) => throw new NotSupportedException();
    public override void Manage(TaskManagementRequest request) => throw new NotSupportedException();
    public override ValueTask<ControlResult> OnlineAsync(CancellationToken stop) => new(ControlResult.Success);
    public override ValueTask<ControlResult> OfflineAsync(CancellationToken stop) => new(ControlResult.Success);
}
