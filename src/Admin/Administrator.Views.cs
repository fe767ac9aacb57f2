using Lunette.Admin.Contracts;
using Lunette.Stmf.Configuration;
using ViewEntry = Lunette.Admin.Contracts.ViewEntry;

namespace Lunette.Admin;

/// <content>View entries.</content>
public sealed partial class Administrator
{
    /// <inheritdoc/>
    public async ValueTask<StmfResult<ViewEntry>> AddViewEntryAsync(StmfGuid logicalUnit, ViewEntry entry)
    {
        var added = await framework.AddViewEntryAsync(
            logicalUnit.ToFramework(), new GroupPair(entry.HostGroup, entry.TargetGroup), entry.Lun);
        return added.Succeeded ? ToAdmin(added.Value) : added.Outcome.ToAdmin();
    }

    /// <inheritdoc/>
    public ValueTask<StmfResult> RemoveViewEntryAsync(StmfGuid logicalUnit, uint index) =>
        framework.RemoveViewEntryAsync(logicalUnit.ToFramework(), index).ToAdmin();

    /// <inheritdoc/>
    public ValueTask<StmfResult<IReadOnlyList<ViewEntry>>> GetViewEntryListAsync(StmfGuid logicalUnit) =>
        Listed(framework.Configuration.ViewsOf(logicalUnit.ToFramework()).Select(ToAdmin));

    /// <inheritdoc/>
    public ValueTask<StmfResult<ViewEntry>> ValidateViewAsync(ViewEntry entry)
    {
        var lun = framework.ValidateView(new GroupPair(entry.HostGroup, entry.TargetGroup), entry.Lun);
        return new(lun.Succeeded ? entry with { Index = null, Lun = lun.Value } : lun.Outcome.ToAdmin());
    }

    private static ViewEntry ToAdmin(Stmf.Configuration.ViewEntry entry) =>
        new(entry.Index, entry.HostGroup, entry.TargetGroup, entry.Lun);
}
