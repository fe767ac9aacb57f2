using Json = Lunette.Admin.Contracts.Wire.AdminJson;

namespace Lunette.Admin.Contracts.Verbs;

/// <summary>Target ports and sessions.</summary>
public static partial class StmfVerbs
{
    /// <summary><c>stmfGetTargetList</c>: all registered target ports.</summary>
    public static AdminVerb<NoArguments, IReadOnlyList<Devid>> GetTargetList { get; } = new()
    {
        Name = "GetTargetList",
        Functions = ["stmfGetTargetList"],
        Access = VerbAccess.Read,
        Summary = "all registered target ports",
        NotHere = [new(StmfStatus.NoMem, OfTheCaller)],
        Commands = ["stmfadm list-target"],
        ArgumentsInfo = Json.Default.NoArguments,
        ValueInfo = Json.Default.IReadOnlyListDevid,
        Call = (admin, _) => admin.GetTargetListAsync(),
    };

    /// <summary><c>stmfGetTargetProperties</c>: provider, alias, state and protocol of a target port.</summary>
    public static AdminVerb<TargetArguments, TargetProperties> GetTargetProperties { get; } = new()
    {
        Name = "GetTargetProperties",
        Functions = ["stmfGetTargetProperties"],
        Access = VerbAccess.Read,
        Summary = "provider, alias, state and protocol of a target port",
        Preconditions = "it is registered",
        Codes = [StmfStatus.NotFound],
        Commands = ["stmfadm list-target"],
        ArgumentsInfo = Json.Default.TargetArguments,
        ValueInfo = Json.Default.TargetProperties,
        Call = (admin, a) => admin.GetTargetPropertiesAsync(a.Target),
    };

    /// <summary><c>stmfGetSessionList</c>: initiators logged in at a target port.</summary>
    public static AdminVerb<TargetArguments, IReadOnlyList<SessionProperties>> GetSessionList { get; } = new()
    {
        Name = "GetSessionList",
        Functions = ["stmfGetSessionList"],
        Access = VerbAccess.Read,
        Summary = "initiators logged in at a target port",
        Preconditions = "it is registered",
        NotHere = [new(StmfStatus.NoMem, OfTheCaller)],
        Commands = ["stmfadm list-target"],
        ArgumentsInfo = Json.Default.TargetArguments,
        ValueInfo = Json.Default.IReadOnlyListSessionProperties,
        Call = (admin, a) => admin.GetSessionListAsync(a.Target),
    };

    /// <summary><c>stmfOnlineTarget</c>: takes a target port online; asynchronous.</summary>
    public static AdminVerb<TargetArguments, NoValue> OnlineTarget { get; } = new()
    {
        Name = "OnlineTarget",
        Functions = ["stmfOnlineTarget"],
        Access = VerbAccess.Change,
        Summary = "takes a target port online; asynchronous",
        Preconditions = "it is registered and not going offline",
        Codes = [StmfStatus.NotFound, StmfStatus.Busy],
        Commands = ["stmfadm online-target"],
        ArgumentsInfo = Json.Default.TargetArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, a) => NoAnswer(await admin.OnlineTargetAsync(a.Target).ConfigureAwait(false)),
    };

    /// <summary>
    /// <c>stmfOfflineTarget</c>: takes a target port offline, initiators are logged out; asynchronous.
    /// </summary>
    public static AdminVerb<TargetArguments, NoValue> OfflineTarget { get; } = new()
    {
        Name = "OfflineTarget",
        Functions = ["stmfOfflineTarget"],
        Access = VerbAccess.Change,
        Summary = "takes a target port offline, initiators are logged out; asynchronous",
        Preconditions = "it is registered and not going online",
        Codes = [StmfStatus.NotFound, StmfStatus.Busy],
        Commands = ["stmfadm offline-target", "itadm delete-target"],
        ArgumentsInfo = Json.Default.TargetArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, a) => NoAnswer(await admin.OfflineTargetAsync(a.Target).ConfigureAwait(false)),
    };
}
