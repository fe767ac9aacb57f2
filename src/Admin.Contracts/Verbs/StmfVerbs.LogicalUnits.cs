using Json = Lunette.Admin.Contracts.Wire.AdminJson;

namespace Lunette.Admin.Contracts.Verbs;

/// <summary>Logical units and their properties.</summary>
public static partial class StmfVerbs
{
    /// <summary><c>stmfCreateLu</c>: makes and registers a disk.</summary>
    public static AdminVerb<LuResourceArguments, StmfGuid> CreateLu { get; } = new()
    {
        Name = "CreateLu",
        Functions = ["stmfCreateLuResource", "stmfSetLuProp", "stmfCreateLu"],
        Access = VerbAccess.Change,
        Summary = "makes and registers a disk",
        Preconditions = "the data file is named",
        Codes =
        [
            StmfStatus.MissingPropVal, StmfStatus.FileInUse, StmfStatus.GuidInUse, StmfStatus.InvalidBlkSize,
            StmfStatus.SizeOutOfRange, StmfStatus.FileSizeInvalid, StmfStatus.MetaFileName, StmfStatus.MetaCreation,
            StmfStatus.DataFileName, StmfStatus.InvalidProp, StmfStatus.InvalidPropSize, StmfStatus.NoMem,
            StmfStatus.ConfigNone,
        ],
        NotHere =
        [
            new(StmfStatus.LuBusy, WaitsItsTurn),
            new(StmfStatus.WriteCacheSet, CacheIsOurs),
            new(StmfStatus.AccessStateSet, "a new disk is active, and nothing else is asked of it"),
        ],
        Commands = ["stmfadm create-lu", "sbdadm create-lu"],
        ArgumentsInfo = Json.Default.LuResourceArguments,
        ValueInfo = Json.Default.StmfGuid,
        Call = (admin, a) => admin.CreateLuAsync(a.Resource),
    };

    /// <summary><c>stmfImportLu</c>: registers a disk again from its metadata.</summary>
    public static AdminVerb<LuFileArguments, StmfGuid> ImportLu { get; } = new()
    {
        Name = "ImportLu",
        Functions = ["stmfImportLu"],
        Access = VerbAccess.Change,
        Summary = "registers a disk again from its metadata",
        Preconditions = "the metadata is valid",
        Codes =
        [
            StmfStatus.FileInUse, StmfStatus.GuidInUse, StmfStatus.MetaFileName, StmfStatus.DataFileName,
            StmfStatus.FileSizeInvalid, StmfStatus.NoMem, StmfStatus.ConfigNone,
        ],
        NotHere =
        [
            new(StmfStatus.LuBusy, WaitsItsTurn),
            new(StmfStatus.SizeOutOfRange, "metadata of a size that is not supported are no metadata: MetaFileName"),
        ],
        Commands = ["stmfadm import-lu", "sbdadm import-lu"],
        ArgumentsInfo = Json.Default.LuFileArguments,
        ValueInfo = Json.Default.StmfGuid,
        Call = (admin, a) => admin.ImportLuAsync(a.Type, a.FileName),
    };

