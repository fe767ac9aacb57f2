namespace Lunette.Admin.Contracts;

/// <summary>
/// libstmf's verbs, local in the process that hosts the framework or remote through the daemon's socket. Every verb can
/// also come to <see cref="StmfStatus.Perm"/>, <see cref="StmfStatus.InvalidArg"/>, <see cref="StmfStatus.Error"/> and,
/// remote, <see cref="StmfStatus.ServiceNotFound"/> when no daemon answers; one that changes the configuration to
/// <see cref="StmfStatus.ConfigNone"/> where none is loaded, and one that makes something to
/// <see cref="StmfStatus.NoMem"/> where there are as many as there may be. The rows of
/// <see cref="Verbs.StmfVerbs"/> list names, parameters and every code as data.
/// </summary>
/// <remarks>
/// Verbs that change a state (<see cref="OnlineTargetAsync"/> and its like) are asynchronous: success says accepted.
/// Whoever wants to know the end asks for the properties again, as stmfadm does.
/// </remarks>
public interface IStmf
{
    // --- Framework and service ---------------------------------------------------------------------------------------

    /// <summary><c>stmfGetState</c>: operational and configuration state of the service.</summary>
    ValueTask<StmfResult<StmfState>> GetStateAsync();

    /// <summary>
    /// <c>stmfOnline</c>: the service goes online; <see cref="StmfStatus.ServiceOnline"/> where it is.
    /// </summary>
    ValueTask<StmfResult> OnlineAsync();

    /// <summary>
    /// <c>stmfOffline</c>: the service goes offline; <see cref="StmfStatus.ServiceOffline"/> where it is.
    /// </summary>
    ValueTask<StmfResult> OfflineAsync();

    /// <summary>
    /// <c>stmfLoadConfig</c>: the configuration is read from the store again; <see cref="StmfStatus.ServiceOnline"/>
    /// unless the service is offline.
    /// </summary>
    ValueTask<StmfResult> LoadConfigAsync();

    // --- Target ports and sessions -----------------------------------------------------------------------------------

    /// <summary><c>stmfGetTargetList</c>: all registered target ports, in any state.</summary>
    ValueTask<StmfResult<IReadOnlyList<Devid>>> GetTargetListAsync();

    /// <summary><c>stmfGetTargetProperties</c>: <see cref="StmfStatus.NotFound"/> unless it is registered.</summary>
    ValueTask<StmfResult<TargetProperties>> GetTargetPropertiesAsync(Devid target);

    /// <summary>
    /// <c>stmfGetSessionList</c>: who is logged in at a target; an unknown one comes to
    /// <see cref="StmfStatus.Error"/>, as in libstmf.
    /// </summary>
    ValueTask<StmfResult<IReadOnlyList<SessionProperties>>> GetSessionListAsync(Devid target);

    /// <summary>
    /// <c>stmfOnlineTarget</c>: accepted, or online already; <see cref="StmfStatus.NotFound"/>, and
    /// <see cref="StmfStatus.Busy"/> while it is going offline.
    /// </summary>
    ValueTask<StmfResult> OnlineTargetAsync(Devid target);

    /// <summary>
    /// <c>stmfOfflineTarget</c>: from the moment it is accepted no initiator can log in; those with sessions are asked
    /// to log out and dropped after a deadline. Success also where it is offline or going there;
    /// <see cref="StmfStatus.NotFound"/>, and <see cref="StmfStatus.Busy"/> while it is going online.
    /// </summary>
    ValueTask<StmfResult> OfflineTargetAsync(Devid target);

    // --- Target groups -----------------------------------------------------------------------------------------------

    /// <summary>
    /// <c>stmfCreateTargetGroup</c>: 1 to 255 characters, not beginning with <c>*</c> (that comes to
    /// <see cref="StmfStatus.Error"/>); <see cref="StmfStatus.Exists"/>.
    /// </summary>
    ValueTask<StmfResult> CreateTargetGroupAsync(string group);

    /// <summary>
    /// <c>stmfDeleteTargetGroup</c>: <see cref="StmfStatus.NotFound"/>, and <see cref="StmfStatus.GroupInUse"/> while a
    /// view entry refers to it.
    /// </summary>
    ValueTask<StmfResult> DeleteTargetGroupAsync(string group);

