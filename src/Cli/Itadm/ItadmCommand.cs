using System.CommandLine;
using Lunette.Admin.Contracts.Iscsi;
using Lunette.Admin.Contracts.Verbs;
using Lunette.Cli.Output;
using static Lunette.Cli.CommandRunner;
using static Lunette.Cli.Stmfadm.StmfadmCommand;

namespace Lunette.Cli.Itadm;

/// <summary>itadm: 13 subcommands over iSCSI targets, portal groups, initiators and defaults.</summary>
internal static class ItadmCommand
{
    public const string Name = "itadm";

    public static Command Make(CommandRunner runner)
    {
        var command = new Command(Name, "Administers iSCSI targets, portal groups and initiators.");
        foreach (var subcommand in MakeTargets(runner).Concat(MakePortalGroups(runner))
            .Concat(MakeInitiators(runner)).Concat(MakeDefaults(runner)))
        {
            command.Subcommands.Add(subcommand);
        }
        return command;
    }

    private static IEnumerable<Command> MakeTargets(CommandRunner runner)
    {
        var commands = new TargetCommands(runner.Terminal);
        var lists = new JsonLists(Name, runner.Terminal);
        var json = Json();
        var authentication = Value("--auth-method", "-a", "radius, chap, none, or default to follow the default");
        var prompt = Switch("--chap-secret", "-s", "ask for the secret of mutual CHAP");
        var file = FileName("--chap-secret-file", "-S", "read the secret of mutual CHAP from a file");
        var user = Value("--chap-user", "-u", "the user name of mutual CHAP");
        var name = Value("--node-name", "-n", "the target's name (default: generated)");
        var alias = Value("--alias", "-l", "the alias");
        var tpgs = Value("--tpg", "-t", "target portal groups, separated by commas, or default");
        var operand = Operand("target-node-name", "the target");
        var some = new Argument<string?>("target-node-name")
        {
            Description = "the target; all when none is named",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var force = Switch("--force", "-f", "also while it is online");
        var verbose = Switch("--verbose", "-v", "properties too");
        var parsable = Switch("--parsable", "-p", "for programs: fields separated by tabs, no header");
        yield return runner.Subcommand("create-target", Sentence(StmfVerbs.CreateIscsiTarget),
            (admin, parsed) => commands.CreateAsync(admin, Settings(parsed), Secret(parsed)),
            authentication, prompt, file, user, name, alias, tpgs);
        yield return runner.Subcommand("modify-target", Sentence(StmfVerbs.ModifyIscsiTarget),
            (admin, parsed) => commands.ModifyAsync(
                admin, parsed.GetRequiredValue(operand), Settings(parsed), Secret(parsed)),
            authentication, prompt, file, user, name, alias, tpgs, operand);
        yield return runner.Subcommand("delete-target", Sentence(StmfVerbs.DeleteIscsiTarget),
            (admin, parsed) => commands.DeleteAsync(admin, parsed.GetRequiredValue(operand), parsed.GetValue(force)),
            force, operand);
        yield return runner.Subcommand("list-target", Sentence(StmfVerbs.GetIscsiTargets),
            (admin, parsed) => parsed.GetValue(json)
                ? lists.WholeAsync(
                    admin.GetIscsiTargetsAsync(), null, CliJson.Default.IReadOnlyListIscsiTargetProperties)
                : commands.ListAsync(
                    admin, parsed.GetValue(some), parsed.GetValue(verbose), parsed.GetValue(parsable)),
            parsable, verbose, json, some);

        SecretSource Secret(ParseResult parsed) => new(parsed.GetValue(prompt), parsed.GetValue(file));

        IscsiTargetSettings Settings(ParseResult parsed) => new()
        {
            Name = parsed.GetValue(name),
            Alias = parsed.GetValue(alias),
            Authentication = parsed.GetValue(authentication),
            TargetChapUser = parsed.GetValue(user),
            PortalGroups = parsed.GetValue(tpgs) switch
            {
                null => null,
                "default" => [],
                var list => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            },
        };
    }

    private static IEnumerable<Command> MakePortalGroups(CommandRunner runner)
    {
        var commands = new PortalGroupCommands(runner.Terminal);
        var lists = new JsonLists(Name, runner.Terminal);
        var json = Json();
        var name = Operand("tpg-name", "the portal group");
        var portals = Operands("address[:port]", "its portals", required: true);
        var some = new Argument<string?>("tpg-name")
        {
            Description = "the portal group; all when none is named",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var force = Switch("--force", "-f", "also while a target has it");
        var verbose = Switch("--verbose", "-v", "portals too");
        var parsable = Switch("--parsable", "-p", "for programs: fields separated by tabs, no header");
        yield return runner.Subcommand("create-tpg", Sentence(StmfVerbs.CreateIscsiPortalGroup),
            (admin, parsed) => commands.CreateAsync(
                admin, parsed.GetRequiredValue(name), parsed.GetRequiredValue(portals)), name, portals);
        yield return runner.Subcommand("list-tpg", Sentence(StmfVerbs.GetIscsiPortalGroups),
            (admin, parsed) => parsed.GetValue(json)
                ? lists.WholeAsync(
                    admin.GetIscsiPortalGroupsAsync(), null, CliJson.Default.IReadOnlyListIscsiPortalGroup)
                : commands.ListAsync(
                    admin, parsed.GetValue(some), parsed.GetValue(verbose), parsed.GetValue(parsable)),
            parsable, verbose, json, some);
        yield return runner.Subcommand("delete-tpg", Sentence(StmfVerbs.DeleteIscsiPortalGroup),
            (admin, parsed) => commands.DeleteAsync(admin, parsed.GetRequiredValue(name), parsed.GetValue(force)),
            force, name);
    }

    private static IEnumerable<Command> MakeInitiators(CommandRunner runner)
    {
        var commands = new InitiatorCommands(runner.Terminal);
        var lists = new JsonLists(Name, runner.Terminal);
        var json = Json();
        var prompt = Switch("--chap-secret", "-s", "ask for the initiator's secret");
        var file = FileName("--chap-secret-file", "-S", "read the initiator's secret from a file");
        var user = Value("--chap-user", "-u", "the user name it gives");
        var name = Operand("initiator-node-name", "the initiator");
        var some = new Argument<string?>("initiator-node-name")
        {
            Description = "the initiator; all when none is named",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var verbose = Switch("--verbose", "-v", "as without it");
        var parsable = Switch("--parsable", "-p", "for programs: fields separated by tabs, no header");
        yield return runner.Subcommand("create-initiator", Sentence(StmfVerbs.CreateIscsiInitiator),
            (admin, parsed) => commands.CreateAsync(
                admin, parsed.GetRequiredValue(name), parsed.GetValue(user), Secret(parsed)),
            prompt, file, user, name);
        yield return runner.Subcommand("modify-initiator", Sentence(StmfVerbs.ModifyIscsiInitiator),
            (admin, parsed) => commands.ModifyAsync(
                admin, parsed.GetRequiredValue(name), parsed.GetValue(user), Secret(parsed)),
            prompt, file, user, name);
        yield return runner.Subcommand("list-initiator", Sentence(StmfVerbs.GetIscsiInitiators),
            (admin, parsed) => parsed.GetValue(json)
                ? lists.WholeAsync(
                    admin.GetIscsiInitiatorsAsync(), null, CliJson.Default.IReadOnlyListIscsiInitiatorProperties)
                : commands.ListAsync(admin, parsed.GetValue(some), parsed.GetValue(parsable)),
            parsable, verbose, json, some);
        yield return runner.Subcommand("delete-initiator", Sentence(StmfVerbs.DeleteIscsiInitiator),
            (admin, parsed) => commands.DeleteAsync(admin, parsed.GetRequiredValue(name)), name);

        SecretSource Secret(ParseResult parsed) => new(parsed.GetValue(prompt), parsed.GetValue(file));
    }

    private static IEnumerable<Command> MakeDefaults(CommandRunner runner)
    {
        var commands = new DefaultsCommands(runner.Terminal);
        var lists = new JsonLists(Name, runner.Terminal);
        var json = Json();
        var authentication = Value("--auth-method", "-a", "radius, chap or none");
        var server = Value("--radius-server", "-r", "the RADIUS server as address or address:port; none takes it away");
        var prompt = Switch("--radius-secret", "-d", "ask for the RADIUS secret");
        var file = FileName("--radius-secret-file", "-D", "read the RADIUS secret from a file");
        var isns = Value("--isns", "-i", "enable or disable");
        var servers = Value("--isns-server", "-I", "iSNS servers, separated by commas, eight at most; none for none");
        var parsable = Switch("--parsable", "-p", "for programs: fields separated by tabs, no heading");
        yield return runner.Subcommand("modify-defaults", Sentence(StmfVerbs.ModifyIscsiDefaults),
            (admin, parsed) => commands.ModifyAsync(
                admin, parsed.GetValue(authentication), parsed.GetValue(server), parsed.GetValue(isns),
                parsed.GetValue(servers), new SecretSource(parsed.GetValue(prompt), parsed.GetValue(file))),
            authentication, server, prompt, file, isns, servers);
        yield return runner.Subcommand("list-defaults", Sentence(StmfVerbs.GetIscsiDefaults),
            (admin, parsed) => parsed.GetValue(json)
                ? lists.WholeAsync(admin.GetIscsiDefaultsAsync(), null, CliJson.Default.IscsiDefaults)
                : commands.ListAsync(admin, parsed.GetValue(parsable)), parsable, json);
    }
}
