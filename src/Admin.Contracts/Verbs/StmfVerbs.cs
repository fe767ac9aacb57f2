namespace Lunette.Admin.Contracts.Verbs;

/// <summary>Every verb, as rows.</summary>
public static partial class StmfVerbs
{
    private const string OfTheCaller = "memory can only lack at libstmf's caller, for whom the library copies";
    private const string WaitsItsTurn = "changes wait for each other";
    private const string CacheIsOurs = "the write cache is the disk's own: nothing beneath it can refuse";
    private const string AlwaysThere = "both properties always have a value";

    private static readonly Dictionary<string, AdminVerb> s_byName;

    static StmfVerbs()
    {
        All =
        [
            GetState, Online, Offline, LoadConfig, GetTargetList, GetTargetProperties, GetSessionList, OnlineTarget,
            OfflineTarget, CreateTargetGroup, DeleteTargetGroup, GetTargetGroupList, GetTargetGroupMembers,
            AddToTargetGroup, RemoveFromTargetGroup, CreateHostGroup, DeleteHostGroup, GetHostGroupList,
            GetHostGroupMembers, AddToHostGroup, RemoveFromHostGroup, AddViewEntry, RemoveViewEntry, GetViewEntryList,
            ValidateView, CreateLu, ImportLu, DeleteLu, LuStandby, GetLogicalUnitList, GetLogicalUnitProperties,
            OnlineLogicalUnit, OfflineLogicalUnit, ModifyLu, ModifyLuByFileName, GetLuResource, GetGlobalLuProp,
            SetGlobalLuProp, SetStmfProp, GetStmfProp, LoadStmfProps, GetProviderData, SetProviderData,
            ClearProviderData, GetProviderDataList, GetPersistMethod, SetPersistMethod, GetAluaState, SetAluaState,
            GetIscsiTargets, CreateIscsiTarget, ModifyIscsiTarget, DeleteIscsiTarget, GetIscsiPortalGroups,
            CreateIscsiPortalGroup, DeleteIscsiPortalGroup, GetIscsiInitiators, CreateIscsiInitiator,
            ModifyIscsiInitiator, DeleteIscsiInitiator, GetIscsiDefaults, ModifyIscsiDefaults, GetDaemonStatus,
            GetAdapters, ConfigureAdapter, RemoveAdapter, GetAdapterDevices, DiscoverAdapter, OperateAdapter,
            SendAdapterCommand, GetErrorLog, ClearErrorLog,
            ExportConfiguration, ExportSecrets, PlanConfiguration, ApplyConfiguration,
            InitProxyDoor, PostProxyMsg, DestroyProxyDoor,
            InjectFault, GetInjectedFaults, ClearFaults,
            GetActivity, GetTransitions, SetTrace, GetTrace, SetSlowThreshold, GetSlowCommands, StartCapture,
            ReadCapture, EndCapture, GetMetrics,
        ];
        s_byName = All.ToDictionary(verb => verb.Name);
    }

    /// <summary>All verbs.</summary>
    public static IReadOnlyList<AdminVerb> All { get; }

    /// <summary>
    /// What every verb can come to: not permitted, malformed, failed for a reason without a code; and through the
    /// socket, no daemon there.
    /// </summary>
    public static IReadOnlyList<StmfStatus> CodesOfAll { get; } =
        [StmfStatus.Success, StmfStatus.Error, StmfStatus.Perm, StmfStatus.InvalidArg, StmfStatus.ServiceNotFound];

    /// <summary>A verb by its name on the wire; null where there is none.</summary>
    public static AdminVerb? Find(string name) => s_byName.GetValueOrDefault(name);

    /// <summary>
    /// libstmf's functions that touch nothing but the caller's own memory, and what does their work here.
    /// </summary>
    public static IReadOnlyList<(string Function, string CarriedOutBy)> InTheCaller { get; } =
    [
        ("stmfDevidFromIscsiName", nameof(Devid.FromIscsiName)),
        ("stmfDevidFromWwn", nameof(Devid.FromWwn)),
        ("stmfFreeMemory", "the garbage collector"),
    ];

    private static StmfResult<NoValue> NoAnswer(StmfResult result) => new(result.Status, null, result.Detail);
}
