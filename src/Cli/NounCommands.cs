using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Verbs;
using Lunette.Cli.Disks;
using Lunette.Cli.Itadm;
using Lunette.Cli.Output;
using Lunette.Cli.Service;
using Lunette.Cli.Stmfadm;
using Lunette.Cli.Views;

namespace Lunette.Cli;

/// <summary>
/// The verbs in noun-verb form: <c>lunette target offline</c> is <c>stmfadm offline-target</c>, the same command under
/// another name. One table says which.
/// </summary>
internal static class NounCommands
{
    private const string Lunette = CommandLine.Name;
    private const string Disk = "disk";
    private const string View = "view";
    private const string Service = "service";

    // The first of a form's names is the command it takes; the others do the same.
    private static readonly (string Noun, string Summary, (string Verb, string[] Of)[] Verbs)[] s_nouns =
    [
        ("target", "What initiators log in to.",
        [
            ("list", ["stmfadm list-target", "itadm list-target"]), ("create", ["itadm create-target"]),
            ("modify", ["itadm modify-target"]), ("delete", ["itadm delete-target"]),
            ("online", ["stmfadm online-target"]), ("offline", ["stmfadm offline-target"]),
        ]),
        (Disk, "Disks: logical units served here, and any disk by its URL.",
        [
            ("list", ["stmfadm list-lu", "sbdadm list-lu"]), ("create", ["stmfadm create-lu", "sbdadm create-lu"]),
            ("import", ["stmfadm import-lu", "sbdadm import-lu"]),
            ("modify", ["stmfadm modify-lu", "sbdadm modify-lu"]),
            ("delete", ["stmfadm delete-lu", "sbdadm delete-lu"]), ("online", ["stmfadm online-lu"]),
            ("offline", ["stmfadm offline-lu"]),
        ]),
        (View, "Who sees which disk, and where.",
        [
            ("list", ["stmfadm list-view"]), ("add", ["stmfadm add-view"]), ("remove", ["stmfadm remove-view"]),
        ]),
        ("host-group", "Initiators that see the same disks.",
        [
            ("list", ["stmfadm list-hg"]), ("create", ["stmfadm create-hg"]), ("delete", ["stmfadm delete-hg"]),
            ("add", ["stmfadm add-hg-member"]), ("remove", ["stmfadm remove-hg-member"]),
        ]),
        ("target-group", "Targets that show the same disks.",
        [
            ("list", ["stmfadm list-tg"]), ("create", ["stmfadm create-tg"]), ("delete", ["stmfadm delete-tg"]),
            ("add", ["stmfadm add-tg-member"]), ("remove", ["stmfadm remove-tg-member"]),
        ]),
        ("portal-group", "Addresses that belong together.",
        [
            ("list", ["itadm list-tpg"]), ("create", ["itadm create-tpg"]), ("delete", ["itadm delete-tpg"]),
        ]),
        ("initiator", "Initiators that prove who they are.",
        [
            ("list", ["itadm list-initiator"]), ("create", ["itadm create-initiator"]),
            ("modify", ["itadm modify-initiator"]), ("delete", ["itadm delete-initiator"]),
        ]),
        ("defaults", "What holds for targets that do not say otherwise.",
        [
            ("list", ["itadm list-defaults"]), ("modify", ["itadm modify-defaults"]),
        ]),
        (Service, "Targets and disks as a whole: online or offline, and what they are by themselves.",
        [
            ("list", ["stmfadm list-state"]),
        ]),
    ];

    /// <summary>Which form does what which classic commands do.</summary>
    internal static IEnumerable<(string Form, string Of)> Forms =>
        from noun in s_nouns
        from verb in noun.Verbs
        from of in verb.Of
        select ($"{noun.Noun} {verb.Verb}", of);

    /// <summary>A command a noun.</summary>
    public static IEnumerable<Command> Make(CommandRunner runner)
    {
        var known = new[] { StmfadmCommand.Make(runner), ItadmCommand.Make(runner) }
            .SelectMany(command => command.Subcommands.Select(sub => (Of: $"{command.Name} {sub.Name}", Command: sub)))
            .ToDictionary(pair => pair.Of, pair => pair.Command);
        foreach (var (name, summary, verbs) in s_nouns)
        {
            var noun = new Command(name, summary);
            var own = OwnOf(name, runner).ToDictionary(command => command.Name);
            foreach (var (verb, of) in verbs.Where(row => !own.ContainsKey(row.Verb)))
                noun.Subcommands.Add(Under(verb, known[of[0]], verb == "list" ? TableOf(name, runner) : null));
            foreach (var command in own.Values) noun.Subcommands.Add(command);
            yield return noun;
        }
        yield return ProviderCommands.Make(runner);
    }

    // What a noun can do beyond the classic commands, or does in another way.
    private static IEnumerable<Command> OwnOf(string noun, CommandRunner runner) => noun switch
    {
        Disk => DiskCommands.Make(runner).Append(StandbyCommand(runner)),
        View => ModernViews.Make(runner),
        Service => ServiceCommands.Make(runner),
        _ => [],
    };

    private static Command StandbyCommand(CommandRunner runner)
    {
        var unit = CommandRunner.Operand("lu-name", "the disk, 32 hexadecimal digits");
        return runner.Subcommand("standby", StmfadmCommand.Sentence(StmfVerbs.LuStandby), async (admin, parsed) =>
        {
            var name = parsed.GetRequiredValue(unit);
            if (!StmfGuid.TryParse(name, out var guid)) return runner.Terminal.FailGuid(Lunette, name);
            var done = await admin.LuStandbyAsync(guid);
            return done.Succeeded ? ExitStatus.Success : runner.Terminal.Fail(Lunette, name, done);
        }, unit);
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
            "defaults" => lists.DefaultsAsync,
            _ => null,
        };
        return list is null ? null : runner.Subcommand("list", "", (admin, _) => list(admin));
    }
}
