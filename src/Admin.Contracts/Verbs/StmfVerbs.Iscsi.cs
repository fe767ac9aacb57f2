using Lunette.Admin.Contracts.Iscsi;
using Json = Lunette.Admin.Contracts.Wire.AdminJson;

namespace Lunette.Admin.Contracts.Verbs;

/// <summary>The iSCSI port provider's own nouns.</summary>
public static partial class StmfVerbs
{
    /// <summary>all iSCSI targets.</summary>
    public static AdminVerb<NoArguments, IReadOnlyList<IscsiTargetProperties>> GetIscsiTargets { get; } = new()
    {
        Name = "GetIscsiTargets",
        Access = VerbAccess.Read,
        Summary = "all iSCSI targets",
        Commands = ["itadm list-target"],
        ArgumentsInfo = Json.Default.NoArguments,
        ValueInfo = Json.Default.IReadOnlyListIscsiTargetProperties,
        Call = (admin, _) => admin.GetIscsiTargetsAsync(),
    };

    /// <summary>makes an iSCSI target.</summary>
    public static AdminVerb<IscsiTargetSettingsArguments, string> CreateIscsiTarget { get; } = new()
    {
        Name = "CreateIscsiTarget",
        Access = VerbAccess.Change,
        Summary = "makes an iSCSI target",
        Codes = [StmfStatus.Exists, StmfStatus.NotFound, StmfStatus.NoMem, StmfStatus.ConfigNone],
        Commands = ["itadm create-target"],
        ArgumentsInfo = Json.Default.IscsiTargetSettingsArguments,
        ValueInfo = Json.Default.String,
        Call = (admin, a) => admin.CreateIscsiTargetAsync(a.Settings),
    };

