using Lunette.Admin.Contracts;
using Lunette.Stmf.Configuration;

namespace Lunette.Admin;

/// <content>Host groups and target groups.</content>
public sealed partial class Administrator
{
    /// <inheritdoc/>
    public ValueTask<StmfResult> CreateTargetGroupAsync(string group) =>
        framework.CreateGroupAsync(GroupKind.Target, group).ToAdmin();

    /// <inheritdoc/>
    public ValueTask<StmfResult> DeleteTargetGroupAsync(string group) =>
        framework.DeleteGroupAsync(GroupKind.Target, group).ToAdmin();

    /// <inheritdoc/>
    public ValueTask<StmfResult<IReadOnlyList<string>>> GetTargetGroupListAsync() => GroupsOf(GroupKind.Target);

    /// <inheritdoc/>
    public ValueTask<StmfResult<IReadOnlyList<Devid>>> GetTargetGroupMembersAsync(string group) =>
        MembersOf(GroupKind.Target, group);

    /// <inheritdoc/>
    public ValueTask<StmfResult> AddToTargetGroupAsync(string group, Devid target) =>
        framework.AddMemberAsync(GroupKind.Target, group, target.Name).ToAdmin();

    /// <inheritdoc/>
    public ValueTask<StmfResult> RemoveFromTargetGroupAsync(string group, Devid target) =>
        framework.RemoveMemberAsync(GroupKind.Target, group, target.Name).ToAdmin();

    /// <inheritdoc/>
    public ValueTask<StmfResult> CreateHostGroupAsync(string group) =>
        framework.CreateGroupAsync(GroupKind.Host, group).ToAdmin();

    /// <inheritdoc/>
    public ValueTask<StmfResult> DeleteHostGroupAsync(string group) =>
        framework.DeleteGroupAsync(GroupKind.Host, group).ToAdmin();

    /// <inheritdoc/>
    public ValueTask<StmfResult<IReadOnlyList<string>>> GetHostGroupListAsync() => GroupsOf(GroupKind.Host);

    /// <inheritdoc/>
    public ValueTask<StmfResult<IReadOnlyList<Devid>>> GetHostGroupMembersAsync(string group) =>
        MembersOf(GroupKind.Host, group);

    /// <inheritdoc/>
    public ValueTask<StmfResult> AddToHostGroupAsync(string group, Devid initiator) =>
        framework.AddMemberAsync(GroupKind.Host, group, initiator.Name).ToAdmin();

    /// <inheritdoc/>
    public ValueTask<StmfResult> RemoveFromHostGroupAsync(string group, Devid initiator) =>
        framework.RemoveMemberAsync(GroupKind.Host, group, initiator.Name).ToAdmin();

    private ValueTask<StmfResult<IReadOnlyList<string>>> GroupsOf(GroupKind kind) =>
        Listed(framework.Configuration.GroupsOf(kind).Groups.Select(group => group.Name));

    private ValueTask<StmfResult<IReadOnlyList<Devid>>> MembersOf(GroupKind kind, string name) =>
        framework.Configuration.GroupsOf(kind).Find(name) is { } group
            ? Listed(group.Members.Select(ToDevid))
            : new(new StmfResult(StmfStatus.NotFound, $"group {name} not found"));
}
