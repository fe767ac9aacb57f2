using System.CommandLine;
using System.Globalization;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Verbs;
using Lunette.Cli.Output;
using Lunette.Cli.Stmfadm;
using static Lunette.Cli.CommandRunner;

namespace Lunette.Cli.Sbdadm;

/// <summary>sbdadm: 5 subcommands over disks.</summary>
internal sealed class SbdadmCommand(Terminal terminal)
{
    public const string Name = "sbdadm";
    private const int GuidWidth = 32;
    private const int SizeWidth = 19;
    private const int SourceWidth = 16;
    private readonly LogicalUnitCommands _changing = new(Name, terminal);

    public static Command Make(CommandRunner runner)
    {
        var commands = new SbdadmCommand(runner.Terminal);
        var lists = new JsonLists(Name, runner.Terminal);
        var json = Json();
        var size = Value("--disk-size", "-s", "the size, a number with a suffix k m g t p e");
        var newSize = Value("--disk-size", "-s", "the new size", required: true);
        var file = Operand("filename", "the data file or device");
        var guid = Operand("guid", "the logical unit");
        var either = Operand("guid|filename", "the logical unit, or the absolute path of its data file");
        var keep = Switch("--keep-views", "-k", "keep the view entries");
        return new Command(Name, "Administers disks.")
        {
            runner.Subcommand("create-lu", StmfadmCommand.Sentence(StmfVerbs.CreateLu),
                (admin, parsed) => commands.CreateAsync(admin, parsed.GetRequiredValue(file), parsed.GetValue(size)),
                size, file),
            runner.Subcommand("delete-lu", LogicalUnitCommands.DeleteSummary,
                (admin, parsed) => commands._changing.DeleteAsync(
                    admin, [parsed.GetRequiredValue(guid)], parsed.GetValue(keep)), keep, guid),
            runner.Subcommand("import-lu", StmfadmCommand.Sentence(StmfVerbs.ImportLu),
                (admin, parsed) => commands.ImportAsync(admin, parsed.GetRequiredValue(file)), file),
            runner.Subcommand("list-lu", "Lists disks.",
                (admin, parsed) => parsed.GetValue(json)
                    ? lists.LogicalUnitsAsync(admin, [])
                    : commands.ListAsync(admin),
                json),
            runner.Subcommand("modify-lu", "Changes the size of a disk.",
                (admin, parsed) => commands.ModifyAsync(
                    admin, parsed.GetRequiredValue(either), parsed.GetValue(newSize)!), newSize, either),
        };
    }

    private async Task<int> CreateAsync(IStmf stmf, string file, string? size)
    {
        var (failure, guid) = await _changing.CreateAsync(stmf, file, size, [], failed => failed);
        return failure ?? await WriteOneAsync(stmf, "Created the following LU:", guid);
    }

    private async Task<int> ImportAsync(IStmf stmf, string file)
    {
        var imported = await stmf.ImportLuAsync(LuResourceType.Disk, LogicalUnitCommands.FullName(file));
        return imported.Succeeded
            ? await WriteOneAsync(stmf, "Imported the following LU:", imported.Value)
            : terminal.Fail(Name, file, imported.WithoutValue);
    }

    private Task<int> ModifyAsync(IStmf stmf, string operand, string size) =>
        _changing.ModifyAsync(stmf, operand, byFile: Path.IsPathRooted(operand), size, []);

    private async Task<int> ListAsync(IStmf stmf)
    {
        var units = await stmf.GetLogicalUnitListAsync();
        if (!units.Succeeded) return terminal.Fail(Name, null, units.WithoutValue);
        var disks = new List<(StmfGuid Guid, LuResource Resource)>();
        foreach (var guid in units.Value!)
        {
            var resource = await stmf.GetLuResourceAsync(guid);
            // Only disks are listed: neither unregistered logical units nor those of another provider.
            if (resource.Status is StmfStatus.NotFound or StmfStatus.InvalidArg) continue;
            if (!resource.Succeeded) return terminal.Fail(Name, guid.ToString(), resource.WithoutValue);
            disks.Add((guid, resource.Value!));
        }
        terminal.Output.WriteLine();
        terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Found {disks.Count} LU(s)"));
        if (disks.Count > 0) WriteTable(disks);
        return ExitStatus.Success;
    }

    private async Task<int> WriteOneAsync(IStmf stmf, string heading, StmfGuid guid)
    {
        var resource = await stmf.GetLuResourceAsync(guid);
        if (!resource.Succeeded) return terminal.Fail(Name, guid.ToString(), resource.WithoutValue);
        terminal.Output.WriteLine();
        terminal.Output.WriteLine(heading);
        WriteTable([(guid, resource.Value!)]);
        return ExitStatus.Success;
    }

    private void WriteTable(IEnumerable<(StmfGuid Guid, LuResource Resource)> disks)
    {
        var rule = $"{new string('-', GuidWidth)}  {new string('-', SizeWidth)}  {new string('-', SourceWidth)}";
        terminal.Output.WriteLine();
        terminal.Output.WriteLine("              GUID                    DATA SIZE           SOURCE");
        terminal.Output.WriteLine(rule);
        foreach (var (guid, resource) in disks)
        {
            var size = resource.Get(LuProperty.Size).Value ?? "-";
            var source = resource.Get(LuProperty.Filename).Value ?? "-";
            var digits = $"{guid.High:x16}{guid.Low:x16}";
            terminal.Output.WriteLine($"{digits}  {size.PadRight(SizeWidth)}  {Printable.Of(source)}");
        }
    }
}