    /// <summary><c>stmfGetTargetGroupList</c>: all groups but the hidden one that means all.</summary>
    ValueTask<StmfResult<IReadOnlyList<string>>> GetTargetGroupListAsync();

    /// <summary>
    /// <c>stmfGetTargetGroupMembers</c>: <see cref="StmfStatus.NotFound"/> where there is no such group.
    /// </summary>
    ValueTask<StmfResult<IReadOnlyList<Devid>>> GetTargetGroupMembersAsync(string group);

    /// <summary>
    /// <c>stmfAddToTargetGroup</c>: the target need not exist, but where it does it must be offline
    /// (<see cref="StmfStatus.TgOnline"/>); in one group at most (<see cref="StmfStatus.Exists"/>);
    /// <see cref="StmfStatus.GroupNotFound"/>.
    /// </summary>
    ValueTask<StmfResult> AddToTargetGroupAsync(string group, Devid target);

    /// <summary>
    /// <c>stmfRemoveFromTargetGroup</c>: <see cref="StmfStatus.GroupNotFound"/>,
    /// <see cref="StmfStatus.MemberNotFound"/>, <see cref="StmfStatus.TgOnline"/>.
    /// </summary>
    ValueTask<StmfResult> RemoveFromTargetGroupAsync(string group, Devid target);

    // --- Host groups -------------------------------------------------------------------------------------------------

    /// <summary><c>stmfCreateHostGroup</c>: as <see cref="CreateTargetGroupAsync"/>.</summary>
    ValueTask<StmfResult> CreateHostGroupAsync(string group);

    /// <summary><c>stmfDeleteHostGroup</c>: as <see cref="DeleteTargetGroupAsync"/>.</summary>
    ValueTask<StmfResult> DeleteHostGroupAsync(string group);

    /// <summary><c>stmfGetHostGroupList</c>: all groups but the hidden one that means all.</summary>
    ValueTask<StmfResult<IReadOnlyList<string>>> GetHostGroupListAsync();

    /// <summary>
    /// <c>stmfGetHostGroupMembers</c>: <see cref="StmfStatus.NotFound"/> where there is no such group.
    /// </summary>
    ValueTask<StmfResult<IReadOnlyList<Devid>>> GetHostGroupMembersAsync(string group);

    /// <summary>
    /// <c>stmfAddToHostGroup</c>: at any time; every live session of the initiator sees the change at once.
    /// <see cref="StmfStatus.GroupNotFound"/>; <see cref="StmfStatus.Exists"/> where it is in a group already.
    /// </summary>
    ValueTask<StmfResult> AddToHostGroupAsync(string group, Devid initiator);

    /// <summary>
    /// <c>stmfRemoveFromHostGroup</c>: <see cref="StmfStatus.GroupNotFound"/>, <see cref="StmfStatus.MemberNotFound"/>.
    /// </summary>
    ValueTask<StmfResult> RemoveFromHostGroupAsync(string group, Devid initiator);

    // --- Views -------------------------------------------------------------------------------------------------------

    /// <summary>
    /// <c>stmfAddViewEntry</c>: the logical unit need not be registered; an index in the entry is ignored.
    /// <see cref="StmfStatus.VeConflict"/>, <see cref="StmfStatus.LunInUse"/>, <see cref="StmfStatus.InvalidHg"/>,
    /// <see cref="StmfStatus.InvalidTg"/>, <see cref="StmfStatus.ConfigNone"/>.
    /// </summary>
    /// <returns>The entry with its index and its logical unit number.</returns>
    ValueTask<StmfResult<ViewEntry>> AddViewEntryAsync(StmfGuid logicalUnit, ViewEntry entry);

    /// <summary>
    /// <c>stmfRemoveViewEntry</c>: <see cref="StmfStatus.NotFound"/>, <see cref="StmfStatus.ConfigNone"/>.
    /// </summary>
    ValueTask<StmfResult> RemoveViewEntryAsync(StmfGuid logicalUnit, uint index);

