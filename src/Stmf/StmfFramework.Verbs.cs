using Lunette.Stmf.Configuration;
using Lunette.Stmf.Contracts;

namespace Lunette.Stmf;

/// <content>The configuration verbs one by one; each is a transaction of its own.</content>
public sealed partial class StmfFramework
{
    /// <summary>Creates an empty group: InvalidArgument, ReservedName, Exists, LimitReached.</summary>
    public ValueTask<StmfResult> CreateGroupAsync(GroupKind kind, string name, CancellationToken stop = default) =>
        ChangeAsync(edit => edit.CreateGroup(kind, name), stop);

    /// <summary>Deletes a group no view entry refers to: NotFound, GroupInUse.</summary>
    public ValueTask<StmfResult> DeleteGroupAsync(GroupKind kind, string name, CancellationToken stop = default) =>
        ChangeAsync(edit => edit.DeleteGroup(kind, name), stop);

    /// <summary>Adds a member: InvalidArgument, GroupNotFound, TargetOnline, Exists, LimitReached.</summary>
    public ValueTask<StmfResult> AddMemberAsync(
        GroupKind kind, string group, string member, CancellationToken stop = default) =>
        ChangeAsync(edit => edit.AddMember(kind, group, member), stop);

    /// <summary>Removes a member: GroupNotFound, MemberNotFound, TargetOnline.</summary>
    public ValueTask<StmfResult> RemoveMemberAsync(
        GroupKind kind, string group, string member, CancellationToken stop = default) =>
        ChangeAsync(edit => edit.RemoveMember(kind, group, member), stop);

    /// <summary>
    /// Adds a view entry: InvalidHostGroup, InvalidTargetGroup, InvalidArgument, ViewEntryConflict, LunInUse,
    /// NoFreeLun, LimitReached. The logical unit need not be registered.
    /// </summary>
    public ValueTask<StmfResult<ViewEntry>> AddViewEntryAsync(
        LogicalUnitId unit, GroupPair groups, int? lun = null, CancellationToken stop = default) =>
        ChangeAsync(edit => edit.AddViewEntry(unit, groups, lun), stop);

    /// <summary>Removes a view entry: NotFound.</summary>
    public ValueTask<StmfResult> RemoveViewEntryAsync(
        LogicalUnitId unit, uint index, CancellationToken stop = default) =>
        ChangeAsync(edit => edit.RemoveViewEntry(unit, index), stop);

    /// <summary>
    /// Whether a LUN could be mapped for a pair of groups now, and which; nothing is kept. ConfigurationNone,
    /// InvalidHostGroup, InvalidTargetGroup, InvalidArgument, LunInUse, NoFreeLun.
    /// </summary>
    public StmfResult<int> ValidateView(GroupPair groups, int? lun = null) =>
        State.Configuration == Transitions.ConfigurationState.InitDone
            ? Configuration.Edit().ValidateView(groups, lun)
            : StmfResult<int>.Refused(s_noConfiguration);

    /// <summary>
    /// Sets a provider's data, with a token as compare-and-set: ProviderDataStale, InvalidArgument, LimitReached. The
    /// answer is the new token.
    /// </summary>
    public ValueTask<StmfResult<ulong>> SetProviderDataAsync(
        ProviderKey provider, ReadOnlyMemory<byte> data, ulong? token = null, CancellationToken stop = default) =>
        ChangeAsync(edit => edit.SetProviderData(provider, data, token), stop);

    /// <summary>Deletes a provider's data: NotFound.</summary>
    public ValueTask<StmfResult> ClearProviderDataAsync(ProviderKey provider, CancellationToken stop = default) =>
        ChangeAsync(edit => edit.ClearProviderData(provider), stop);

    /// <summary>Sets the default states.</summary>
    public ValueTask<StmfResult> SetPropertiesAsync(StmfProperties properties, CancellationToken stop = default) =>
        ChangeAsync(edit => edit.SetProperties(properties), stop);

    /// <summary>Sets asymmetric access: InvalidArgument.</summary>
    public ValueTask<StmfResult> SetAluaAsync(AluaState alua, CancellationToken stop = default) =>
        ChangeAsync(edit => edit.SetAlua(alua), stop);
}
