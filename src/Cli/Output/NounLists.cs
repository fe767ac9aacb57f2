using System.Globalization;
using Lunette.Admin.Contracts;

namespace Lunette.Cli.Output;

/// <summary>
/// The lists of the noun-verb form as tables: what one wants to see first of each object, a line each.
/// </summary>
internal sealed class NounLists(Terminal terminal)
{
    private const string Command = CommandLine.Name;

    public async Task<int> TargetsAsync(ILunetteAdmin admin)
    {
        var targets = await admin.GetIscsiTargetsAsync();
        if (!targets.Succeeded) return terminal.Fail(Command, null, targets.WithoutValue);
        var table = new Table("TARGET", "STATE", "SESSIONS", "ALIAS", "PORTAL GROUPS");
        foreach (var target in targets.Value!)
        {
            table.Add(
                Plain(target.Name), Table.State(target.State?.ToString() ?? "unregistered"), Plain(target.Sessions),
                Plain(OrDash(target.Alias)),
                Plain(OrDefault(string.Join(',', target.PortalGroups.Select(group => group.Name)))));
        }
        return Written(table);
    }

    public async Task<int> DisksAsync(ILunetteAdmin admin)
    {
        var units = await admin.GetLogicalUnitListAsync();
        if (!units.Succeeded) return terminal.Fail(Command, null, units.WithoutValue);
        var table = new Table("DISK", "STATE", "SIZE", "BLOCK", "VIEWS", "ALIAS", "FILE");
        foreach (var guid in units.Value!)
        {
            var properties = await admin.GetLogicalUnitPropertiesAsync(guid);
            // What went away while we looked is not in the list any more.
            if (properties.Status == StmfStatus.NotFound) continue;
            var views = await admin.GetViewEntryListAsync(guid);
            if (!properties.Succeeded) return terminal.Fail(Command, $"{guid}", properties.WithoutValue);
            if (!views.Succeeded) return terminal.Fail(Command, $"{guid}", views.WithoutValue);
            var disk = (await admin.GetLuResourceAsync(guid)).Value;
            var file = Text(disk, LuProperty.Filename);
            // A disk that was given no alias has its file for one: that is said once.
            var alias = properties.Value!.Alias == file ? "" : properties.Value.Alias;
            table.Add(
                Plain($"{guid}"), Table.State($"{properties.Value.Status}"), Plain(SizeOf(disk)),
                Plain(Text(disk, LuProperty.BlockSize)), Plain(views.Value!.Count),
                Plain(OrDash(alias)), Plain(file));
        }
        return Written(table);
    }

    public async Task<int> GroupsAsync(
        string heading, Func<ValueTask<StmfResult<IReadOnlyList<string>>>> list,
        Func<string, ValueTask<StmfResult<IReadOnlyList<Devid>>>> members)
    {
        var groups = await list();
        if (!groups.Succeeded) return terminal.Fail(Command, null, groups.WithoutValue);
        var table = new Table(heading, "MEMBERS");
        foreach (var group in groups.Value!)
        {
            var found = await members(group);
            table.Add(Plain(group), Plain(OrDash(string.Join(' ', found.Value ?? []))));
        }
        return Written(table);
    }

    public async Task<int> PortalGroupsAsync(ILunetteAdmin admin)
    {
        var groups = await admin.GetIscsiPortalGroupsAsync();
        if (!groups.Succeeded) return terminal.Fail(Command, null, groups.WithoutValue);
        var table = new Table("PORTAL GROUP", "TAG", "PORTALS");
        foreach (var group in groups.Value!)
            table.Add(Plain(group.Name), Plain(group.Tag), Plain(string.Join(' ', group.Portals)));
        return Written(table);
    }

    public async Task<int> InitiatorsAsync(ILunetteAdmin admin)
    {
        var initiators = await admin.GetIscsiInitiatorsAsync();
        if (!initiators.Succeeded) return terminal.Fail(Command, null, initiators.WithoutValue);
        var table = new Table("INITIATOR", "CHAP USER", "SECRET");
        foreach (var initiator in initiators.Value!)
        {
            table.Add(
                Plain(initiator.Name), Plain(OrDash(initiator.ChapUser)),
                initiator.HasChapSecret ? ("set", Shade.Good) : ("unset", Shade.Warning));
        }
        return Written(table);
    }

    public async Task<int> DefaultsAsync(ILunetteAdmin admin)
    {
        var defaults = await admin.GetIscsiDefaultsAsync();
        if (!defaults.Succeeded) return terminal.Fail(Command, null, defaults.WithoutValue);
        var now = defaults.Value!;
        var table = new Table("DEFAULTS", "");
        table.Add(Plain("authentication"), Plain(now.Authentication.ToString().ToLowerInvariant()));
        table.Add(Plain("RADIUS server"), Plain(OrDash(now.RadiusServer)));
        table.Add(Plain("RADIUS secret"), Plain(now.HasRadiusSecret ? "set" : "unset"));
        table.Add(Plain("iSNS"), Plain(now.Isns ? "enabled" : "disabled"));
        table.Add(Plain("iSNS servers"), Plain(OrDash(string.Join(' ', now.IsnsServers))));
        return Written(table);
    }

    private int Written(Table table)
    {
        table.Write(terminal);
        return ExitStatus.Success;
    }

    private static string SizeOf(LuResource? disk) =>
        disk is not null && long.TryParse(
            disk.Get(LuProperty.Size).Value, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            ? SizeText.Describe(bytes).Replace(" ", "", StringComparison.Ordinal)
            : "-";

    private static string Text(LuResource? disk, LuProperty property) => disk?.Get(property).Value ?? "-";

    private static string OrDash(string text) => text.Length > 0 ? text : "-";

    private static string OrDefault(string text) => text.Length > 0 ? text : "default";

    private static (string Text, Shade Shade) Plain(string text) => (text, Shade.Plain);

    private static (string Text, Shade Shade) Plain(int number) =>
        (number.ToString(CultureInfo.InvariantCulture), Shade.Plain);
}
