using Json = Lunette.Admin.Contracts.Wire.AdminJson;

namespace Lunette.Admin.Contracts.Verbs;

/// <summary>Framework, service and daemon.</summary>
public static partial class StmfVerbs
{
    /// <summary><c>stmfGetState</c>: operational and configuration state of the service.</summary>
    public static AdminVerb<NoArguments, StmfState> GetState { get; } = new()
    {
        Name = "GetState",
        Functions = ["stmfGetState"],
        Access = VerbAccess.Read,
        Summary = "operational and configuration state of the service",
        Commands = ["stmfadm list-state"],
        ArgumentsInfo = Json.Default.NoArguments,
        ValueInfo = Json.Default.StmfState,
        Call = (admin, _) => admin.GetStateAsync(),
    };

    /// <summary><c>stmfOnline</c>: takes the service online.</summary>
    public static AdminVerb<NoArguments, NoValue> Online { get; } = new()
    {
        Name = "Online",
        Functions = ["stmfOnline"],
        Access = VerbAccess.Change,
        Summary = "takes the service online",
        Preconditions = "the configuration is loaded",
        Codes = [StmfStatus.Busy, StmfStatus.ServiceOnline, StmfStatus.ConfigNone],
        Commands = ["lunette service online"],
        ArgumentsInfo = Json.Default.NoArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, _) => NoAnswer(await admin.OnlineAsync().ConfigureAwait(false)),
    };

    /// <summary><c>stmfOffline</c>: takes the service offline.</summary>
    public static AdminVerb<NoArguments, NoValue> Offline { get; } = new()
    {
        Name = "Offline",
        Functions = ["stmfOffline"],
        Access = VerbAccess.Change,
        Summary = "takes the service offline",
        Codes = [StmfStatus.Busy, StmfStatus.ServiceOffline],
        Commands = ["lunette service offline"],
        ArgumentsInfo = Json.Default.NoArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, _) => NoAnswer(await admin.OfflineAsync().ConfigureAwait(false)),
    };

    /// <summary><c>stmfLoadConfig</c>: reads the configuration from the store again.</summary>
    public static AdminVerb<NoArguments, NoValue> LoadConfig { get; } = new()
    {
        Name = "LoadConfig",
        Functions = ["stmfLoadConfig"],
        Access = VerbAccess.Change,
        Summary = "reads the configuration from the store again",
        Preconditions = "the service is offline",
        Codes = [StmfStatus.ServiceOnline, StmfStatus.ServiceDataVersion],
        NotHere = [new(StmfStatus.Busy, WaitsItsTurn)],
        Commands = ["lunette service load"],
        ArgumentsInfo = Json.Default.NoArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, _) => NoAnswer(await admin.LoadConfigAsync().ConfigureAwait(false)),
    };

    /// <summary>version, home, portals and counters of the daemon.</summary>
    public static AdminVerb<NoArguments, DaemonStatus> GetDaemonStatus { get; } = new()
    {
        Name = "GetDaemonStatus",
        Access = VerbAccess.Read,
        Summary = "version, home, portals and counters of the daemon",
        Commands = ["lunette status"],
        ArgumentsInfo = Json.Default.NoArguments,
        ValueInfo = Json.Default.DaemonStatus,
        Call = (admin, _) => admin.GetDaemonStatusAsync(),
    };
}
