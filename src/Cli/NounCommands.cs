using System.CommandLine;
using Lunette.Cli.Disks;
using Lunette.Cli.Itadm;
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
            foreach (var (verb, of) in verbs) noun.Subcommands.Add(Under(verb, known[of]));
            if (name == Disk)
                foreach (var command in DiskCommands.Make(runner)) noun.Subcommands.Add(command);
            yield return noun;
        }
    }

    private static Command Under(string name, Command same)
    {
        var command = new Command(name, same.Description) { Action = same.Action };
        foreach (var option in same.Options) command.Options.Add(option);
        foreach (var operand in same.Arguments) command.Arguments.Add(operand);
        return command;
    }
}
