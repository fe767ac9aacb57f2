using Lunette.Admin.Contracts;
using Lunette.Scsi;
using Lunette.Stmf.Transitions;

namespace Lunette.Admin;

/// <content>Logical units and their properties.</content>
public sealed partial class Administrator
{
    private const string ProxyProvider = "pppt";

    /// <inheritdoc/>
    public async ValueTask<StmfResult<StmfGuid>> CreateLuAsync(LuResource resource)
    {
        // What comes through the socket was filled by whoever is at its other end.
        var judged = new LuResource();
        foreach (var (property, value) in resource.Values)
        {
            var set = judged.Set(property, value);
            if (!set.Succeeded) return set with { Detail = $"{property}: {set}" };
        }
        return await disks.CreateAsync(judged);
    }

    /// <inheritdoc/>
    public async ValueTask<StmfResult<StmfGuid>> ImportLuAsync(LuResourceType type, string fileName)
    {
        if (type != LuResourceType.Disk || fileName.Length == 0) return StmfStatus.InvalidArg;
        var imported = await disks.ImportAsync(fileName);
        if (imported.Status != StmfStatus.GuidInUse || !IsOtherNodes(imported.Value)) return imported;
        // What stands by for a node that is not there any more makes way for the disk itself.
        return Doors is not null && await Doors.WithdrawAsync(imported.Value.ToFramework())
            ? await disks.ImportAsync(fileName)
            : new(StmfStatus.GuidInUse, imported.Value, $"the other node owns {imported.Value}: it has to delete the "
                + "logical unit, keeping its views, or the proxy door to it has to be closed");
    }

    /// <inheritdoc/>
    public ValueTask<StmfResult> DeleteLuAsync(StmfGuid logicalUnit) => disks.DeleteAsync(logicalUnit);

    /// <inheritdoc/>
    public ValueTask<StmfResult> LuStandbyAsync(StmfGuid logicalUnit) =>
        new(framework.SetAccessState(logicalUnit.ToFramework(), AsymmetricAccessState.Standby).ToAdmin());

    /// <inheritdoc/>
    public ValueTask<StmfResult<IReadOnlyList<StmfGuid>>> GetLogicalUnitListAsync() =>
        Listed(framework.LogicalUnits.Select(info => info.LogicalUnit.Id)
            .Union(framework.Configuration.Views.Keys).Order().Select(id => id.ToAdmin()));

    /// <inheritdoc/>
    public ValueTask<StmfResult<LogicalUnitProperties>> GetLogicalUnitPropertiesAsync(StmfGuid logicalUnit)
    {
        var id = logicalUnit.ToFramework();
        if (framework.FindLogicalUnit(id) is { } info)
        {
            return new(new LogicalUnitProperties(
                logicalUnit, info.LogicalUnit.Alias, UnitState(info.State), info.LogicalUnit.ProviderName));
        }
        return framework.Configuration.Views.ContainsKey(id)
            ? new(new LogicalUnitProperties(logicalUnit, "", LogicalUnitState.Unregistered, ""))
            : new(NoUnit(logicalUnit));
    }

    /// <inheritdoc/>
    public ValueTask<StmfResult> OnlineLogicalUnitAsync(StmfGuid logicalUnit) =>
        new(framework.OnlineLogicalUnit(logicalUnit.ToFramework()).ToAdmin());

    /// <inheritdoc/>
    public ValueTask<StmfResult> OfflineLogicalUnitAsync(StmfGuid logicalUnit) =>
        new(framework.OfflineLogicalUnit(logicalUnit.ToFramework()).ToAdmin());

    /// <inheritdoc/>
    public ValueTask<StmfResult> ModifyLuAsync(StmfGuid logicalUnit, LuProperty property, string value) =>
        disks.ModifyAsync(logicalUnit, property, value);

    /// <inheritdoc/>
    public ValueTask<StmfResult> ModifyLuByFileNameAsync(
        LuResourceType type, string fileName, LuProperty property, string value) =>
        type == LuResourceType.Disk && fileName.Length > 0
            ? disks.ModifyByFileNameAsync(fileName, property, value)
            : new(StmfStatus.InvalidArg);

    /// <inheritdoc/>
    public async ValueTask<StmfResult<LuResource>> GetLuResourceAsync(StmfGuid logicalUnit)
    {
        // What another node owns: nothing of it can be read but its access state.
        if (IsOtherNodes(logicalUnit))
            return new LuResource().With(LuProperty.AccessState, "2");
        var described = await disks.DescribeAsync(logicalUnit);
        if (!described.Succeeded) return described;
        var access = framework.FindLogicalUnit(logicalUnit.ToFramework())?.Access;
        return described.Value!.With(LuProperty.AccessState, access switch
        {
            AsymmetricAccessState.Standby => "2",
            AsymmetricAccessState.Transitioning => "3",
            _ => "0",
        });
    }

    /// <inheritdoc/>
    public ValueTask<StmfResult<string>> GetGlobalLuPropAsync(LuResourceType type, LuProperty property)
    {
        if (type != LuResourceType.Disk) return new(StmfStatus.InvalidArg);
        if (property != LuProperty.MgmtUrl) return new(StmfStatus.InvalidProp);
        var url = disks.DefaultManagementUrl;
        return url.Length > 0 ? new(url) : new(StmfStatus.NoProp);
    }

    /// <inheritdoc/>
    public ValueTask<StmfResult> SetGlobalLuPropAsync(LuResourceType type, LuProperty property, string value)
    {
        if (type != LuResourceType.Disk) return new(StmfStatus.InvalidArg);
        if (property != LuProperty.MgmtUrl) return new(StmfStatus.InvalidProp);
        var judged = LuPropertyRow.Find(property)!.Check(value);
        return judged.Succeeded ? disks.SetDefaultManagementUrlAsync(judged.Value!) : new(judged.WithoutValue);
    }

    private bool IsOtherNodes(StmfGuid guid) =>
        framework.FindLogicalUnit(guid.ToFramework()) is { LogicalUnit.ProviderName: ProxyProvider };

    private static StmfResult NoUnit(StmfGuid guid) => new(StmfStatus.NotFound, $"logical unit {guid} not found");

    private static LogicalUnitState UnitState(ObjectState state) => state switch
    {
        ObjectState.Online => LogicalUnitState.Online,
        ObjectState.Onlining => LogicalUnitState.Onlining,
        ObjectState.Offlining or ObjectState.ForcedOfflining => LogicalUnitState.Offlining,
        _ => LogicalUnitState.Offline,
    };
}
