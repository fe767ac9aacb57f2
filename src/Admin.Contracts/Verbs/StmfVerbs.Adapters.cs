using Lunette.Admin.Contracts.Adapters;
using Json = Lunette.Admin.Contracts.Wire.AdminJson;

namespace Lunette.Admin.Contracts.Verbs;

/// <summary>The adapters a daemon hosts, and the system error log.</summary>
public static partial class StmfVerbs
{
    /// <summary>all adapters.</summary>
    public static AdminVerb<NoArguments, IReadOnlyList<AdapterProperties>> GetAdapters { get; } = new()
    {
        Name = "GetAdapters",
        Access = VerbAccess.Read,
        Summary = "all adapters",
        Codes = [StmfStatus.ServiceNotFound],
        Commands = ["lunette adapter list"],
        ArgumentsInfo = Json.Default.NoArguments,
        ValueInfo = Json.Default.IReadOnlyListAdapterProperties,
        Call = (admin, _) => admin.GetAdaptersAsync(),
    };

    /// <summary>makes an adapter, or makes it anew.</summary>
    public static AdminVerb<AdapterSettingsArguments, NoValue> ConfigureAdapter { get; } = new()
    {
        Name = "ConfigureAdapter",
        Access = VerbAccess.Change,
        Summary = "makes an adapter, or makes it anew",
        Preconditions = "no device of it is started",
        Codes = [StmfStatus.Busy, StmfStatus.NoMem, StmfStatus.ServiceNotFound],
        Commands = ["lunette adapter configure"],
        ArgumentsInfo = Json.Default.AdapterSettingsArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, said) => NoAnswer(await admin.ConfigureAdapterAsync(said.Settings).ConfigureAwait(false)),
    };

    /// <summary>takes an adapter away.</summary>
    public static AdminVerb<NameArguments, NoValue> RemoveAdapter { get; } = new()
    {
        Name = "RemoveAdapter",
        Access = VerbAccess.Change,
        Summary = "takes an adapter away",
        Preconditions = "no device of it is started",
        Codes = [StmfStatus.NotFound, StmfStatus.Busy, StmfStatus.ServiceNotFound],
        Commands = ["lunette adapter remove"],
        ArgumentsInfo = Json.Default.NameArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, said) => NoAnswer(await admin.RemoveAdapterAsync(said.Name).ConfigureAwait(false)),
    };

    /// <summary>the started devices of an adapter.</summary>
    public static AdminVerb<NameArguments, IReadOnlyList<AdapterDevice>> GetAdapterDevices { get; } = new()
    {
        Name = "GetAdapterDevices",
        Access = VerbAccess.Read,
        Summary = "the started devices of an adapter and their queues",
        Codes = [StmfStatus.NotFound, StmfStatus.ServiceOffline, StmfStatus.ServiceNotFound],
        Commands = ["lunette adapter devices"],
        ArgumentsInfo = Json.Default.NameArguments,
        ValueInfo = Json.Default.IReadOnlyListAdapterDevice,
        Call = (admin, said) => admin.GetAdapterDevicesAsync(said.Name),
    };

    /// <summary>what the targets of an adapter have.</summary>
    public static AdminVerb<NameArguments, IReadOnlyList<AdapterFinding>> DiscoverAdapter { get; } = new()
    {
        Name = "DiscoverAdapter",
        Access = VerbAccess.Change,
        Summary = "asks the targets of an adapter what they have",
        Codes = [StmfStatus.NotFound, StmfStatus.ServiceOffline, StmfStatus.ServiceNotFound],
        Commands = ["lunette adapter discover"],
        ArgumentsInfo = Json.Default.NameArguments,
        ValueInfo = Json.Default.IReadOnlyListAdapterFinding,
        Call = (admin, said) => admin.DiscoverAdapterAsync(said.Name),
    };

    /// <summary>an operation without data on a device.</summary>
    public static AdminVerb<AdapterOperationArguments, AdapterAnswer> OperateAdapter { get; } = new()
    {
        Name = "OperateAdapter",
        Access = VerbAccess.Change,
        Summary = "carries out an operation without data on a device of an adapter",
        Codes = [StmfStatus.NotFound, StmfStatus.ServiceOffline, StmfStatus.ServiceNotFound],
        Commands =
        [
            "lunette adapter start", "lunette adapter stop", "lunette adapter halt", "lunette adapter resume",
            "lunette adapter reset", "lunette adapter tur",
        ],
        ArgumentsInfo = Json.Default.AdapterOperationArguments,
        ValueInfo = Json.Default.AdapterAnswer,
        Call = (admin, said) => admin.OperateAdapterAsync(said),
    };

    /// <summary>a command for a device.</summary>
    public static AdminVerb<AdapterCommandArguments, AdapterAnswer> SendAdapterCommand { get; } = new()
    {
        Name = "SendAdapterCommand",
        Access = VerbAccess.Change,
        Summary = "sends a command to a device of an adapter",
        Codes = [StmfStatus.NotFound, StmfStatus.ServiceOffline, StmfStatus.ServiceNotFound],
        Commands = ["lunette adapter cdb", "lunette adapter inquiry", "lunette disk"],
        ArgumentsInfo = Json.Default.AdapterCommandArguments,
        ValueInfo = Json.Default.AdapterAnswer,
        Call = (admin, said) => admin.SendAdapterCommandAsync(said),
    };

    /// <summary>entries of the system error log.</summary>
    public static AdminVerb<ErrorLogArguments, IReadOnlyList<ErrorLogEntry>> GetErrorLog { get; } = new()
    {
        Name = "GetErrorLog",
        Access = VerbAccess.Read,
        Summary = "entries of the system error log, newest first",
        Codes = [StmfStatus.ServiceNotFound],
        Commands = ["lunette errpt"],
        ArgumentsInfo = Json.Default.ErrorLogArguments,
        ValueInfo = Json.Default.IReadOnlyListErrorLogEntry,
        Call = (admin, said) => admin.GetErrorLogAsync(said.Filter),
    };

    /// <summary>forgets entries of the system error log.</summary>
    public static AdminVerb<ErrorLogClearArguments, ulong> ClearErrorLog { get; } = new()
    {
        Name = "ClearErrorLog",
        Access = VerbAccess.Change,
        Summary = "forgets entries of the system error log; how many",
        Codes = [StmfStatus.ServiceNotFound],
        Commands = ["lunette errclear"],
        ArgumentsInfo = Json.Default.ErrorLogClearArguments,
        ValueInfo = Json.Default.UInt64,
        Call = (admin, said) => admin.ClearErrorLogAsync(said.OlderThan),
    };
}
