using System.CommandLine;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Adapters;
using Lunette.Cli.Output;
using static Lunette.Cli.CommandRunner;

namespace Lunette.Cli.Adapters;

/// <summary>lunette adapter start-target, stop-target and receive: an adapter that other initiators send to.</summary>
internal static class TargetModeCommands
{
    public static IEnumerable<Command> Make(CommandRunner runner)
    {
        var adapter = Operand("adapter", "the adapter, such as vscsi0");
        var id = new Argument<ulong>("scsi-id") { Description = "the SCSI ID of the initiator that sends" };
        var sender = Operand("initiator", "its name");
        var to = FileName("--output", "-o", "a file that takes the data; else they are shown in hexadecimal");
        var json = Json();
        yield return runner.Subcommand("start-target",
            "Lets an initiator send to the adapter (SCIOSTARTTGT); a processor device appears for it.",
            (admin, said) => OperateAsync(admin, said, "start-target", AdapterOperationType.StartTarget),
            json, adapter, id, sender);
        yield return runner.Subcommand("stop-target", "Ends that; what was not received is gone (SCIOSTOPTGT).",
            (admin, said) => OperateAsync(admin, said, "stop-target", AdapterOperationType.StopTarget),
            json, adapter, id);
        yield return runner.Subcommand("receive", "Takes what an initiator has sent, the oldest first.",
            async (admin, said) =>
            {
                // What was received is nowhere else any more: first the file, then the data.
                var path = said.GetValue(to);
                var isNew = !File.Exists(path);
                await using var file = path is null
                    ? null
                    : new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write);
                var answer = await AskAsync(admin, said, AdapterOperationType.Receive);
                if (answer is { Succeeded: true, Value.Data.Length: > 0 } && !said.GetValue(json))
                {
                    if (file is null) HexDump.Write(runner.Terminal.Output, answer.Value.Data);
                    else await ReplaceAsync(file, answer.Value.Data);
                }
                else if (file is not null && isNew)
                {
                    File.Delete(file.Name);
                }
                return AdapterAnswerView.Write(
                    runner.Terminal, "adapter receive", At(said), answer, said.GetValue(json));
            }, to, json, adapter, id);

        static async Task ReplaceAsync(FileStream file, byte[] data)
        {
            await file.WriteAsync(data);
            if (file.CanSeek) file.SetLength(data.Length);
        }

        async Task<int> OperateAsync(
            ILunetteAdmin admin, ParseResult said, string verb, AdapterOperationType operation) =>
            AdapterAnswerView.Write(runner.Terminal, "adapter " + verb, At(said),
                await AskAsync(admin, said, operation), said.GetValue(json));

        ValueTask<StmfResult<AdapterAnswer>> AskAsync(
            ILunetteAdmin admin, ParseResult said, AdapterOperationType operation) =>
            admin.OperateAdapterAsync(new AdapterOperationArguments(said.GetRequiredValue(adapter), operation,
                said.GetValue(id), 0,
                operation == AdapterOperationType.StartTarget ? said.GetRequiredValue(sender) : null));

        string At(ParseResult said) => $"{said.GetRequiredValue(adapter)}/{said.GetValue(id)}";
    }
}