    /// <summary><c>stmfGetViewEntryList</c>: by index; a GUID nobody knows has an empty list.</summary>
    ValueTask<StmfResult<IReadOnlyList<ViewEntry>>> GetViewEntryListAsync(StmfGuid logicalUnit);

    /// <summary>
    /// <c>stmfValidateView</c>: whether the logical unit number is free, or which one would be chosen. Nothing is
    /// stored
    /// or reserved. <see cref="StmfStatus.LunInUse"/>, <see cref="StmfStatus.InvalidHg"/>,
    /// <see cref="StmfStatus.InvalidTg"/>, <see cref="StmfStatus.ConfigNone"/>.
    /// </summary>
    ValueTask<StmfResult<ViewEntry>> ValidateViewAsync(ViewEntry entry);

    // --- Logical units -----------------------------------------------------------------------------------------------

    /// <summary>
    /// <c>stmfCreateLu</c>: makes, registers and remembers a disk.
    /// </summary>
    /// <returns>Its GUID, or <see cref="StmfStatus.MissingPropVal"/>, <see cref="StmfStatus.FileInUse"/>,
    /// <see cref="StmfStatus.GuidInUse"/>, <see cref="StmfStatus.InvalidBlkSize"/>,
    /// <see cref="StmfStatus.SizeOutOfRange"/>, <see cref="StmfStatus.FileSizeInvalid"/>,
    /// <see cref="StmfStatus.MetaFileName"/>, <see cref="StmfStatus.MetaCreation"/>,
    /// <see cref="StmfStatus.DataFileName"/>; <see cref="StmfStatus.InvalidProp"/> and
    /// <see cref="StmfStatus.InvalidPropSize"/> for a property no new disk has, or of a wrong length.</returns>
    ValueTask<StmfResult<StmfGuid>> CreateLuAsync(LuResource resource);

    /// <summary>
    /// <c>stmfImportLu</c>: registers a disk again from the metadata that lies with its data. On
    /// <see cref="StmfStatus.FileInUse"/> the value still is the GUID.
    /// </summary>
    ValueTask<StmfResult<StmfGuid>> ImportLuAsync(LuResourceType type, string fileName);

    /// <summary>
    /// <c>stmfDeleteLu</c>: takes it offline, deregisters and forgets it. Its view entries stay, and so does the data.
    /// <see cref="StmfStatus.NotFound"/>; <see cref="StmfStatus.LuBusy"/> when its tasks did not end in time.
    /// </summary>
    ValueTask<StmfResult> DeleteLuAsync(StmfGuid logicalUnit);

    /// <summary><c>stmfLuStandby</c>: active to standby. <see cref="StmfStatus.NotFound"/>.</summary>
    ValueTask<StmfResult> LuStandbyAsync(StmfGuid logicalUnit);

    /// <summary>
    /// <c>stmfGetLogicalUnitList</c>: registered logical units and those that only have view entries, by their bytes.
    /// </summary>
    ValueTask<StmfResult<IReadOnlyList<StmfGuid>>> GetLogicalUnitListAsync();

    /// <summary>
    /// <c>stmfGetLogicalUnitProperties</c>: one that only has view entries is
    /// <see cref="LogicalUnitState.Unregistered"/>; <see cref="StmfStatus.NotFound"/> otherwise.
    /// </summary>
    ValueTask<StmfResult<LogicalUnitProperties>> GetLogicalUnitPropertiesAsync(StmfGuid logicalUnit);

    /// <summary>
    /// <c>stmfOnlineLogicalUnit</c>: accepted, or online already; <see cref="StmfStatus.NotFound"/>,
    /// <see cref="StmfStatus.Busy"/>.
    /// </summary>
    ValueTask<StmfResult> OnlineLogicalUnitAsync(StmfGuid logicalUnit);

    /// <summary>
    /// <c>stmfOfflineLogicalUnit</c>: it leaves every initiator's inventory. <see cref="StmfStatus.NotFound"/>,
    /// <see cref="StmfStatus.Busy"/>.
    /// </summary>
    ValueTask<StmfResult> OfflineLogicalUnitAsync(StmfGuid logicalUnit);

