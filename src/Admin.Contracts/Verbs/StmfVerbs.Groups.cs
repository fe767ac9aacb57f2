using Json = Lunette.Admin.Contracts.Wire.AdminJson;

namespace Lunette.Admin.Contracts.Verbs;

/// <summary>Host groups and target groups.</summary>
public static partial class StmfVerbs
{
    /// <summary><c>stmfCreateTargetGroup</c>: makes an empty target group.</summary>
    public static AdminVerb<GroupArguments, NoValue> CreateTargetGroup { get; } = new()
    {
        Name = "CreateTargetGroup",
        Functions = ["stmfCreateTargetGroup"],
        Access = VerbAccess.Change,
        Summary = "makes an empty target group",
        Preconditions = "1 to 255 characters, not beginning with *",
        Codes = [StmfStatus.Exists, StmfStatus.NoMem, StmfStatus.ConfigNone],
        Commands = ["stmfadm create-tg"],
        ArgumentsInfo = Json.Default.GroupArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, a) => NoAnswer(await admin.CreateTargetGroupAsync(a.Group).ConfigureAwait(false)),
    };

    /// <summary><c>stmfDeleteTargetGroup</c>: takes a target group away.</summary>
    public static AdminVerb<GroupArguments, NoValue> DeleteTargetGroup { get; } = new()
    {
        Name = "DeleteTargetGroup",
        Functions = ["stmfDeleteTargetGroup"],
        Access = VerbAccess.Change,
        Summary = "takes a target group away",
        Preconditions = "no view entry refers to it",
        Codes = [StmfStatus.NotFound, StmfStatus.GroupInUse, StmfStatus.ConfigNone],
        Commands = ["stmfadm delete-tg"],
        ArgumentsInfo = Json.Default.GroupArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, a) => NoAnswer(await admin.DeleteTargetGroupAsync(a.Group).ConfigureAwait(false)),
    };

    /// <summary><c>stmfGetTargetGroupList</c>: all target groups.</summary>
    public static AdminVerb<NoArguments, IReadOnlyList<string>> GetTargetGroupList { get; } = new()
    {
        Name = "GetTargetGroupList",
        Functions = ["stmfGetTargetGroupList"],
        Access = VerbAccess.Read,
        Summary = "all target groups",
        NotHere = [new(StmfStatus.NoMem, OfTheCaller)],
        Commands = ["stmfadm list-tg"],
        ArgumentsInfo = Json.Default.NoArguments,
        ValueInfo = Json.Default.IReadOnlyListString,
        Call = (admin, _) => admin.GetTargetGroupListAsync(),
    };

    /// <summary><c>stmfGetTargetGroupMembers</c>: members of a target group.</summary>
    public static AdminVerb<GroupArguments, IReadOnlyList<Devid>> GetTargetGroupMembers { get; } = new()
    {
        Name = "GetTargetGroupMembers",
        Functions = ["stmfGetTargetGroupMembers"],
        Access = VerbAccess.Read,
        Summary = "members of a target group",
        Preconditions = "it exists",
        Codes = [StmfStatus.NotFound],
        NotHere = [new(StmfStatus.NoMem, OfTheCaller)],
        Commands = ["stmfadm list-tg"],
        ArgumentsInfo = Json.Default.GroupArguments,
        ValueInfo = Json.Default.IReadOnlyListDevid,
        Call = (admin, a) => admin.GetTargetGroupMembersAsync(a.Group),
    };

    /// <summary>
    /// <c>stmfAddToTargetGroup</c>: adds a target port that must be offline or unknown to a target group.
    /// </summary>
    public static AdminVerb<MemberArguments, NoValue> AddToTargetGroup { get; } = new()
    {
        Name = "AddToTargetGroup",
        Functions = ["stmfAddToTargetGroup"],
        Access = VerbAccess.Change,
        Summary = "adds a target port that must be offline or unknown to a target group",
        Preconditions = "it is in no other group",
        Codes =
        [
            StmfStatus.Exists, StmfStatus.GroupNotFound, StmfStatus.TgOnline, StmfStatus.NoMem, StmfStatus.ConfigNone,
        ],
        Commands = ["stmfadm add-tg-member"],
        ArgumentsInfo = Json.Default.MemberArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, a) => NoAnswer(await admin.AddToTargetGroupAsync(a.Group, a.Member).ConfigureAwait(false)),
    };

    /// <summary>
    /// <c>stmfRemoveFromTargetGroup</c>: takes a target port that must be offline or unknown out of a target group.
    /// </summary>
    public static AdminVerb<MemberArguments, NoValue> RemoveFromTargetGroup { get; } = new()
    {
        Name = "RemoveFromTargetGroup",
        Functions = ["stmfRemoveFromTargetGroup"],
        Access = VerbAccess.Change,
        Summary = "takes a target port that must be offline or unknown out of a target group",
        Preconditions = "it is a member",
        Codes = [StmfStatus.GroupNotFound, StmfStatus.MemberNotFound, StmfStatus.TgOnline, StmfStatus.ConfigNone],
        Commands = ["stmfadm remove-tg-member"],
        ArgumentsInfo = Json.Default.MemberArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, a) =>
            NoAnswer(await admin.RemoveFromTargetGroupAsync(a.Group, a.Member).ConfigureAwait(false)),
    };

    /// <summary><c>stmfCreateHostGroup</c>: makes an empty host group.</summary>
    public static AdminVerb<GroupArguments, NoValue> CreateHostGroup { get; } = new()
    {
        Name = "CreateHostGroup",
        Functions = ["stmfCreateHostGroup"],
        Access = VerbAccess.Change,
        Summary = "makes an empty host group",
        Preconditions = "1 to 255 characters, not beginning with *",
        Codes = [StmfStatus.Exists, StmfStatus.NoMem, StmfStatus.ConfigNone],
        Commands = ["stmfadm create-hg"],
        ArgumentsInfo = Json.Default.GroupArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, a) => NoAnswer(await admin.CreateHostGroupAsync(a.Group).ConfigureAwait(false)),
    };

    /// <summary><c>stmfDeleteHostGroup</c>: takes a host group away.</summary>
    public static AdminVerb<GroupArguments, NoValue> DeleteHostGroup { get; } = new()
    {
        Name = "DeleteHostGroup",
        Functions = ["stmfDeleteHostGroup"],
        Access = VerbAccess.Change,
        Summary = "takes a host group away",
        Preconditions = "no view entry refers to it",
        Codes = [StmfStatus.NotFound, StmfStatus.GroupInUse, StmfStatus.ConfigNone],
        Commands = ["stmfadm delete-hg"],
        ArgumentsInfo = Json.Default.GroupArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, a) => NoAnswer(await admin.DeleteHostGroupAsync(a.Group).ConfigureAwait(false)),
    };

    /// <summary><c>stmfGetHostGroupList</c>: all host groups.</summary>
    public static AdminVerb<NoArguments, IReadOnlyList<string>> GetHostGroupList { get; } = new()
    {
        Name = "GetHostGroupList",
        Functions = ["stmfGetHostGroupList"],
        Access = VerbAccess.Read,
        Summary = "all host groups",
        NotHere = [new(StmfStatus.NoMem, OfTheCaller)],
        Commands = ["stmfadm list-hg"],
        ArgumentsInfo = Json.Default.NoArguments,
        ValueInfo = Json.Default.IReadOnlyListString,
        Call = (admin, _) => admin.GetHostGroupListAsync(),
    };

    /// <summary><c>stmfGetHostGroupMembers</c>: members of a host group.</summary>
    public static AdminVerb<GroupArguments, IReadOnlyList<Devid>> GetHostGroupMembers { get; } = new()
    {
        Name = "GetHostGroupMembers",
        Functions = ["stmfGetHostGroupMembers"],
        Access = VerbAccess.Read,
        Summary = "members of a host group",
        Preconditions = "it exists",
        Codes = [StmfStatus.NotFound],
        NotHere = [new(StmfStatus.NoMem, OfTheCaller)],
        Commands = ["stmfadm list-hg"],
        ArgumentsInfo = Json.Default.GroupArguments,
        ValueInfo = Json.Default.IReadOnlyListDevid,
        Call = (admin, a) => admin.GetHostGroupMembersAsync(a.Group),
    };

    /// <summary><c>stmfAddToHostGroup</c>: adds an initiator to a host group.</summary>
    public static AdminVerb<MemberArguments, NoValue> AddToHostGroup { get; } = new()
    {
        Name = "AddToHostGroup",
        Functions = ["stmfAddToHostGroup"],
        Access = VerbAccess.Change,
        Summary = "adds an initiator to a host group",
        Preconditions = "it is in no other group",
        Codes = [StmfStatus.Exists, StmfStatus.GroupNotFound, StmfStatus.NoMem, StmfStatus.ConfigNone],
        Commands = ["stmfadm add-hg-member"],
        ArgumentsInfo = Json.Default.MemberArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, a) => NoAnswer(await admin.AddToHostGroupAsync(a.Group, a.Member).ConfigureAwait(false)),
    };

    /// <summary><c>stmfRemoveFromHostGroup</c>: takes an initiator out of a host group.</summary>
    public static AdminVerb<MemberArguments, NoValue> RemoveFromHostGroup { get; } = new()
    {
        Name = "RemoveFromHostGroup",
        Functions = ["stmfRemoveFromHostGroup"],
        Access = VerbAccess.Change,
        Summary = "takes an initiator out of a host group",
        Preconditions = "it is a member",
        Codes = [StmfStatus.GroupNotFound, StmfStatus.MemberNotFound, StmfStatus.ConfigNone],
        Commands = ["stmfadm remove-hg-member"],
        ArgumentsInfo = Json.Default.MemberArguments,
        ValueInfo = Json.Default.NoValue,
        Call = async (admin, a) =>
            NoAnswer(await admin.RemoveFromHostGroupAsync(a.Group, a.Member).ConfigureAwait(false)),
    };
}
