using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Lunette.Admin.Contracts;

namespace Lunette.Cli.Output;

/// <summary>
/// The lists as JSON: the same nouns, whole, for programs. What was named and is not there is said on the error stream.
/// </summary>
internal sealed class JsonLists(string command, Terminal terminal)
{
    /// <summary>Target ports with their sessions.</summary>
    public Task<int> TargetsAsync(IStmf stmf, IReadOnlyList<string> wanted) => EachAsync(
        () => stmf.GetTargetListAsync(), Devid.TryParse, wanted, CliJson.Default.IReadOnlyListTargetView,
        async target =>
        {
            var properties = await stmf.GetTargetPropertiesAsync(target);
            if (!properties.Succeeded) return properties.WithoutValue;
            var sessions = await stmf.GetSessionListAsync(target);
            return sessions.Succeeded ? new TargetView(properties.Value!, sessions.Value!) : sessions.WithoutValue;
        });

    /// <summary>Logical units with their views and properties.</summary>
    public Task<int> LogicalUnitsAsync(IStmf stmf, IReadOnlyList<string> wanted) => EachAsync(
        () => stmf.GetLogicalUnitListAsync(), StmfGuid.TryParse, wanted, CliJson.Default.IReadOnlyListLogicalUnitView,
        async guid =>
        {
            var properties = await stmf.GetLogicalUnitPropertiesAsync(guid);
            if (!properties.Succeeded) return properties.WithoutValue;
            var views = await stmf.GetViewEntryListAsync(guid);
            if (!views.Succeeded) return views.WithoutValue;
            var resource = await stmf.GetLuResourceAsync(guid);
            return new LogicalUnitView(properties.Value!, views.Value!, resource.Value?.Values);
        });

    /// <summary>Groups with their members.</summary>
    public Task<int> GroupsAsync(
        Func<ValueTask<StmfResult<IReadOnlyList<string>>>> list,
        Func<string, ValueTask<StmfResult<IReadOnlyList<Devid>>>> members, IReadOnlyList<string> wanted) => EachAsync(
        list, (string? text, out string name) => (name = text ?? "").Length > 0, wanted,
        CliJson.Default.IReadOnlyListGroupView, async name =>
        {
            var found = await members(name);
            return found.Succeeded ? new GroupView(name, found.Value!) : found.WithoutValue;
        });

    /// <summary>One answer as it is.</summary>
    public async Task<int> WholeAsync<T>(ValueTask<StmfResult<T>> pending, string? subject, JsonTypeInfo<T> info)
    {
        var result = await pending;
        if (!result.Succeeded) return terminal.Fail(command, subject, result.WithoutValue);
        terminal.Output.WriteLine(JsonSerializer.Serialize(result.Value!, info));
        return ExitStatus.Success;
    }

    private delegate bool Parser<T>(string? text, out T name);

    private async Task<int> EachAsync<TName, TView>(
        Func<ValueTask<StmfResult<IReadOnlyList<TName>>>> list, Parser<TName> parse, IReadOnlyList<string> wanted,
        JsonTypeInfo<IReadOnlyList<TView>> info, Func<TName, ValueTask<StmfResult<TView>>> describe)
    {
        var known = await list();
        if (!known.Succeeded) return terminal.Fail(command, null, known.WithoutValue);
        var exit = ExitStatus.Success;
        var names = new List<TName>();
        foreach (var text in wanted)
        {
            if (parse(text, out var name) && known.Value!.Contains(name)) names.Add(name);
            else exit = terminal.Fail(command, text, StmfStatus.NotFound);
        }
        var views = new List<TView>();
        foreach (var name in wanted.Count > 0 ? names : known.Value!)
        {
            var view = await describe(name);
            // What went away while we looked is not in the list any more.
            if (view.Status == StmfStatus.NotFound) continue;
            if (!view.Succeeded) return terminal.Fail(command, $"{name}", view.WithoutValue);
            views.Add(view.Value!);
        }
        terminal.Output.WriteLine(JsonSerializer.Serialize<IReadOnlyList<TView>>(views, info));
        return exit;
    }
}