    /// <summary>
    /// <c>stmfModifyLu</c>: one of alias, size, management URL, write protect and write cache disable; any other comes
    /// to <see cref="StmfStatus.InvalidProp"/>.
    /// </summary>
    ValueTask<StmfResult> ModifyLuAsync(StmfGuid logicalUnit, LuProperty property, string value);

    /// <summary><c>stmfModifyLuByFname</c>: the same by file name, also for a disk that is not registered.</summary>
    ValueTask<StmfResult> ModifyLuByFileNameAsync(
        LuResourceType type, string fileName, LuProperty property, string value);

    /// <summary>
    /// <c>stmfGetLuResource</c>: all properties of a registered disk; <see cref="StmfStatus.NotFound"/>, and
    /// <see cref="StmfStatus.InvalidArg"/> for another provider's.
    /// </summary>
    ValueTask<StmfResult<LuResource>> GetLuResourceAsync(StmfGuid logicalUnit);

    /// <summary>
    /// <c>stmfGetGlobalLuProp</c>: the management URL of disks that have none; <see cref="StmfStatus.NoProp"/>,
    /// <see cref="StmfStatus.InvalidProp"/> for any other property.
    /// </summary>
    ValueTask<StmfResult<string>> GetGlobalLuPropAsync(LuResourceType type, LuProperty property);

    /// <summary><c>stmfSetGlobalLuProp</c>: an empty value takes it away.</summary>
    ValueTask<StmfResult> SetGlobalLuPropAsync(LuResourceType type, LuProperty property, string value);

    // --- Framework properties, provider data, persistence, ALUA ------------------------------------------------------

    /// <summary><c>stmfSetStmfProp</c>: <c>online</c> or <c>offline</c>.</summary>
    ValueTask<StmfResult> SetStmfPropAsync(StmfProperty property, string value);

    /// <summary><c>stmfGetStmfProp</c>: <c>online</c> or <c>offline</c>.</summary>
    ValueTask<StmfResult<string>> GetStmfPropAsync(StmfProperty property);

    /// <summary><c>stmfLoadStmfProps</c>: takes the framework properties from the store again.</summary>
    ValueTask<StmfResult> LoadStmfPropsAsync();

    /// <summary>
    /// <c>stmfGetProviderData</c> and <c>stmfGetProviderDataProt</c>: a provider's list and its token;
    /// <see cref="StmfStatus.NotFound"/>.
    /// </summary>
    ValueTask<StmfResult<ProtectedProviderData>> GetProviderDataAsync(string provider, ProviderType type);

    /// <summary>
    /// <c>stmfSetProviderData</c> and <c>stmfSetProviderDataProt</c>: with a token that is not the latest it comes to
    /// <see cref="StmfStatus.ProvDataStale"/>; without one it is unconditional.
    /// </summary>
    /// <returns>The new token.</returns>
    ValueTask<StmfResult<ulong>> SetProviderDataAsync(
        string provider, ProviderType type, NameValueList data, ulong? token);

    /// <summary><c>stmfClearProviderData</c>: <see cref="StmfStatus.NotFound"/>.</summary>
    ValueTask<StmfResult> ClearProviderDataAsync(string provider, ProviderType type);

    /// <summary><c>stmfGetProviderDataList</c>: who has provider data.</summary>
    ValueTask<StmfResult<IReadOnlyList<Provider>>> GetProviderDataListAsync();

    /// <summary><c>stmfGetPersistMethod</c>: how the service keeps changes.</summary>
    ValueTask<StmfResult<PersistMethod>> GetPersistMethodAsync();

    /// <summary>
    /// <c>stmfSetPersistMethod</c> on the service; <see cref="StmfStatus.PersistType"/> where it could not be written.
    /// </summary>
    ValueTask<StmfResult> SetPersistMethodAsync(PersistMethod method);

    /// <summary><c>stmfGetAluaState</c>.</summary>
    ValueTask<StmfResult<AluaState>> GetAluaStateAsync();

    /// <summary>
    /// <c>stmfSetAluaState</c>: node 0 or 1. Disabling deletes every logical unit that is not active.
    /// </summary>
    ValueTask<StmfResult> SetAluaStateAsync(AluaState state);
}
