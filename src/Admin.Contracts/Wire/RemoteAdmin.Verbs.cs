using Lunette.Admin.Contracts.Iscsi;
using Lunette.Admin.Contracts.Verbs;

namespace Lunette.Admin.Contracts.Wire;

// One line a verb: what it takes becomes the row's arguments.
public sealed partial class RemoteAdmin
{
    /// <inheritdoc/>
    public ValueTask<StmfResult<StmfState>> GetStateAsync() =>
        CallAsync(StmfVerbs.GetState, NoArguments.Instance);

    /// <inheritdoc/>
    public ValueTask<StmfResult> OnlineAsync() =>
        CallWithoutValueAsync(StmfVerbs.Online, NoArguments.Instance);

    /// <inheritdoc/>
    public ValueTask<StmfResult> OfflineAsync() =>
        CallWithoutValueAsync(StmfVerbs.Offline, NoArguments.Instance);

    /// <inheritdoc/>
    public ValueTask<StmfResult> LoadConfigAsync() =>
        CallWithoutValueAsync(StmfVerbs.LoadConfig, NoArguments.Instance);

    /// <inheritdoc/>
    public ValueTask<StmfResult<IReadOnlyList<Devid>>> GetTargetListAsync() =>
        CallAsync(StmfVerbs.GetTargetList, NoArguments.Instance);

    /// <inheritdoc/>
    public ValueTask<StmfResult<TargetProperties>> GetTargetPropertiesAsync(Devid target) =>
        CallAsync(StmfVerbs.GetTargetProperties, new(target));

    /// <inheritdoc/>
    public ValueTask<StmfResult<IReadOnlyList<SessionProperties>>> GetSessionListAsync(Devid target) =>
        CallAsync(StmfVerbs.GetSessionList, new(target));

    /// <inheritdoc/>
    public ValueTask<StmfResult> OnlineTargetAsync(Devid target) =>
        CallWithoutValueAsync(StmfVerbs.OnlineTarget, new(target));

    /// <inheritdoc/>
    public ValueTask<StmfResult> OfflineTargetAsync(Devid target) =>
        CallWithoutValueAsync(StmfVerbs.OfflineTarget, new(target));

    /// <inheritdoc/>
    public ValueTask<StmfResult> CreateTargetGroupAsync(string group) =>
        CallWithoutValueAsync(StmfVerbs.CreateTargetGroup, new(group));

    /// <inheritdoc/>
    public ValueTask<StmfResult> DeleteTargetGroupAsync(string group) =>
        CallWithoutValueAsync(StmfVerbs.DeleteTargetGroup, new(group));

    /// <inheritdoc/>
    public ValueTask<StmfResult<IReadOnlyList<string>>> GetTargetGroupListAsync() =>
        CallAsync(StmfVerbs.GetTargetGroupList, NoArguments.Instance);

    /// <inheritdoc/>
    public ValueTask<StmfResult<IReadOnlyList<Devid>>> GetTargetGroupMembersAsync(string group) =>
        CallAsync(StmfVerbs.GetTargetGroupMembers, new(group));

    /// <inheritdoc/>
    public ValueTask<StmfResult> AddToTargetGroupAsync(string group, Devid target) =>
        CallWithoutValueAsync(StmfVerbs.AddToTargetGroup, new(group, target));

    /// <inheritdoc/>
    public ValueTask<StmfResult> RemoveFromTargetGroupAsync(string group, Devid target) =>
        CallWithoutValueAsync(StmfVerbs.RemoveFromTargetGroup, new(group, target));

    /// <inheritdoc/>
    public ValueTask<StmfResult> CreateHostGroupAsync(string group) =>
        CallWithoutValueAsync(StmfVerbs.CreateHostGroup, new(group));

    /// <inheritdoc/>
    public ValueTask<StmfResult> DeleteHostGroupAsync(string group) =>
        CallWithoutValueAsync(StmfVerbs.DeleteHostGroup, new(group));

    /// <inheritdoc/>
    public ValueTask<StmfResult<IReadOnlyList<string>>> GetHostGroupListAsync() =>
        CallAsync(StmfVerbs.GetHostGroupList, NoArguments.Instance);

    /// <inheritdoc/>
    public ValueTask<StmfResult<IReadOnlyList<Devid>>> GetHostGroupMembersAsync(string group) =>
        CallAsync(StmfVerbs.GetHostGroupMembers, new(group));

    /// <inheritdoc/>
    public ValueTask<StmfResult> AddToHostGroupAsync(string group, Devid initiator) =>
        CallWithoutValueAsync(StmfVerbs.AddToHostGroup, new(group, initiator));

    /// <inheritdoc/>
    public ValueTask<StmfResult> RemoveFromHostGroupAsync(string group, Devid initiator) =>
        CallWithoutValueAsync(StmfVerbs.RemoveFromHostGroup, new(group, initiator));

    /// <inheritdoc/>
    public ValueTask<StmfResult<ViewEntry>> AddViewEntryAsync(StmfGuid logicalUnit, ViewEntry entry) =>
        CallAsync(StmfVerbs.AddViewEntry, new(logicalUnit, entry));

