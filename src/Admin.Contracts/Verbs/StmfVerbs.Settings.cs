using Json = Lunette.Admin.Contracts.Wire.AdminJson;

namespace Lunette.Admin.Contracts.Verbs;

/// <summary>Framework properties, provider data, persistence, asymmetric access.</summary>
public static partial class StmfVerbs
{
    /// <summary><c>stmfSetStmfProp</c>: default state of logical units or target ports.</summary>
    public static AdminVerb<StmfPropertyValueArguments, NoValue> SetStmfProp { get; } = new()
    {
        Name = "SetStmfProp",
        Functions = ["stmfSetStmfProp"],
        Access = VerbAccess.Change,
        Summary = "default state of logical units or target ports",
        Preconditions = "the value is online or offline",
        Codes = [StmfStatus.ConfigNone],
        NotHere = [new(StmfStatus.NotFound, AlwaysThere), new(StmfStatus.Busy, WaitsItsTurn)],
        Commands = ["lunette service modify"],
        ArgumentsInfo = Json.Default.StmfPropertyValueArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, a) => NoAnswer(await admin.SetStmfPropAsync(a.Property, a.Value).ConfigureAwait(false)),
    };

    /// <summary><c>stmfGetStmfProp</c>: default state of logical units or target ports.</summary>
    public static AdminVerb<StmfPropertyArguments, string> GetStmfProp { get; } = new()
    {
        Name = "GetStmfProp",
        Functions = ["stmfGetStmfProp"],
        Access = VerbAccess.Read,
        Summary = "default state of logical units or target ports",
        NotHere = [new(StmfStatus.NotFound, AlwaysThere)],
        Commands = ["lunette service list"],
        ArgumentsInfo = Json.Default.StmfPropertyArguments,
        ValueInfo = Json.Default.String,
        Call = (admin, a) => admin.GetStmfPropAsync(a.Property),
    };

    /// <summary><c>stmfLoadStmfProps</c>: takes the default states from the store again.</summary>
    public static AdminVerb<NoArguments, NoValue> LoadStmfProps { get; } = new()
    {
        Name = "LoadStmfProps",
        Functions = ["stmfLoadStmfProps"],
        Access = VerbAccess.Change,
        Summary = "takes the default states from the store again",
        Codes = [StmfStatus.ConfigNone],
        NotHere = [new(StmfStatus.Busy, "properties are in force as soon as they are loaded or changed")],
        Commands = ["lunette service load"],
        ArgumentsInfo = Json.Default.NoArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, _) => NoAnswer(await admin.LoadStmfPropsAsync().ConfigureAwait(false)),
    };

    /// <summary><c>stmfGetProviderDataProt</c>: a provider's data and its token.</summary>
    public static AdminVerb<ProviderArguments, ProtectedProviderData> GetProviderData { get; } = new()
    {
        Name = "GetProviderData",
        Functions = ["stmfGetProviderData", "stmfGetProviderDataProt"],
        Access = VerbAccess.Read,
        Summary = "a provider's data and its token",
        Codes = [StmfStatus.NotFound],
        NotHere =
        [
            new(StmfStatus.NoMem, OfTheCaller),
            new(StmfStatus.Busy, "a reader has the data of one moment, however they grow"),
        ],
        Commands = ["lunette provider show"],
        ArgumentsInfo = Json.Default.ProviderArguments,
        ValueInfo = Json.Default.ProtectedProviderData,
        Call = (admin, a) => admin.GetProviderDataAsync(a.Provider, a.Type),
    };

    /// <summary><c>stmfSetProviderDataProt</c>: changes a provider's data.</summary>
    public static AdminVerb<ProviderDataArguments, ulong> SetProviderData { get; } = new()
    {
        Name = "SetProviderData",
        Functions = ["stmfSetProviderData", "stmfSetProviderDataProt"],
        Access = VerbAccess.Change,
        Summary = "changes a provider's data",
        Preconditions = "the token is the latest, or none is given",
        Codes = [StmfStatus.ProvDataStale, StmfStatus.NoMem, StmfStatus.ConfigNone],
        Commands = ["lunette provider set"],
        ArgumentsInfo = Json.Default.ProviderDataArguments,
        ValueInfo = Json.Default.UInt64,
        Call = (admin, a) => admin.SetProviderDataAsync(a.Provider, a.Type, a.Data, a.Token),
    };

    /// <summary><c>stmfClearProviderData</c>: takes a provider's data away.</summary>
    public static AdminVerb<ProviderArguments, NoValue> ClearProviderData { get; } = new()
    {
        Name = "ClearProviderData",
        Functions = ["stmfClearProviderData"],
        Access = VerbAccess.Change,
        Summary = "takes a provider's data away",
        Codes = [StmfStatus.NotFound, StmfStatus.ConfigNone],
        Commands = ["lunette provider clear"],
        ArgumentsInfo = Json.Default.ProviderArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, a) =>
            NoAnswer(await admin.ClearProviderDataAsync(a.Provider, a.Type).ConfigureAwait(false)),
    };

    /// <summary><c>stmfGetProviderDataList</c>: who has provider data.</summary>
    public static AdminVerb<NoArguments, IReadOnlyList<Provider>> GetProviderDataList { get; } = new()
    {
        Name = "GetProviderDataList",
        Functions = ["stmfGetProviderDataList"],
        Access = VerbAccess.Read,
        Summary = "who has provider data",
        NotHere = [new(StmfStatus.NoMem, OfTheCaller)],
        Commands = ["lunette provider list"],
        ArgumentsInfo = Json.Default.NoArguments,
        ValueInfo = Json.Default.IReadOnlyListProvider,
        Call = (admin, _) => admin.GetProviderDataListAsync(),
    };

    /// <summary><c>stmfGetPersistMethod</c>: how changes are kept.</summary>
    public static AdminVerb<NoArguments, PersistMethod> GetPersistMethod { get; } = new()
    {
        Name = "GetPersistMethod",
        Functions = ["stmfGetPersistMethod"],
        Access = VerbAccess.Read,
        Summary = "how changes are kept",
        Codes = [StmfStatus.PersistType],
        Commands = ["lunette service list"],
        ArgumentsInfo = Json.Default.NoArguments,
        ValueInfo = Json.Default.PersistMethod,
        Call = (admin, _) => admin.GetPersistMethodAsync(),
    };

    /// <summary><c>stmfSetPersistMethod</c>: chooses how changes are kept.</summary>
    public static AdminVerb<PersistMethodArguments, NoValue> SetPersistMethod { get; } = new()
    {
        Name = "SetPersistMethod",
        Functions = ["stmfSetPersistMethod"],
        Access = VerbAccess.Change,
        Summary = "chooses how changes are kept",
        Codes = [StmfStatus.PersistType],
        Commands = ["lunette service modify"],
        ArgumentsInfo = Json.Default.PersistMethodArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, a) => NoAnswer(await admin.SetPersistMethodAsync(a.Method).ConfigureAwait(false)),
    };

    /// <summary><c>stmfGetAluaState</c>: whether asymmetric access is on, and the node.</summary>
    public static AdminVerb<NoArguments, AluaState> GetAluaState { get; } = new()
    {
        Name = "GetAluaState",
        Functions = ["stmfGetAluaState"],
        Access = VerbAccess.Read,
        Summary = "whether asymmetric access is on, and the node",
        Commands = ["stmfadm list-state"],
        ArgumentsInfo = Json.Default.NoArguments,
        ValueInfo = Json.Default.AluaState,
        Call = (admin, _) => admin.GetAluaStateAsync(),
    };

    /// <summary><c>stmfSetAluaState</c>: switches asymmetric access.</summary>
    public static AdminVerb<AluaArguments, NoValue> SetAluaState { get; } = new()
    {
        Name = "SetAluaState",
        Functions = ["stmfSetAluaState"],
        Access = VerbAccess.Change,
        Summary = "switches asymmetric access",
        Preconditions = "the node is 0 or 1",
        Codes = [StmfStatus.LuBusy, StmfStatus.ConfigNone],
        NotHere = [new(StmfStatus.Busy, WaitsItsTurn)],
        Commands = ["lunette service modify"],
        ArgumentsInfo = Json.Default.AluaArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, a) => NoAnswer(await admin.SetAluaStateAsync(a.State).ConfigureAwait(false)),
    };
}
