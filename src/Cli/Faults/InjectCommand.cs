using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Faults;
using Lunette.Admin.Contracts.Verbs;
using Lunette.Cli.Output;
using Lunette.Cli.Stmfadm;
using static Lunette.Cli.CommandRunner;

namespace Lunette.Cli.Faults;

/// <summary>lunette inject: faults over the store of a logical unit in use.</summary>
internal static class InjectCommand
{
    private const string Name = "inject";
    private const string List = "list";
    private const string Clear = "clear";

    private static readonly Dictionary<string, FaultKind> s_kinds = new()
    {
        ["delay"] = FaultKind.Delay,
        ["hang"] = FaultKind.Hang,
        ["error"] = FaultKind.Error,
        ["torn"] = FaultKind.Torn,
        ["short"] = FaultKind.Short,
        ["nospace"] = FaultKind.NoSpace,
        ["lostflush"] = FaultKind.LostFlush,
    };

    public static Command Make(CommandRunner runner)
    {
        var unit = Operand("lu-name", "the logical unit, 32 hexadecimal digits");
        var kind = Operand("fault", $"{string.Join(", ", s_kinds.Keys)}; or {List}, {Clear}");
        var milliseconds = Value("--ms", "-m", "of a delay: how long a request waits");
        var lba = Value("--lba", "-l", "of an error: the first block that cannot be read or written");
        var blocks = Value("--blocks", "-b", "of an error: how many; of torn and short: how many are kept");
        var json = Json();
        var bytes = Value("--bytes", "-B", "of nospace: what may still be written");
        return runner.Subcommand(Name, StmfadmCommand.Sentence(StmfVerbs.InjectFault), async (admin, said) =>
        {
            var terminal = runner.Terminal;
            var name = said.GetValue(unit)!;
            if (!StmfGuid.TryParse(name, out var guid)) return terminal.FailGuid(Name, name);
            var what = said.GetValue(kind)!;
            if (what == List) return await ListAsync(admin, terminal, guid, said.GetValue(json));
            if (what == Clear) return Answer(await admin.ClearFaultsAsync(guid));
            if (!s_kinds.TryGetValue(what, out var which))
                return terminal.Fail(Name, what, $"is none of {string.Join(", ", s_kinds.Keys)}, {List}, {Clear}");
            if (which == FaultKind.Delay && said.GetValue(milliseconds) is null)
                return terminal.Fail(Name, what, "say how long with --ms");
            var numbers = new long[4];
            string?[] words =
                [said.GetValue(milliseconds), said.GetValue(lba), said.GetValue(blocks), said.GetValue(bytes)];
            for (var i = 0; i < words.Length; i++)
            {
                if (words[i] is not { } word) continue;
                if (!long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
                    return terminal.Fail(Name, word, "is no number");
            }
            var kept = words[2] is null ? 1 : (uint)Math.Min(numbers[2], uint.MaxValue);
            return Answer(await admin.InjectFaultAsync(
                guid, new Fault(which, numbers[0], (ulong)numbers[1], kept, numbers[3])));

            int Answer(StmfResult result) =>
                result.Succeeded ? ExitStatus.Success : terminal.Fail(Name, name, result);
        }, unit, kind, milliseconds, lba, blocks, bytes, json);
    }

    private static async Task<int> ListAsync(ILunetteAdmin admin, Terminal terminal, StmfGuid guid, bool json)
    {
        var found = await admin.GetInjectedFaultsAsync(guid);
        if (!found.Succeeded) return terminal.Fail(Name, guid.ToString(), found.WithoutValue);
        if (json)
        {
            terminal.Output.WriteLine(JsonSerializer.Serialize(found.Value!, CliJson.Default.IReadOnlyListString));
            return ExitStatus.Success;
        }
        foreach (var fault in found.Value!) terminal.Output.WriteLine(fault);
        return ExitStatus.Success;
    }
}