    /// <inheritdoc/>
    public ValueTask<StmfResult> RemoveViewEntryAsync(StmfGuid logicalUnit, uint index) =>
        CallWithoutValueAsync(StmfVerbs.RemoveViewEntry, new(logicalUnit, index));

    /// <inheritdoc/>
    public ValueTask<StmfResult<IReadOnlyList<ViewEntry>>> GetViewEntryListAsync(StmfGuid logicalUnit) =>
        CallAsync(StmfVerbs.GetViewEntryList, new(logicalUnit));

    /// <inheritdoc/>
    public ValueTask<StmfResult<ViewEntry>> ValidateViewAsync(ViewEntry entry) =>
        CallAsync(StmfVerbs.ValidateView, new(entry));

    /// <inheritdoc/>
    public ValueTask<StmfResult<StmfGuid>> CreateLuAsync(LuResource resource) =>
        CallAsync(StmfVerbs.CreateLu, new(resource));

    /// <inheritdoc/>
    public ValueTask<StmfResult<StmfGuid>> ImportLuAsync(LuResourceType type, string fileName) =>
        CallAsync(StmfVerbs.ImportLu, new(type, fileName));

    /// <inheritdoc/>
    public ValueTask<StmfResult> DeleteLuAsync(StmfGuid logicalUnit) =>
        CallWithoutValueAsync(StmfVerbs.DeleteLu, new(logicalUnit));

    /// <inheritdoc/>
    public ValueTask<StmfResult> LuStandbyAsync(StmfGuid logicalUnit) =>
        CallWithoutValueAsync(StmfVerbs.LuStandby, new(logicalUnit));

    /// <inheritdoc/>
    public ValueTask<StmfResult<IReadOnlyList<StmfGuid>>> GetLogicalUnitListAsync() =>
        CallAsync(StmfVerbs.GetLogicalUnitList, NoArguments.Instance);

    /// <inheritdoc/>
    public ValueTask<StmfResult<LogicalUnitProperties>> GetLogicalUnitPropertiesAsync(StmfGuid logicalUnit) =>
        CallAsync(StmfVerbs.GetLogicalUnitProperties, new(logicalUnit));

    /// <inheritdoc/>
    public ValueTask<StmfResult> OnlineLogicalUnitAsync(StmfGuid logicalUnit) =>
        CallWithoutValueAsync(StmfVerbs.OnlineLogicalUnit, new(logicalUnit));

    /// <inheritdoc/>
    public ValueTask<StmfResult> OfflineLogicalUnitAsync(StmfGuid logicalUnit) =>
        CallWithoutValueAsync(StmfVerbs.OfflineLogicalUnit, new(logicalUnit));

    /// <inheritdoc/>
    public ValueTask<StmfResult> ModifyLuAsync(StmfGuid logicalUnit, LuProperty property, string value) =>
        CallWithoutValueAsync(StmfVerbs.ModifyLu, new(logicalUnit, property, value));

    /// <inheritdoc/>
    public ValueTask<StmfResult> ModifyLuByFileNameAsync(
        LuResourceType type, string fileName, LuProperty property, string value) =>
        CallWithoutValueAsync(StmfVerbs.ModifyLuByFileName, new(type, fileName, property, value));

    /// <inheritdoc/>
    public ValueTask<StmfResult<LuResource>> GetLuResourceAsync(StmfGuid logicalUnit) =>
        CallAsync(StmfVerbs.GetLuResource, new(logicalUnit));

    /// <inheritdoc/>
    public ValueTask<StmfResult<string>> GetGlobalLuPropAsync(LuResourceType type, LuProperty property) =>
        CallAsync(StmfVerbs.GetGlobalLuProp, new(type, property));

    /// <inheritdoc/>
    public ValueTask<StmfResult> SetGlobalLuPropAsync(LuResourceType type, LuProperty property, string value) =>
        CallWithoutValueAsync(StmfVerbs.SetGlobalLuProp, new(type, property, value));

    /// <inheritdoc/>
    public ValueTask<StmfResult> SetStmfPropAsync(StmfProperty property, string value) =>
        CallWithoutValueAsync(StmfVerbs.SetStmfProp, new(property, value));

    /// <inheritdoc/>
    public ValueTask<StmfResult<string>> GetStmfPropAsync(StmfProperty property) =>
        CallAsync(StmfVerbs.GetStmfProp, new(property));

    /// <inheritdoc/>
    public ValueTask<StmfResult> LoadStmfPropsAsync() =>
        CallWithoutValueAsync(StmfVerbs.LoadStmfProps, NoArguments.Instance);

    /// <inheritdoc/>
    public ValueTask<StmfResult<ProtectedProviderData>> GetProviderDataAsync(string provider, ProviderType type) =>
        CallAsync(StmfVerbs.GetProviderData, new(provider, type));