    /// <summary>changes an iSCSI target.</summary>
    public static AdminVerb<IscsiTargetArguments, NoValue> ModifyIscsiTarget { get; } = new()
    {
        Name = "ModifyIscsiTarget",
        Access = VerbAccess.Change,
        Summary = "changes an iSCSI target",
        Preconditions = "it is offline where it is renamed",
        Codes = [StmfStatus.Exists, StmfStatus.NotFound, StmfStatus.TgOnline],
        Commands = ["itadm modify-target"],
        ArgumentsInfo = Json.Default.IscsiTargetArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, a) =>
            NoAnswer(await admin.ModifyIscsiTargetAsync(a.Name, a.Settings).ConfigureAwait(false)),
    };

    /// <summary>takes an iSCSI target away.</summary>
    public static AdminVerb<DeleteArguments, NoValue> DeleteIscsiTarget { get; } = new()
    {
        Name = "DeleteIscsiTarget",
        Access = VerbAccess.Change,
        Summary = "takes an iSCSI target away",
        Preconditions = "it is offline, or forced",
        Codes = [StmfStatus.NotFound, StmfStatus.Busy],
        Commands = ["itadm delete-target"],
        ArgumentsInfo = Json.Default.DeleteArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, a) => NoAnswer(await admin.DeleteIscsiTargetAsync(a.Name, a.Force).ConfigureAwait(false)),
    };

    /// <summary>target portal groups.</summary>
    public static AdminVerb<NoArguments, IReadOnlyList<IscsiPortalGroup>> GetIscsiPortalGroups { get; } = new()
    {
        Name = "GetIscsiPortalGroups",
        Access = VerbAccess.Read,
        Summary = "target portal groups",
        Commands = ["itadm list-tpg"],
        ArgumentsInfo = Json.Default.NoArguments,
        ValueInfo = Json.Default.IReadOnlyListIscsiPortalGroup,
        Call = (admin, _) => admin.GetIscsiPortalGroupsAsync(),
    };

    /// <summary>makes a target portal group.</summary>
    public static AdminVerb<IscsiPortalGroupArguments, NoValue> CreateIscsiPortalGroup { get; } = new()
    {
        Name = "CreateIscsiPortalGroup",
        Access = VerbAccess.Change,
        Summary = "makes a target portal group",
        Codes = [StmfStatus.Exists, StmfStatus.ConfigNone],
        Commands = ["itadm create-tpg"],
        ArgumentsInfo = Json.Default.IscsiPortalGroupArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, a) =>
            NoAnswer(await admin.CreateIscsiPortalGroupAsync(a.Name, a.Portals).ConfigureAwait(false)),
    };

    /// <summary>takes a target portal group away.</summary>
    public static AdminVerb<DeleteArguments, NoValue> DeleteIscsiPortalGroup { get; } = new()
    {
        Name = "DeleteIscsiPortalGroup",
        Access = VerbAccess.Change,
        Summary = "takes a target portal group away",
        Preconditions = "no target has it, or forced",
        Codes = [StmfStatus.NotFound, StmfStatus.GroupInUse],
        Commands = ["itadm delete-tpg"],
        ArgumentsInfo = Json.Default.DeleteArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, a) =>
            NoAnswer(await admin.DeleteIscsiPortalGroupAsync(a.Name, a.Force).ConfigureAwait(false)),
    };

    /// <summary>initiators that prove who they are.</summary>
    public static AdminVerb<NoArguments, IReadOnlyList<IscsiInitiatorProperties>> GetIscsiInitiators { get; } = new()
    {
        Name = "GetIscsiInitiators",
        Access = VerbAccess.Read,
        Summary = "initiators that prove who they are",
        Commands = ["itadm list-initiator"],
        ArgumentsInfo = Json.Default.NoArguments,
        ValueInfo = Json.Default.IReadOnlyListIscsiInitiatorProperties,
        Call = (admin, _) => admin.GetIscsiInitiatorsAsync(),
    };

    /// <summary>makes an initiator object.</summary>
    public static AdminVerb<IscsiInitiatorArguments, NoValue> CreateIscsiInitiator { get; } = new()
    {
        Name = "CreateIscsiInitiator",
        Access = VerbAccess.Change,
        Summary = "makes an initiator object",
        Codes = [StmfStatus.Exists, StmfStatus.ConfigNone],
        Commands = ["itadm create-initiator"],
        ArgumentsInfo = Json.Default.IscsiInitiatorArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, a) =>
            NoAnswer(await admin.CreateIscsiInitiatorAsync(a.Name, a.Settings).ConfigureAwait(false)),
    };

    /// <summary>changes an initiator object.</summary>
    public static AdminVerb<IscsiInitiatorArguments, NoValue> ModifyIscsiInitiator { get; } = new()
    {
        Name = "ModifyIscsiInitiator",
        Access = VerbAccess.Change,
        Summary = "changes an initiator object",
        Codes = [StmfStatus.NotFound],
        Commands = ["itadm modify-initiator"],
        ArgumentsInfo = Json.Default.IscsiInitiatorArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, a) =>
            NoAnswer(await admin.ModifyIscsiInitiatorAsync(a.Name, a.Settings).ConfigureAwait(false)),
    };

    /// <summary>takes an initiator object away.</summary>
    public static AdminVerb<NameArguments, NoValue> DeleteIscsiInitiator { get; } = new()
    {
        Name = "DeleteIscsiInitiator",
        Access = VerbAccess.Change,
        Summary = "takes an initiator object away",
        Codes = [StmfStatus.NotFound],
        Commands = ["itadm delete-initiator"],
        ArgumentsInfo = Json.Default.NameArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, a) => NoAnswer(await admin.DeleteIscsiInitiatorAsync(a.Name).ConfigureAwait(false)),
    };

    /// <summary>what holds for targets that do not say otherwise.</summary>
    public static AdminVerb<NoArguments, IscsiDefaults> GetIscsiDefaults { get; } = new()
    {
        Name = "GetIscsiDefaults",
        Access = VerbAccess.Read,
        Summary = "what holds for targets that do not say otherwise",
        Commands = ["itadm list-defaults"],
        ArgumentsInfo = Json.Default.NoArguments,
        ValueInfo = Json.Default.IscsiDefaults,
        Call = (admin, _) => admin.GetIscsiDefaultsAsync(),
    };

    /// <summary>changes the defaults.</summary>
    public static AdminVerb<IscsiDefaultsArguments, NoValue> ModifyIscsiDefaults { get; } = new()
    {
        Name = "ModifyIscsiDefaults",
        Access = VerbAccess.Change,
        Summary = "changes the defaults",
        Codes = [StmfStatus.ConfigNone],
        Commands = ["itadm modify-defaults"],
        ArgumentsInfo = Json.Default.IscsiDefaultsArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, a) => NoAnswer(await admin.ModifyIscsiDefaultsAsync(a.Settings).ConfigureAwait(false)),
    };
}
