using Json = Lunette.Admin.Contracts.Wire.AdminJson;

namespace Lunette.Admin.Contracts.Verbs;

/// <summary>Who sees which logical unit.</summary>
public static partial class StmfVerbs
{
    /// <summary><c>stmfAddViewEntry</c>: shows a logical unit to initiators.</summary>
    public static AdminVerb<ViewEntryArguments, ViewEntry> AddViewEntry { get; } = new()
    {
        Name = "AddViewEntry",
        Functions = ["stmfAddViewEntry"],
        Access = VerbAccess.Change,
        Summary = "shows a logical unit to initiators",
        Preconditions = "no overlapping entry of it, the number is free",
        Codes =
        [
            StmfStatus.LunInUse, StmfStatus.VeConflict, StmfStatus.InvalidHg, StmfStatus.InvalidTg, StmfStatus.NoMem,
            StmfStatus.ConfigNone,
        ],
        Commands = ["stmfadm add-view"],
        ArgumentsInfo = Json.Default.ViewEntryArguments,
        ValueInfo = Json.Default.ViewEntry,
        Call = (admin, a) => admin.AddViewEntryAsync(a.LogicalUnit, a.Entry),
    };

    /// <summary><c>stmfRemoveViewEntry</c>: takes a view entry away.</summary>
    public static AdminVerb<ViewIndexArguments, NoValue> RemoveViewEntry { get; } = new()
    {
        Name = "RemoveViewEntry",
        Functions = ["stmfRemoveViewEntry"],
        Access = VerbAccess.Change,
        Summary = "takes a view entry away",
        Preconditions = "it exists",
        Codes = [StmfStatus.NotFound, StmfStatus.ConfigNone],
        Commands = ["stmfadm remove-view", "stmfadm delete-lu", "sbdadm delete-lu"],
        ArgumentsInfo = Json.Default.ViewIndexArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, a) =>
            NoAnswer(await admin.RemoveViewEntryAsync(a.LogicalUnit, a.Index).ConfigureAwait(false)),
    };

    /// <summary><c>stmfGetViewEntryList</c>: view entries of a logical unit.</summary>
    public static AdminVerb<LogicalUnitArguments, IReadOnlyList<ViewEntry>> GetViewEntryList { get; } = new()
    {
        Name = "GetViewEntryList",
        Functions = ["stmfGetViewEntryList"],
        Access = VerbAccess.Read,
        Summary = "view entries of a logical unit",
        NotHere = [new(StmfStatus.NoMem, OfTheCaller)],
        Commands = ["stmfadm list-view", "stmfadm list-lu"],
        ArgumentsInfo = Json.Default.LogicalUnitArguments,
        ValueInfo = Json.Default.IReadOnlyListViewEntry,
        Call = (admin, a) => admin.GetViewEntryListAsync(a.LogicalUnit),
    };

    /// <summary><c>stmfValidateView</c>: whether a logical unit number is free, or which one is.</summary>
    public static AdminVerb<ViewArguments, ViewEntry> ValidateView { get; } = new()
    {
        Name = "ValidateView",
        Functions = ["stmfValidateView"],
        Access = VerbAccess.Read,
        Summary = "whether a logical unit number is free, or which one is",
        Codes = [StmfStatus.LunInUse, StmfStatus.InvalidHg, StmfStatus.InvalidTg, StmfStatus.ConfigNone],
        NotHere =
        [
            new(StmfStatus.VeConflict, "it is asked without a GUID, so that no logical unit has an entry yet"),
        ],
        Commands = ["lunette view check"],
        ArgumentsInfo = Json.Default.ViewArguments,
        ValueInfo = Json.Default.ViewEntry,
        Call = (admin, a) => admin.ValidateViewAsync(a.Entry),
    };
}
