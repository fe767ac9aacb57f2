using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Verbs;
using Lunette.Cli.Output;
using Lunette.Cli.Stmfadm;
using static Lunette.Cli.CommandRunner;

namespace Lunette.Cli.Views;

/// <summary>lunette view list, of all disks or one, and lunette view check.</summary>
internal sealed class ModernViews(Terminal terminal)
{
    private const string Name = CommandLine.Name;

    public static IEnumerable<Command> Make(CommandRunner runner)
    {
        var views = new ModernViews(runner.Terminal);
        var json = Json();
        var of = Value("--lu-name", "-l", "one disk (default: all)");
        yield return runner.Subcommand("list", "Lists who sees which disk under which number.",
            (admin, parsed) => views.ListAsync(admin, parsed.GetValue(of), parsed.GetValue(json)), of, json);

        var lun = Value("--lun", "-n", "the logical unit number (default: the lowest that is free)");
        var targets = Value("--target-group", "-t", "the target group (default: all targets)");
        var hosts = Value("--host-group", "-h", "the host group (default: all initiators)");
        yield return runner.Subcommand("check", StmfadmCommand.Sentence(StmfVerbs.ValidateView),
            (admin, parsed) => views.CheckAsync(
                admin, parsed.GetValue(lun), parsed.GetValue(targets), parsed.GetValue(hosts)), lun, targets, hosts);
    }

    private async Task<int> ListAsync(IStmf stmf, string? unit, bool json)
    {
        StmfGuid one = default;
        if (unit is not null && !StmfGuid.TryParse(unit, out one)) return terminal.FailGuid(Name, unit);
        var units = await stmf.GetLogicalUnitListAsync();
        if (!units.Succeeded) return terminal.Fail(Name, null, units.WithoutValue);
        var shown = new List<DiskViewsView>();
        foreach (var guid in units.Value!.Where(guid => unit is null || guid == one))
        {
            var entries = await stmf.GetViewEntryListAsync(guid);
            if (!entries.Succeeded) return terminal.Fail(Name, $"{guid}", entries.WithoutValue);
            var alias = (await stmf.GetLogicalUnitPropertiesAsync(guid)).Value?.Alias ?? "";
            if (entries.Value!.Count > 0) shown.Add(new(guid, alias, entries.Value));
        }
        if (json)
        {
            terminal.Output.WriteLine(JsonSerializer.Serialize(shown, CliJson.Default.IReadOnlyListDiskViewsView));
            return ExitStatus.Success;
        }
        if (unit is not null && shown.Count == 0) return terminal.Fail(Name, unit, "no views found");
        Write(shown);
        return ExitStatus.Success;
    }

    private void Write(IReadOnlyList<DiskViewsView> shown)
    {
        var table = new Table("DISK", "VIEW", "LUN", "HOST GROUP", "TARGET GROUP", "ALIAS");
        foreach (var (disk, alias, views) in shown)
        {
            foreach (var view in views)
            {
                table.Add(
                    ($"{disk}", Shade.Plain), (Number(view.Index), Shade.Plain), (Number(view.Lun), Shade.Plain),
                    Group(view.HostGroup), Group(view.TargetGroup), (alias.Length > 0 ? alias : "-", Shade.Plain));
            }
        }
        table.Write(terminal);
    }

    private async Task<int> CheckAsync(IStmf stmf, string? lun, string? targetGroup, string? hostGroup)
    {
        if (!ViewCommands.TryLun(lun, out var number)) return ViewCommands.FailLun(terminal, Name, lun!);
        var free = await stmf.ValidateViewAsync(new ViewEntry(null, hostGroup, targetGroup, number));
        if (!free.Succeeded)
        {
            var subject = free.Status switch
            {
                StmfStatus.InvalidHg => hostGroup,
                StmfStatus.InvalidTg => targetGroup,
                _ => lun,
            };
            return terminal.Fail(Name, subject, free.WithoutValue);
        }
        terminal.Output.WriteLine($"LUN {Number(free.Value!.Lun)} is free");
        return ExitStatus.Success;
    }

    private static (string, Shade) Group(string? group) => group is null ? ("all", Shade.Dim) : (group, Shade.Plain);

    private static string Number<T>(T? number)
        where T : struct, IFormattable => number?.ToString(null, CultureInfo.InvariantCulture) ?? "-";
}
