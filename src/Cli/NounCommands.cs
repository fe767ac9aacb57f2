using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Lunette.Admin.Contracts;
using Lunette.Cli.Disks;
using Lunette.Cli.Itadm;
using Lunette.Cli.Output;
using Lunette.Cli.Stmfadm;

namespace Lunette.Cli;

/// <summary>
/// The verbs in noun-verb form: <c>lunette target offline</c> is <c>stmfadm offline-target</c>, the same command under
/// another name. One table says which.
/// </summary>
internal static class NounCommands
{
    private const string Disk = "disk";

    private static readonly (string Noun, string Summary, (string Verb, string Of)[] Verbs)[] s_nouns =
    [
        ("target", "What initiators log in to.",
        [
            ("list", "stmfadm list-target"), ("create", "itadm create-target"), ("modify", "itadm modify-target"),
            ("delete", "itadm delete-target"), ("online", "stmfadm online-target"),
            ("offline", "stmfadm offline-target"),
        ]),
        (Disk, "Disks: logical units served here, and any disk by its URL.",
        [
            ("list", "stmfadm list-lu"), ("create", "stmfadm create-lu"), ("import", "stmfadm import-lu"),
            ("modify", "stmfadm modify-lu"), ("delete", "stmfadm delete-lu"), ("online", "stmfadm online-lu"),
            ("offline", "stmfadm offline-lu"),
        ]),
        ("view", "Who sees which disk, and where.",
        [
            ("list", "stmfadm list-view"), ("add", "stmfadm add-view"), ("remove", "stmfadm remove-view"),
        ]),
        ("host-group", "Initiators that see the same disks.",
        [
            ("list", "stmfadm list-hg"), ("create", "stmfadm create-hg"), ("delete", "stmfadm delete-hg"),
            ("add", "stmfadm add-hg-member"), ("remove", "stmfadm remove-hg-member"),
        ]),
        ("target-group", "Targets that show the same disks.",
        [
            ("list", "stmfadm list-tg"), ("create", "stmfadm create-tg"), ("delete", "stmfadm delete-tg"),
            ("add", "stmfadm add-tg-member"), ("remove", "stmfadm remove-tg-member"),
        ]),
        ("portal-group", "Addresses that belong together.",
        [
            ("list", "itadm list-tpg"), ("create", "itadm create-tpg"), ("delete", "itadm delete-tpg"),
        ]),
        ("initiator", "Initiators that prove who they are.",
        [
            ("list", "itadm list-initiator"), ("create", "itadm create-initiator"),
            ("modify", "itadm modify-initiator"), ("delete", "itadm delete-initiator"),
        ]),
        ("defaults", "What holds for targets that do not say otherwise.",
        [
            ("list", "itadm list-defaults"), ("modify", "itadm modify-defaults"),
        ]),
    ];

    /// <summary>A command a noun.</summary>
    public static IEnumerable<Command> Make(CommandRunner runner)
    {
        var known = new[] { StmfadmCommand.Make(runner), ItadmCommand.Make(runner) }
            .SelectMany(command => command.Subcommands.Select(sub => (Of: $"{command.Name} {sub.Name}", Command: sub)))
            .ToDictionary(pair => pair.Of, pair => pair.Command);
        foreach (var (name, summary, verbs) in s_nouns)
        {
            var noun = new Command(name, summary);
            foreach (var (verb, of) in verbs)
                noun.Subcommands.Add(Under(verb, known[of], verb == "list" ? TableOf(name, runner) : null));
            if (name == Disk)
                foreach (var command in DiskCommands.Make(runner)) noun.Subcommands.Add(command);
            yield return noun;
        }
    }

    // A bare list is a table; who asks for more gets what the command of the other name says.
    private static Command Under(string name, Command same, Command? table)
    {
        var command = new Command(name, same.Description) { Action = same.Action };
        foreach (var option in same.Options) command.Options.Add(option);
        foreach (var operand in same.Arguments) command.Arguments.Add(operand);
        if (table is null) return command;
        var (whole, bare) = ((AsynchronousCommandLineAction)same.Action!, (AsynchronousCommandLineAction)table.Action!);
        command.SetAction((parsed, stop) => (IsBare(parsed) ? bare : whole).InvokeAsync(parsed, stop));
        return command;
    }

    private static bool IsBare(ParseResult parsed) => parsed.CommandResult.Children.All(child => child switch
    {
        OptionResult option => option.Implicit || option.Option.Name == "--home",
        ArgumentResult operand => operand.Tokens.Count == 0,
        _ => true,
    });

    private static Command? TableOf(string noun, CommandRunner runner)
    {
        var lists = new NounLists(runner.Terminal);
        Func<ILunetteAdmin, Task<int>>? list = noun switch
        {
            "target" => lists.TargetsAsync,
            "disk" => lists.DisksAsync,
            "host-group" => admin => lists.GroupsAsync(
                "HOST GROUP", admin.GetHostGroupListAsync, admin.GetHostGroupMembersAsync),
            "target-group" => admin => lists.GroupsAsync(
                "TARGET GROUP", admin.GetTargetGroupListAsync, admin.GetTargetGroupMembersAsync),
            "portal-group" => lists.PortalGroupsAsync,
            "initiator" => lists.InitiatorsAsync,
            _ => null,
        };
        return list is null ? null : runner.Subcommand("list", "", (admin, _) => list(admin));
    }
}
