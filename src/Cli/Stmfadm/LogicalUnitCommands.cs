using Lunette.Admin.Contracts;

namespace Lunette.Cli.Stmfadm;

/// <summary>create-lu, import-lu, modify-lu and delete-lu.</summary>
internal sealed class LogicalUnitCommands(string command, Terminal terminal)
{
    /// <summary>What delete-lu does: more than its verb, which leaves the view entries.</summary>
    public const string DeleteSummary =
        "Forgets disks and, unless told otherwise, their view entries; their data stay.";

    /// <summary>Keys of <c>create-lu -p</c>.</summary>
    public static string Keys { get; } =
        string.Join(", ", LuPropertyRow.All.Where(row => row.Key is not null).Select(row => row.Key));

    public async Task<int> CreateAsync(IStmf stmf, string file, string? size, IReadOnlyList<string> properties)
    {
        var created = await CreateAsync(stmf, file, size, properties, failed => failed);
        if (created.Failure is { } exit) return exit;
        terminal.Output.WriteLine($"Logical unit created: {created.Guid}");
        return ExitStatus.Success;
    }

    public async Task<int> ImportAsync(IStmf stmf, string file)
    {
        var imported = await stmf.ImportLuAsync(LuResourceType.Disk, FullName(file));
        if (!imported.Succeeded) return terminal.Fail(command, file, imported.WithoutValue);
        terminal.Output.WriteLine($"Logical unit imported: {imported.Value}");
        return ExitStatus.Success;
    }

    public async Task<int> ModifyAsync(
        IStmf stmf, string operand, bool byFile, string? size, IReadOnlyList<string> properties)
    {
        StmfGuid guid = default;
        if (!byFile && !StmfGuid.TryParse(operand, out guid))
            return terminal.FailGuid(command, operand);
        var changes = new List<(string Subject, LuProperty Property, string Value)>();
        foreach (var text in properties)
        {
            if (Split(text) is not var (key, value)) return terminal.Fail(command, text, StmfStatus.NoPropVal);
            if (LuPropertyRow.Find(key) is not { Modifiable: true } row)
                return terminal.Fail(command, key, StmfStatus.InvalidProp);
            changes.Add((key, row.Property, value));
        }
        if (size is not null) changes.Add((size, LuProperty.Size, size));
        if (changes.Count == 0) return terminal.Fail(command, operand, "nothing to modify: use -p or -s");
        foreach (var (subject, property, value) in changes)
        {
            var modified = byFile
                ? await stmf.ModifyLuByFileNameAsync(LuResourceType.Disk, FullName(operand), property, value)
                : await stmf.ModifyLuAsync(guid, property, value);
            if (modified.Succeeded) continue;
            return terminal.Fail(command, modified.Status == StmfStatus.NotFound ? operand : subject, modified);
        }
        return ExitStatus.Success;
    }

    public async Task<int> DeleteAsync(IStmf stmf, IReadOnlyList<string> units, bool keepViews)
    {
        var exit = ExitStatus.Success;
        foreach (var unit in units)
        {
            if (!StmfGuid.TryParse(unit, out var guid))
            {
                exit = terminal.FailGuid(command, unit);
                continue;
            }
            var deleted = await stmf.DeleteLuAsync(guid);
            if (deleted.Succeeded && !keepViews) deleted = await RemoveViewsAsync(stmf, guid);
            if (!deleted.Succeeded) exit = terminal.Fail(command, unit, deleted);
        }
        return exit;
    }

    /// <summary>Creates; the failure, already told, or the GUID.</summary>
    internal async Task<(int? Failure, StmfGuid Guid)> CreateAsync(
        IStmf stmf, string file, string? size, IReadOnlyList<string> properties, Func<StmfResult, StmfResult> explain)
    {
        var resource = new LuResource();
        var set = resource.Set(LuProperty.Filename, FullName(file));
        if (!set.Succeeded) return (terminal.Fail(command, file, explain(set)), default);
        if (size is not (null or "0"))
        {
            set = resource.Set(LuProperty.Size, size);
            if (!set.Succeeded) return (terminal.Fail(command, size, explain(set)), default);
        }
        foreach (var text in properties)
        {
            if (Split(text) is not var (key, value))
                return (terminal.Fail(command, text, StmfStatus.NoPropVal), default);
            if (LuPropertyRow.Find(key) is not { AtCreate: true } row)
                return (terminal.Fail(command, key, StmfStatus.InvalidProp), default);
            set = resource.Set(row.Property, row.Property == LuProperty.MetaFilename ? FullName(value) : value);
            if (!set.Succeeded) return (terminal.Fail(command, key, explain(set)), default);
        }
        var created = await stmf.CreateLuAsync(resource);
        return created.Succeeded
            ? (null, created.Value)
            : (terminal.Fail(command, file, explain(created.WithoutValue)), default);
    }

    /// <summary>
    /// A path as the daemon can find it, whose working directory is another; a store that is no path stays.
    /// </summary>
    internal static string FullName(string file) =>
        file.StartsWith("ram:", StringComparison.Ordinal) ? file : Path.GetFullPath(file);

    private static async ValueTask<StmfResult> RemoveViewsAsync(IStmf stmf, StmfGuid guid)
    {
        var views = await stmf.GetViewEntryListAsync(guid);
        if (!views.Succeeded) return views.WithoutValue;
        foreach (var entry in views.Value!)
        {
            var removed = await stmf.RemoveViewEntryAsync(guid, entry.Index!.Value);
            if (!removed.Succeeded) return removed;
        }
        return StmfStatus.Success;
    }

    private static (string Key, string Value)? Split(string text)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        return at <= 0 ? null : (text[..at], text[(at + 1)..]);
    }
}
