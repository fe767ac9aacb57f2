using System.CommandLine;
using Lunette.Admin.Contracts.Verbs;
using Lunette.Cli.Output;
using static Lunette.Cli.CommandRunner;

namespace Lunette.Cli.Stmfadm;

/// <summary>stmfadm: 24 subcommands over targets, logical units, groups and views.</summary>
internal static class StmfadmCommand
{
    public const string Name = "stmfadm";

    public static Command Make(CommandRunner runner)
    {
        var command = new Command(Name, "Administers targets, logical units, groups and views.");
        Add(command, MakeGroups(runner, new HostGroups()));
        Add(command, MakeGroups(runner, new TargetGroups()));
        Add(command, MakeViews(runner));
        Add(command, MakeLogicalUnits(runner));
        Add(command, MakeTargets(runner));
        var json = Json();
        command.Subcommands.Add(runner.Subcommand(
            "list-state", Sentence(StmfVerbs.GetState),
            (admin, parsed) => StateList.RunAsync(admin, runner.Terminal, parsed.GetValue(json)), json));
        return command;
    }

    private static void Add(Command command, IEnumerable<Command> subcommands)
    {
        foreach (var subcommand in subcommands) command.Subcommands.Add(subcommand);
    }

    private static IEnumerable<Command> MakeGroups(CommandRunner runner, GroupFamily family)
    {
        var commands = new GroupCommands(runner.Terminal, family);
        var lists = new JsonLists(Name, runner.Terminal);
        var json = Json();
        var group = Operand("group-name", "the group");
        var groups = Operands("group-name", "the groups; all when none is named", required: false);
        var into = Value("--group-name", "-g", "the group", required: true);
        var members = Operands("member", family.MemberHelp, required: true);
        var verbose = Switch("--verbose", "-v", "members too");
        yield return runner.Subcommand($"create-{family.Short}", $"Makes an empty {family.Noun}.",
            (admin, parsed) => commands.CreateAsync(admin, parsed.GetRequiredValue(group)), group);
        yield return runner.Subcommand($"delete-{family.Short}", $"Takes a {family.Noun} away; no view may use it.",
            (admin, parsed) => commands.DeleteAsync(admin, parsed.GetRequiredValue(group)), group);
        yield return runner.Subcommand($"list-{family.Short}", $"Lists {family.Noun}s.",
            (admin, parsed) => parsed.GetValue(json)
                ? lists.GroupsAsync(
                    () => family.ListAsync(admin), name => family.MembersAsync(admin, name),
                    parsed.GetValue(groups) ?? [])
                : commands.ListAsync(admin, parsed.GetValue(groups) ?? [], parsed.GetValue(verbose)),
            verbose, json, groups);
        yield return runner.Subcommand($"add-{family.Short}-member", $"Adds members to a {family.Noun}.",
            (admin, parsed) => commands.AddAsync(admin, parsed.GetValue(into)!, parsed.GetRequiredValue(members)),
            into, members);
        yield return runner.Subcommand($"remove-{family.Short}-member", $"Takes members out of a {family.Noun}.",
            (admin, parsed) => commands.RemoveAsync(admin, parsed.GetValue(into)!, parsed.GetRequiredValue(members)),
            into, members);
    }

    private static IEnumerable<Command> MakeViews(CommandRunner runner)
    {
        var commands = new ViewCommands(runner.Terminal);
        var json = Json();
        var unit = Operand("lu-name", "the logical unit, 32 hexadecimal digits");
        var lun = Value("--lun", "-n", "the logical unit number, 0 to 16383 (default: the lowest that is free)");
        var targets = Value("--target-group", "-t", "the target group (default: all targets)");
        var hosts = Value("--host-group", "-h", "the host group (default: all initiators)");
        var of = Value("--lu-name", "-l", "the logical unit", required: true);
        var all = Switch("--all", "-a", "all of its view entries");
        var entries = Operands("entry", "numbers of view entries", required: false);
        yield return runner.Subcommand("add-view", Sentence(StmfVerbs.AddViewEntry),
            (admin, parsed) => commands.AddAsync(admin, parsed.GetRequiredValue(unit), parsed.GetValue(lun),
                parsed.GetValue(targets), parsed.GetValue(hosts)), lun, targets, hosts, unit);
        yield return runner.Subcommand("list-view", Sentence(StmfVerbs.GetViewEntryList),
            (admin, parsed) => commands.ListAsync(
                admin, parsed.GetValue(of)!, parsed.GetValue(entries) ?? [], parsed.GetValue(json)), of, json, entries);
        yield return runner.Subcommand("remove-view", Sentence(StmfVerbs.RemoveViewEntry),
            (admin, parsed) => commands.RemoveAsync(
                admin, parsed.GetValue(of)!, parsed.GetValue(all), parsed.GetValue(entries) ?? []), of, all, entries);
    }