    /// <summary><c>stmfDeleteLu</c>: forgets a disk; its data and view entries stay.</summary>
    public static AdminVerb<LogicalUnitArguments, NoValue> DeleteLu { get; } = new()
    {
        Name = "DeleteLu",
        Functions = ["stmfDeleteLu"],
        Access = VerbAccess.Change,
        Summary = "forgets a disk; its data and view entries stay",
        Codes = [StmfStatus.NotFound, StmfStatus.LuBusy, StmfStatus.ConfigNone],
        Commands = ["stmfadm delete-lu", "sbdadm delete-lu"],
        ArgumentsInfo = Json.Default.LogicalUnitArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, a) => NoAnswer(await admin.DeleteLuAsync(a.LogicalUnit).ConfigureAwait(false)),
    };

    /// <summary><c>stmfLuStandby</c>: makes an active disk standby.</summary>
    public static AdminVerb<LogicalUnitArguments, NoValue> LuStandby { get; } = new()
    {
        Name = "LuStandby",
        Functions = ["stmfLuStandby"],
        Access = VerbAccess.Change,
        Summary = "makes an active disk standby",
        Codes = [StmfStatus.NotFound],
        Commands = ["lunette disk standby"],
        ArgumentsInfo = Json.Default.LogicalUnitArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, a) => NoAnswer(await admin.LuStandbyAsync(a.LogicalUnit).ConfigureAwait(false)),
    };

    /// <summary><c>stmfGetLogicalUnitList</c>: logical units, also those that only have view entries.</summary>
    public static AdminVerb<NoArguments, IReadOnlyList<StmfGuid>> GetLogicalUnitList { get; } = new()
    {
        Name = "GetLogicalUnitList",
        Functions = ["stmfGetLogicalUnitList"],
        Access = VerbAccess.Read,
        Summary = "logical units, also those that only have view entries",
        NotHere = [new(StmfStatus.NoMem, OfTheCaller)],
        Commands = ["stmfadm list-lu", "sbdadm list-lu"],
        ArgumentsInfo = Json.Default.NoArguments,
        ValueInfo = Json.Default.IReadOnlyListStmfGuid,
        Call = (admin, _) => admin.GetLogicalUnitListAsync(),
    };

    /// <summary><c>stmfGetLogicalUnitProperties</c>: alias, state and provider of a logical unit.</summary>
    public static AdminVerb<LogicalUnitArguments, LogicalUnitProperties> GetLogicalUnitProperties { get; } = new()
    {
        Name = "GetLogicalUnitProperties",
        Functions = ["stmfGetLogicalUnitProperties"],
        Access = VerbAccess.Read,
        Summary = "alias, state and provider of a logical unit",
        Codes = [StmfStatus.NotFound],
        Commands = ["stmfadm list-lu"],
        ArgumentsInfo = Json.Default.LogicalUnitArguments,
        ValueInfo = Json.Default.LogicalUnitProperties,
        Call = (admin, a) => admin.GetLogicalUnitPropertiesAsync(a.LogicalUnit),
    };

    /// <summary><c>stmfOnlineLogicalUnit</c>: takes a logical unit online; asynchronous.</summary>
    public static AdminVerb<LogicalUnitArguments, NoValue> OnlineLogicalUnit { get; } = new()
    {
        Name = "OnlineLogicalUnit",
        Functions = ["stmfOnlineLogicalUnit"],
        Access = VerbAccess.Change,
        Summary = "takes a logical unit online; asynchronous",
        Preconditions = "it is registered and not going offline",
        Codes = [StmfStatus.NotFound, StmfStatus.Busy],
        Commands = ["stmfadm online-lu"],
        ArgumentsInfo = Json.Default.LogicalUnitArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, a) => NoAnswer(await admin.OnlineLogicalUnitAsync(a.LogicalUnit).ConfigureAwait(false)),
    };

    /// <summary><c>stmfOfflineLogicalUnit</c>: takes a logical unit offline; asynchronous.</summary>
    public static AdminVerb<LogicalUnitArguments, NoValue> OfflineLogicalUnit { get; } = new()
    {
        Name = "OfflineLogicalUnit",
        Functions = ["stmfOfflineLogicalUnit"],
        Access = VerbAccess.Change,
        Summary = "takes a logical unit offline; asynchronous",
        Preconditions = "it is registered and not going online",
        Codes = [StmfStatus.NotFound, StmfStatus.Busy],
        Commands = ["stmfadm offline-lu"],
        ArgumentsInfo = Json.Default.LogicalUnitArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, a) => NoAnswer(await admin.OfflineLogicalUnitAsync(a.LogicalUnit).ConfigureAwait(false)),
    };

    /// <summary><c>stmfModifyLu</c>: changes one property of a disk.</summary>
    public static AdminVerb<LuPropertyArguments, NoValue> ModifyLu { get; } = new()
    {
        Name = "ModifyLu",
        Functions = ["stmfModifyLu"],
        Access = VerbAccess.Change,
        Summary = "changes one property of a disk",
        Preconditions = "alias, size, management URL, write protect or write cache disable",
        Codes =
        [
            StmfStatus.NotFound, StmfStatus.InvalidProp, StmfStatus.InvalidPropSize, StmfStatus.SizeOutOfRange,
            StmfStatus.FileSizeInvalid, StmfStatus.MetaCreation, StmfStatus.LuBusy,
        ],
        NotHere = [new(StmfStatus.WriteCacheSet, CacheIsOurs)],
        Commands = ["stmfadm modify-lu", "sbdadm modify-lu"],
        ArgumentsInfo = Json.Default.LuPropertyArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, a) =>
            NoAnswer(await admin.ModifyLuAsync(a.LogicalUnit, a.Property, a.Value).ConfigureAwait(false)),
    };

    /// <summary><c>stmfModifyLuByFname</c>: changes one property of a disk, by its file.</summary>
    public static AdminVerb<LuFilePropertyArguments, NoValue> ModifyLuByFileName { get; } = new()
    {
        Name = "ModifyLuByFileName",
        Functions = ["stmfModifyLuByFname"],
        Access = VerbAccess.Change,
        Summary = "changes one property of a disk, by its file",
        Preconditions = "the metadata is valid",
        Codes =
        [
            StmfStatus.InvalidProp, StmfStatus.InvalidPropSize, StmfStatus.SizeOutOfRange, StmfStatus.FileSizeInvalid,
            StmfStatus.MetaCreation, StmfStatus.LuBusy, StmfStatus.MetaFileName, StmfStatus.DataFileName,
        ],
        NotHere = [new(StmfStatus.NotFound, "a file that is no disk has no metadata: MetaFileName")],
        Commands = ["stmfadm modify-lu", "sbdadm modify-lu"],
        ArgumentsInfo = Json.Default.LuFilePropertyArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, a) =>
            NoAnswer(
                await admin.ModifyLuByFileNameAsync(a.Type, a.FileName, a.Property, a.Value).ConfigureAwait(false)),
    };

    /// <summary><c>stmfFreeLuResource</c>: all properties of a disk.</summary>
    public static AdminVerb<LogicalUnitArguments, LuResource> GetLuResource { get; } = new()
    {
        Name = "GetLuResource",
        Functions = ["stmfGetLuResource", "stmfGetLuProp", "stmfFreeLuResource"],
        Access = VerbAccess.Read,
        Summary = "all properties of a disk",
        Preconditions = "it is registered",
        Codes = [StmfStatus.NotFound],
        NotHere = [new(StmfStatus.NoMem, OfTheCaller)],
        Commands = ["stmfadm list-lu", "sbdadm list-lu"],
        ArgumentsInfo = Json.Default.LogicalUnitArguments,
        ValueInfo = Json.Default.LuResource,
        Call = (admin, a) => admin.GetLuResourceAsync(a.LogicalUnit),
    };

    /// <summary><c>stmfGetGlobalLuProp</c>: a property all disks share.</summary>
    public static AdminVerb<GlobalLuPropertyArguments, string> GetGlobalLuProp { get; } = new()
    {
        Name = "GetGlobalLuProp",
        Functions = ["stmfGetGlobalLuProp"],
        Access = VerbAccess.Read,
        Summary = "a property all disks share",
        Preconditions = "the management URL",
        Codes = [StmfStatus.NoProp, StmfStatus.InvalidProp],
        Commands = ["lunette service list"],
        ArgumentsInfo = Json.Default.GlobalLuPropertyArguments,
        ValueInfo = Json.Default.String,
        Call = (admin, a) => admin.GetGlobalLuPropAsync(a.Type, a.Property),
    };

    /// <summary><c>stmfSetGlobalLuProp</c>: changes a property all disks share.</summary>
    public static AdminVerb<GlobalLuPropertyValueArguments, NoValue> SetGlobalLuProp { get; } = new()
    {
        Name = "SetGlobalLuProp",
        Functions = ["stmfSetGlobalLuProp"],
        Access = VerbAccess.Change,
        Summary = "changes a property all disks share",
        Preconditions = "the management URL",
        Codes = [StmfStatus.InvalidProp, StmfStatus.InvalidPropSize, StmfStatus.ConfigNone],
        Commands = ["lunette service modify"],
        ArgumentsInfo = Json.Default.GlobalLuPropertyValueArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, a) =>
            NoAnswer(await admin.SetGlobalLuPropAsync(a.Type, a.Property, a.Value).ConfigureAwait(false)),
    };
}