    /// <inheritdoc/>
    public ValueTask<StmfResult<ulong>> SetProviderDataAsync(
        string provider, ProviderType type, NameValueList data, ulong? token) =>
        CallAsync(StmfVerbs.SetProviderData, new(provider, type, data, token));

    /// <inheritdoc/>
    public ValueTask<StmfResult> ClearProviderDataAsync(string provider, ProviderType type) =>
        CallWithoutValueAsync(StmfVerbs.ClearProviderData, new(provider, type));

    /// <inheritdoc/>
    public ValueTask<StmfResult<IReadOnlyList<Provider>>> GetProviderDataListAsync() =>
        CallAsync(StmfVerbs.GetProviderDataList, NoArguments.Instance);

    /// <inheritdoc/>
    public ValueTask<StmfResult<PersistMethod>> GetPersistMethodAsync() =>
        CallAsync(StmfVerbs.GetPersistMethod, NoArguments.Instance);

    /// <inheritdoc/>
    public ValueTask<StmfResult> SetPersistMethodAsync(PersistMethod method) =>
        CallWithoutValueAsync(StmfVerbs.SetPersistMethod, new(method));

    /// <inheritdoc/>
    public ValueTask<StmfResult<AluaState>> GetAluaStateAsync() =>
        CallAsync(StmfVerbs.GetAluaState, NoArguments.Instance);

    /// <inheritdoc/>
    public ValueTask<StmfResult> SetAluaStateAsync(AluaState state) =>
        CallWithoutValueAsync(StmfVerbs.SetAluaState, new(state));

    /// <inheritdoc/>
    public ValueTask<StmfResult<IReadOnlyList<IscsiTargetProperties>>> GetIscsiTargetsAsync() =>
        CallAsync(StmfVerbs.GetIscsiTargets, NoArguments.Instance);

    /// <inheritdoc/>
    public ValueTask<StmfResult<string>> CreateIscsiTargetAsync(IscsiTargetSettings settings) =>
        CallAsync(StmfVerbs.CreateIscsiTarget, new(settings));

    /// <inheritdoc/>
    public ValueTask<StmfResult> ModifyIscsiTargetAsync(string name, IscsiTargetSettings settings) =>
        CallWithoutValueAsync(StmfVerbs.ModifyIscsiTarget, new(name, settings));

    /// <inheritdoc/>
    public ValueTask<StmfResult> DeleteIscsiTargetAsync(string name, bool force) =>
        CallWithoutValueAsync(StmfVerbs.DeleteIscsiTarget, new(name, force));

    /// <inheritdoc/>
    public ValueTask<StmfResult<IReadOnlyList<IscsiPortalGroup>>> GetIscsiPortalGroupsAsync() =>
        CallAsync(StmfVerbs.GetIscsiPortalGroups, NoArguments.Instance);

    /// <inheritdoc/>
    public ValueTask<StmfResult> CreateIscsiPortalGroupAsync(string name, IReadOnlyList<string> portals) =>
        CallWithoutValueAsync(StmfVerbs.CreateIscsiPortalGroup, new(name, portals));

    /// <inheritdoc/>
    public ValueTask<StmfResult> DeleteIscsiPortalGroupAsync(string name, bool force) =>
        CallWithoutValueAsync(StmfVerbs.DeleteIscsiPortalGroup, new(name, force));

    /// <inheritdoc/>
    public ValueTask<StmfResult<IReadOnlyList<IscsiInitiatorProperties>>> GetIscsiInitiatorsAsync() =>
        CallAsync(StmfVerbs.GetIscsiInitiators, NoArguments.Instance);

    /// <inheritdoc/>
    public ValueTask<StmfResult> CreateIscsiInitiatorAsync(string name, IscsiInitiatorSettings settings) =>
        CallWithoutValueAsync(StmfVerbs.CreateIscsiInitiator, new(name, settings));

    /// <inheritdoc/>
    public ValueTask<StmfResult> ModifyIscsiInitiatorAsync(string name, IscsiInitiatorSettings settings) =>
        CallWithoutValueAsync(StmfVerbs.ModifyIscsiInitiator, new(name, settings));

    /// <inheritdoc/>
    public ValueTask<StmfResult> DeleteIscsiInitiatorAsync(string name) =>
        CallWithoutValueAsync(StmfVerbs.DeleteIscsiInitiator, new(name));

    /// <inheritdoc/>
    public ValueTask<StmfResult<IscsiDefaults>> GetIscsiDefaultsAsync() =>
        CallAsync(StmfVerbs.GetIscsiDefaults, NoArguments.Instance);

    /// <inheritdoc/>
    public ValueTask<StmfResult> ModifyIscsiDefaultsAsync(IscsiDefaultSettings settings) =>
        CallWithoutValueAsync(StmfVerbs.ModifyIscsiDefaults, new(settings));

    /// <inheritdoc/>
    public ValueTask<StmfResult<DaemonStatus>> GetDaemonStatusAsync() =>
        CallAsync(StmfVerbs.GetDaemonStatus, NoArguments.Instance);
}