    private static IEnumerable<Command> MakeLogicalUnits(CommandRunner runner)
    {
        var changing = new LogicalUnitCommands(Name, runner.Terminal);
        var list = new LogicalUnitList(runner.Terminal);
        var lists = new JsonLists(Name, runner.Terminal);
        var json = Json();
        var properties = new Option<string[]>("--lu-prop", "-p")
        {
            Description = "a property as key=value: " + LogicalUnitCommands.Keys,
        };
        var size = Value("--size", "-s", "the size, a number with a suffix k m g t p e; 0 is the file's own");
        var file = Operand("file", "the data file or device");
        var byFile = Switch("--file", "-f", "the operand is the data file");
        var operand = Operand("lu-name", "the logical unit, or with -f its data file");
        var unit = Operand("lu-name", "the logical unit, 32 hexadecimal digits");
        var units = Operands("lu-name", "the logical units", required: true);
        var some = Operands("lu-name", "the logical units; all when none is named", required: false);
        var keep = Switch("--keep-views", "-k", "keep the view entries");
        var verbose = Switch("--verbose", "-v", "properties too");
        yield return runner.Subcommand("create-lu", Sentence(StmfVerbs.CreateLu),
            (admin, parsed) => changing.CreateAsync(
                admin, parsed.GetRequiredValue(file), parsed.GetValue(size), parsed.GetValue(properties) ?? []),
            properties, size, file);
        yield return runner.Subcommand("import-lu", Sentence(StmfVerbs.ImportLu),
            (admin, parsed) => changing.ImportAsync(admin, parsed.GetRequiredValue(file)), file);
        yield return runner.Subcommand("modify-lu", "Changes properties or the size of a disk.",
            (admin, parsed) => changing.ModifyAsync(admin, parsed.GetRequiredValue(operand), parsed.GetValue(byFile),
                parsed.GetValue(size), parsed.GetValue(properties) ?? []), properties, size, byFile, operand);
        yield return runner.Subcommand("delete-lu", LogicalUnitCommands.DeleteSummary,
            (admin, parsed) => changing.DeleteAsync(admin, parsed.GetRequiredValue(units), parsed.GetValue(keep)),
            keep, units);
        yield return runner.Subcommand("list-lu", Sentence(StmfVerbs.GetLogicalUnitList),
            (admin, parsed) => parsed.GetValue(json)
                ? lists.LogicalUnitsAsync(admin, parsed.GetValue(some) ?? [])
                : list.RunAsync(admin, parsed.GetValue(some) ?? [], parsed.GetValue(verbose)),
            verbose, json, some);
        yield return runner.Subcommand("online-lu", "Takes a logical unit online.",
            (admin, parsed) => StateChange.LogicalUnitAsync(
                admin, runner.Terminal, parsed.GetRequiredValue(unit), online: true), unit);
        yield return runner.Subcommand("offline-lu", "Takes a logical unit offline.",
            (admin, parsed) => StateChange.LogicalUnitAsync(
                admin, runner.Terminal, parsed.GetRequiredValue(unit), online: false), unit);
    }

    private static IEnumerable<Command> MakeTargets(CommandRunner runner)
    {
        var list = new TargetList(runner.Terminal);
        var lists = new JsonLists(Name, runner.Terminal);
        var json = Json();
        var target = Operand("target-name", "the target");
        var some = Operands("target-name", "the targets; all when none is named", required: false);
        var verbose = Switch("--verbose", "-v", "properties and sessions too");
        yield return runner.Subcommand("list-target", Sentence(StmfVerbs.GetTargetList),
            (admin, parsed) => parsed.GetValue(json)
                ? lists.TargetsAsync(admin, parsed.GetValue(some) ?? [])
                : list.RunAsync(admin, parsed.GetValue(some) ?? [], parsed.GetValue(verbose)),
            verbose, json, some);
        yield return runner.Subcommand("online-target", "Takes a target online.",
            (admin, parsed) => StateChange.TargetAsync(
                admin, runner.Terminal, parsed.GetRequiredValue(target), online: true), target);
        yield return runner.Subcommand("offline-target", "Takes a target offline: initiators are logged out.",
            (admin, parsed) => StateChange.TargetAsync(
                admin, runner.Terminal, parsed.GetRequiredValue(target), online: false), target);
    }

    /// <summary>A row's summary as a sentence.</summary>
    internal static string Sentence(AdminVerb verb) => char.ToUpperInvariant(verb.Summary[0]) + verb.Summary[1..] + ".";
}
