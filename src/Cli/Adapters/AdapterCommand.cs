using System.CommandLine;
using Lunette.Admin.Contracts.Adapters;
using Lunette.Admin.Contracts.Verbs;
using Lunette.Cli.Disks;
using Lunette.Cli.Stmfadm;
using static Lunette.Cli.CommandRunner;

namespace Lunette.Cli.Adapters;

/// <summary>lunette adapter: the adapters the daemon hosts.</summary>
internal static class AdapterCommand
{
    public const string Name = "adapter";

    private static readonly (string Verb, AdapterOperationType Operation, string Summary)[] s_operations =
    [
        ("start", AdapterOperationType.Start, "Starts a device (SCIOSTART): its queue is there from now on."),
        ("stop", AdapterOperationType.Stop, "Stops a device when what is outstanding has ended (SCIOSTOP)."),
        ("halt", AdapterOperationType.Halt, "Aborts what runs, flushes what waits, halts the queue (SCIOHALT)."),
        ("resume", AdapterOperationType.Resume, "Starts a halted queue again, with a TEST UNIT READY (SC_RESUME)."),
        ("reset", AdapterOperationType.Reset, "Resets the target: all its logical units (SCIORESET)."),
        ("reset-lun", AdapterOperationType.ResetLun, "Resets one logical unit (SCIOLUNRST)."),
        ("tur", AdapterOperationType.TestReady, "Asks whether a device is ready (SCIOTUR)."),
        ("start-unit", AdapterOperationType.StartUnit, "Makes a device ready (SCIOSTUNIT)."),
        ("stop-unit", AdapterOperationType.StopUnit, "Stops a device's medium (SCIOSTUNIT)."),
        ("resume-queue", AdapterOperationType.ResumeQueue, "Goes on with a parked queue (SC_Q_RESUME)."),
        ("clear-queue", AdapterOperationType.ClearQueue, "Flushes a parked queue (SC_Q_CLR)."),
    ];

    public static Command Make(CommandRunner runner)
    {
        var command = new Command(Name, "SCSI adapters: their devices and queues.");
        foreach (var sub in MakeLists(runner)) command.Subcommands.Add(sub);
        command.Subcommands.Add(MakeConfigure(runner));
        foreach (var (verb, operation, summary) in s_operations)
            command.Subcommands.Add(MakeOperation(runner, verb, operation, summary));
        foreach (var sub in TargetModeCommands.Make(runner)) command.Subcommands.Add(sub);
        foreach (var sub in DeviceCommands.MakeForAdapter(runner)) command.Subcommands.Add(sub);
        command.Subcommands.Add(ErrorLogCommand.MakeReport(runner));
        return command;
    }

    private static IEnumerable<Command> MakeLists(CommandRunner runner)
    {
        var lists = new AdapterLists(runner.Terminal);
        var json = Json();
        var verbose = Switch("--verbose", "-v", "targets or transitions too");
        var adapter = Operand("adapter", "the adapter, such as scsi0");
        yield return runner.Subcommand("list", StmfadmCommand.Sentence(StmfVerbs.GetAdapters),
            (admin, said) => lists.AdaptersAsync(admin, said.GetValue(verbose), said.GetValue(json)), verbose, json);
        var removing = StmfadmCommand.Sentence(StmfVerbs.RemoveAdapter);
        yield return runner.Subcommand("remove", removing, async (admin, said) =>
        {
            var name = said.GetRequiredValue(adapter);
            var removed = await admin.RemoveAdapterAsync(name);
            return removed.Succeeded ? ExitStatus.Success : runner.Terminal.Fail("adapter remove", name, removed);
        }, adapter);
        yield return runner.Subcommand("devices", StmfadmCommand.Sentence(StmfVerbs.GetAdapterDevices),
            (admin, said) => lists.DevicesAsync(
                admin, said.GetRequiredValue(adapter), said.GetValue(verbose), said.GetValue(json)),
            verbose, json, adapter);
        yield return runner.Subcommand("discover", StmfadmCommand.Sentence(StmfVerbs.DiscoverAdapter),
            (admin, said) => lists.FindingsAsync(admin, said.GetRequiredValue(adapter), said.GetValue(json)),
            json, adapter);
        yield return runner.Subcommand("paths", "Which adapters lead to which logical unit; asks every target.",
            (admin, said) => new AdapterPaths(runner.Terminal).ListAsync(admin, said.GetValue(json)), json);
    }

    private static Command MakeConfigure(CommandRunner runner)
    {
        var configuring = new AdapterConfiguring(runner.Terminal);
        var adapter = Operand("adapter", "the adapter: lower-case letters and a number, such as scsi0");
        var virtuals = Many("--virtual", "ID or ID=NAME: a target port in the daemon itself");
        var iscsi = Many("--iscsi", "ID=iscsi://[user@]host[:port]/target");
        var sgio = Many("--sgio", "ID=DEVICE or ID/LUN=DEVICE: such as 1=/dev/sg2");
        var initiator = Value("--initiator-name", "-i", "the iSCSI name it logs in with");
        var add = Switch("--add", "-a", "keep the targets it has");
        var login = new LoginOptions();
        return runner.Subcommand("configure", StmfadmCommand.Sentence(StmfVerbs.ConfigureAdapter),
            (admin, said) => configuring.RunAsync(admin, said.GetRequiredValue(adapter), new AdapterWords(
                said.GetValue(virtuals) ?? [], said.GetValue(iscsi) ?? [], said.GetValue(sgio) ?? [],
                said.GetValue(initiator), said.GetValue(add), login.Read(said))),
            [virtuals, iscsi, sgio, initiator, add, .. login.Symbols, adapter]);
    }

    private static Command MakeOperation(
        CommandRunner runner, string verb, AdapterOperationType operation, string summary)
    {
        var adapter = Operand("adapter", "the adapter, such as scsi0");
        var id = new Argument<ulong>("scsi-id") { Description = "the target's SCSI ID" };
        var lun = new Argument<int>("lun")
        {
            Description = "the logical unit number; 0 where none is given",
            DefaultValueFactory = _ => 0,
        };
        var json = Json();
        return runner.Subcommand(verb, summary, async (admin, said) =>
        {
            var device = new AdapterOperationArguments(said.GetRequiredValue(adapter), operation, said.GetValue(id),
                said.GetValue(lun));
            var answer = await admin.OperateAdapterAsync(device);
            return AdapterAnswerView.Write(runner.Terminal, $"adapter {verb}",
                $"{device.Adapter}/{device.ScsiId}/{device.Lun}", answer, said.GetValue(json));
        }, json, adapter, id, lun);
    }

    private static Option<string[]?> Many(string name, string summary) =>
        new(name) { Description = summary, AllowMultipleArgumentsPerToken = false };
}
