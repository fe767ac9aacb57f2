using Lunette.Admin.Contracts;

namespace Lunette.Cli.Stmfadm;

/// <summary>What differs between host groups and target groups.</summary>
internal abstract class GroupFamily
{
    public abstract string Short { get; }

    public abstract string Noun { get; }

    public abstract string Label { get; }

    public abstract string MemberHelp { get; }

    public abstract ValueTask<StmfResult> CreateAsync(IStmf stmf, string group);

    public abstract ValueTask<StmfResult> DeleteAsync(IStmf stmf, string group);

    public abstract ValueTask<StmfResult<IReadOnlyList<string>>> ListAsync(IStmf stmf);

    public abstract ValueTask<StmfResult<IReadOnlyList<Devid>>> MembersAsync(IStmf stmf, string group);

    public abstract ValueTask<StmfResult> AddAsync(IStmf stmf, string group, Devid member);

    public abstract ValueTask<StmfResult> RemoveAsync(IStmf stmf, string group, Devid member);
}

/// <summary>Host groups: initiators.</summary>
internal sealed class HostGroups : GroupFamily
{
    public override string Short => "hg";

    public override string Noun => "host group";

    public override string Label => "Host Group";

    public override string MemberHelp => "initiators: iqn., eui. or wwn. names";

    public override ValueTask<StmfResult> CreateAsync(IStmf stmf, string group) => stmf.CreateHostGroupAsync(group);

    public override ValueTask<StmfResult> DeleteAsync(IStmf stmf, string group) => stmf.DeleteHostGroupAsync(group);

    public override ValueTask<StmfResult<IReadOnlyList<string>>> ListAsync(IStmf stmf) => stmf.GetHostGroupListAsync();

    public override ValueTask<StmfResult<IReadOnlyList<Devid>>> MembersAsync(IStmf stmf, string group) =>
        stmf.GetHostGroupMembersAsync(group);

    public override ValueTask<StmfResult> AddAsync(IStmf stmf, string group, Devid member) =>
        stmf.AddToHostGroupAsync(group, member);

    public override ValueTask<StmfResult> RemoveAsync(IStmf stmf, string group, Devid member) =>
        stmf.RemoveFromHostGroupAsync(group, member);
}

/// <summary>Target groups: target ports.</summary>
internal sealed class TargetGroups : GroupFamily
{
    public override string Short => "tg";

    public override string Noun => "target group";

    public override string Label => "Target Group";

    public override string MemberHelp => "targets, which must be offline";

    public override ValueTask<StmfResult> CreateAsync(IStmf stmf, string group) => stmf.CreateTargetGroupAsync(group);

    public override ValueTask<StmfResult> DeleteAsync(IStmf stmf, string group) => stmf.DeleteTargetGroupAsync(group);

    public override ValueTask<StmfResult<IReadOnlyList<string>>> ListAsync(IStmf stmf) =>
        stmf.GetTargetGroupListAsync();

    public override ValueTask<StmfResult<IReadOnlyList<Devid>>> MembersAsync(IStmf stmf, string group) =>
        stmf.GetTargetGroupMembersAsync(group);

    public override ValueTask<StmfResult> AddAsync(IStmf stmf, string group, Devid member) =>
        stmf.AddToTargetGroupAsync(group, member);

    public override ValueTask<StmfResult> RemoveAsync(IStmf stmf, string group, Devid member) =>
        stmf.RemoveFromTargetGroupAsync(group, member);
}
