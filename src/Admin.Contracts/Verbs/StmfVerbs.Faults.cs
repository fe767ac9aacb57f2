using Json = Lunette.Admin.Contracts.Wire.AdminJson;

namespace Lunette.Admin.Contracts.Verbs;

/// <summary>Faults over the stores of logical units.</summary>
public static partial class StmfVerbs
{
    /// <summary>puts a fault over the store of a logical unit in use.</summary>
    public static AdminVerb<FaultArguments, NoValue> InjectFault { get; } = new()
    {
        Name = "InjectFault",
        Access = VerbAccess.Change,
        Summary = "puts a fault over the store of a logical unit in use",
        Preconditions = "the logical unit is online",
        Codes = [StmfStatus.NotFound, StmfStatus.Busy],
        Commands = ["lunette inject"],
        ArgumentsInfo = Json.Default.FaultArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, said) =>
            NoAnswer(await admin.InjectFaultAsync(said.LogicalUnit, said.Fault).ConfigureAwait(false)),
    };

    /// <summary>faults over the store of a logical unit.</summary>
    public static AdminVerb<LogicalUnitArguments, IReadOnlyList<string>> GetInjectedFaults { get; } = new()
    {
        Name = "GetInjectedFaults",
        Access = VerbAccess.Read,
        Summary = "faults over the store of a logical unit, the lowest first",
        Codes = [StmfStatus.NotFound, StmfStatus.Busy],
        Commands = ["lunette inject"],
        ArgumentsInfo = Json.Default.LogicalUnitArguments,
        ValueInfo = Json.Default.IReadOnlyListString,
        Call = (admin, said) => admin.GetInjectedFaultsAsync(said.LogicalUnit),
    };

    /// <summary>takes all faults off the store of a logical unit.</summary>
    public static AdminVerb<LogicalUnitArguments, NoValue> ClearFaults { get; } = new()
    {
        Name = "ClearFaults",
        Access = VerbAccess.Change,
        Summary = "takes all faults off the store of a logical unit; what they hold goes on",
        Codes = [StmfStatus.NotFound, StmfStatus.Busy],
        Commands = ["lunette inject"],
        ArgumentsInfo = Json.Default.LogicalUnitArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, said) => NoAnswer(await admin.ClearFaultsAsync(said.LogicalUnit).ConfigureAwait(false)),
    };
}
