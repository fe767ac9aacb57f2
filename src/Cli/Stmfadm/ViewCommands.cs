using System.Globalization;
using System.Text.Json;
using Lunette.Admin.Contracts;
using Lunette.Cli.Output;

namespace Lunette.Cli.Stmfadm;

/// <summary>add-view, list-view and remove-view.</summary>
internal sealed class ViewCommands(Terminal terminal)
{
    private const string Command = StmfadmCommand.Name;
    private const int LabelWidth = 13;
    private const int LunMax = 16383;

    public async Task<int> AddAsync(
        IStmf stmf, string unit, string? lun, string? targetGroup, string? hostGroup)
    {
        if (!StmfGuid.TryParse(unit, out var guid)) return BadName(unit);
        if (!TryLun(lun, out var number)) return FailLun(terminal, Command, lun!);
        var added = await stmf.AddViewEntryAsync(guid, new ViewEntry(null, hostGroup, targetGroup, number));
        if (added.Succeeded) return await HintAsync(stmf, guid);
        var subject = added.Status switch
        {
            StmfStatus.InvalidHg => hostGroup,
            StmfStatus.InvalidTg => targetGroup,
            StmfStatus.LunInUse => lun,
            _ => unit,
        };
        return terminal.Fail(Command, subject, added.WithoutValue);
    }

    /// <summary>Reads a logical unit number; none is none.</summary>
    internal static bool TryLun(string? text, out int? lun)
    {
        lun = null;
        if (text is null) return true;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) || parsed > LunMax)
            return false;
        lun = parsed;
        return true;
    }

    /// <summary>Says that something is no logical unit number.</summary>
    internal static int FailLun(Terminal terminal, string command, string text) =>
        terminal.Fail(command, text, $"invalid logical unit number: 0 to {LunMax}");

    // stmfadm always took a GUID nobody has, and said nothing; who uses the newer form hears of it.
    private async Task<int> HintAsync(IStmf stmf, StmfGuid guid)
    {
        if (terminal.CalledAs is not { } name) return ExitStatus.Success;
        var now = await stmf.GetLogicalUnitPropertiesAsync(guid);
        if (now.Value?.Status == LogicalUnitState.Unregistered)
        {
            terminal.Error.WriteLine(
                $"{name}: there is no disk {guid} yet; initiators see it here as soon as there is one");
        }
        return ExitStatus.Success;
    }

    public async Task<int> ListAsync(IStmf stmf, string unit, IReadOnlyList<string> wanted, bool json)
    {
        if (!StmfGuid.TryParse(unit, out var guid)) return BadName(unit);
        var views = await stmf.GetViewEntryListAsync(guid);
        if (!views.Succeeded) return terminal.Fail(Command, unit, views.WithoutValue);
        if (json)
        {
            terminal.Output.WriteLine(JsonSerializer.Serialize(views.Value!, CliJson.Default.IReadOnlyListViewEntry));
            return ExitStatus.Success;
        }
        if (views.Value!.Count == 0) return terminal.Fail(Command, unit, "no views found");
        if (wanted.Count == 0)
        {
            foreach (var entry in views.Value) Write(entry);
            return ExitStatus.Success;
        }
        var exit = ExitStatus.Success;
        foreach (var text in wanted)
        {
            if (Find(views.Value, text) is { } entry) Write(entry);
            else exit = terminal.Fail(Command, text, StmfStatus.NotFound);
        }
        return exit;
    }

    public async Task<int> RemoveAsync(IStmf stmf, string unit, bool all, IReadOnlyList<string> wanted)
    {
        if (!StmfGuid.TryParse(unit, out var guid)) return BadName(unit);
        if (all == wanted.Count > 0)
            return terminal.Fail(Command, null, "remove-view takes numbers of view entries, or -a for all of them");
        var views = await stmf.GetViewEntryListAsync(guid);
        if (!views.Succeeded) return terminal.Fail(Command, unit, views.WithoutValue);
        if (views.Value!.Count == 0) return terminal.Fail(Command, unit, "no views found");
        var chosen = all
            ? views.Value
            : [.. wanted.Select(text => Find(views.Value, text) ?? new ViewEntry(null, text, null, null))];
        var exit = ExitStatus.Success;
        foreach (var entry in chosen)
        {
            if (entry.Index is not { } index)
            {
                exit = terminal.Fail(Command, entry.HostGroup, StmfStatus.NotFound);
                continue;
            }
            var removed = await stmf.RemoveViewEntryAsync(guid, index);
            if (!removed.Succeeded)
                exit = terminal.Fail(Command, index.ToString(CultureInfo.InvariantCulture), removed);
        }
        return exit;
    }

    private static ViewEntry? Find(IReadOnlyList<ViewEntry> entries, string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? entries.FirstOrDefault(entry => entry.Index == index)
            : null;

    private void Write(ViewEntry entry)
    {
        terminal.Output.WriteLine($"View Entry: {entry.Index}");
        Line("Host group", entry.HostGroup ?? "All");
        Line("Target group", entry.TargetGroup ?? "All");
        Line("LUN", entry.Lun is { } lun ? lun.ToString(CultureInfo.InvariantCulture) : "Auto");
    }

    private void Line(string label, string value) =>
        terminal.Output.WriteLine($"    {label.PadRight(LabelWidth)}: {value}");

    private int BadName(string unit) => terminal.FailGuid(Command, unit);
}
