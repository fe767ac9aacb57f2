using System.Text.Json;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Adapters;
using Lunette.Cli.Output;

namespace Lunette.Cli.Adapters;

/// <summary>What an adapter driver answered, for people and programs.</summary>
internal static class AdapterAnswerView
{
    public static int Write(
        Terminal terminal, string command, string device, StmfResult<AdapterAnswer> result, bool json)
    {
        if (!result.Succeeded) return terminal.Fail(command, device, result.WithoutValue);
        var answer = result.Value!;
        if (json) terminal.Output.WriteLine(JsonSerializer.Serialize(answer, CliJson.Default.AdapterAnswer));
        if (answer.Succeeded) return ExitStatus.Success;
        terminal.Fail(command, device, Describe(answer));
        return ExitStatus.Failure;
    }

    public static string Describe(AdapterAnswer answer)
    {
        var words = new List<string> { answer.Error };
        if (answer.SenseText.Length > 0) words.Add(answer.SenseText);
        else if (answer.Status is { } status) words.Add($"status {status:X2}h");
        else if (answer.AdapterStatus is { } adapter) words.Add(adapter);
        else if (answer.Meaning.Length > 0) words.Add(answer.Meaning);
        if (answer.QueueKept) words.Add("the rest of the queue is parked");
        return string.Join(": ", words);
    }
}
