using Lunette.Admin.Contracts;

namespace Lunette.Cli.Stmfadm;

/// <summary>create-, delete-, list-, add- and remove- of one family of groups.</summary>
internal sealed class GroupCommands(Terminal terminal, GroupFamily family)
{
    private const string Command = StmfadmCommand.Name;
    private const string NameRule =
        "write iqn., eui. or naa. and what follows, 223 bytes at most, or wwn. and 16 hexadecimal digits";

    public async Task<int> CreateAsync(IStmf stmf, string group)
    {
        var created = await family.CreateAsync(stmf, group);
        return created.Succeeded ? ExitStatus.Success : terminal.Fail(Command, group, created);
    }

    public async Task<int> DeleteAsync(IStmf stmf, string group)
    {
        var deleted = await family.DeleteAsync(stmf, group);
        return deleted.Succeeded ? ExitStatus.Success : terminal.Fail(Command, group, deleted);
    }

    public async Task<int> ListAsync(IStmf stmf, IReadOnlyList<string> wanted, bool verbose)
    {
        var known = await family.ListAsync(stmf);
        if (!known.Succeeded) return terminal.Fail(Command, null, known.WithoutValue);
        var exit = ExitStatus.Success;
        foreach (var group in wanted.Count > 0 ? wanted : known.Value!)
        {
            if (!known.Value!.Contains(group))
            {
                exit = terminal.Fail(Command, group, StmfStatus.NotFound);
                continue;
            }
            terminal.Output.WriteLine($"{family.Label}: {group}");
            if (!verbose) continue;
            var members = await family.MembersAsync(stmf, group);
            if (!members.Succeeded) exit = terminal.Fail(Command, group, members.WithoutValue);
            foreach (var member in members.Value ?? []) terminal.Output.WriteLine($"\tMember: {member}");
        }
        return exit;
    }

    public Task<int> AddAsync(IStmf stmf, string group, IReadOnlyList<string> members) =>
        EachAsync(members, member => family.AddAsync(stmf, group, member), group);

    public Task<int> RemoveAsync(IStmf stmf, string group, IReadOnlyList<string> members) =>
        EachAsync(members, member => family.RemoveAsync(stmf, group, member), group);

    // All members are looked at before the first is touched: a typing mistake changes nothing.
    private async Task<int> EachAsync(
        IReadOnlyList<string> members, Func<Devid, ValueTask<StmfResult>> change, string group)
    {
        var devids = new List<Devid>();
        foreach (var member in members)
        {
            if (!Devid.TryParse(member, out var devid))
                return terminal.Fail(Command, member, "unrecognized device id: " + NameRule);
            devids.Add(devid);
        }
        var exit = ExitStatus.Success;
        foreach (var devid in devids)
        {
            var changed = await change(devid);
            if (changed.Succeeded) continue;
            var subject = changed.Status == StmfStatus.GroupNotFound ? group : devid.Name;
            exit = terminal.Fail(Command, subject, changed);
        }
        return exit;
    }
}
