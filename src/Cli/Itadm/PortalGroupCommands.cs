using System.Globalization;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Iscsi;

namespace Lunette.Cli.Itadm;

/// <summary>create-, list- and delete-tpg.</summary>
internal sealed class PortalGroupCommands(Terminal terminal)
{
    private const string Command = ItadmCommand.Name;
    private const int NameWidth = 30;
    private const int CountWidth = 9;

    public async Task<int> CreateAsync(IIscsiTargets iscsi, string name, IReadOnlyList<string> portals)
    {
        var created = await iscsi.CreateIscsiPortalGroupAsync(name, portals);
        return created.Succeeded ? ExitStatus.Success : terminal.Fail(Command, name, created);
    }

    public async Task<int> DeleteAsync(IIscsiTargets iscsi, string name, bool force)
    {
        var deleted = await iscsi.DeleteIscsiPortalGroupAsync(name, force);
        if (deleted.Status == StmfStatus.GroupInUse) return terminal.Fail(Command, name, deleted.ToString());
        return deleted.Succeeded ? ExitStatus.Success : terminal.Fail(Command, name, deleted);
    }

    public async Task<int> ListAsync(IIscsiTargets iscsi, string? wanted, bool verbose, bool parsable)
    {
        var groups = await iscsi.GetIscsiPortalGroupsAsync();
        if (!groups.Succeeded) return terminal.Fail(Command, null, groups.WithoutValue);
        var shown = groups.Value!.Where(group => wanted is null || group.Name == wanted).ToArray();
        if (wanted is not null && shown.Length == 0) return terminal.Fail(Command, wanted, StmfStatus.NotFound);
        if (!parsable)
            terminal.Output.WriteLine("TARGET PORTAL GROUP".PadRight(NameWidth) + "PORTAL COUNT");
        foreach (var group in shown)
        {
            var count = group.Portals.Count.ToString(CultureInfo.InvariantCulture);
            var portals = string.Join(',', group.Portals);
            if (parsable)
            {
                terminal.Output.WriteLine(string.Join('\t', group.Name, group.Tag, portals));
                continue;
            }
            terminal.Output.WriteLine(Words.Column(group.Name, NameWidth) + count.PadRight(CountWidth));
            if (verbose) terminal.Output.WriteLine($"    portals:    {portals}");
        }
        return ExitStatus.Success;
    }
}
