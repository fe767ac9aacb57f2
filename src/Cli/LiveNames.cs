using System.CommandLine;
using System.CommandLine.Completions;
using System.Globalization;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Observation;

namespace Lunette.Cli;

/// <summary>
/// The names of what there is, for a shell to complete: read from the daemon when the key is pressed. Where none runs,
/// or it takes its time, there are none.
/// </summary>
internal sealed class LiveNames
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly Dictionary<Kind, string[]> _names = [];

    private enum Kind
    {
        Target,
        LogicalUnit,
        HostGroup,
        TargetGroup,
        PortalGroup,
        Initiator,
        Known,
        Session,
    }

    /// <summary>Asks the daemon.</summary>
    public static async Task<LiveNames> ReadAsync(ILunetteAdmin admin, TimeProvider time)
    {
        var names = new LiveNames();
        try
        {
            await names.FillAsync(admin).WaitAsync(s_patience, time);
        }
        catch (TimeoutException)
        {
            // Somebody waits at a prompt: what is there is offered.
        }
        return names;
    }

    /// <summary>Offers the names wherever a command of the tree takes one.</summary>
    public void Offer(Command command)
    {
        foreach (var operand in command.Arguments)
            operand.CompletionSources.Add(_ => Of(operand.Name, command));
        foreach (var option in command.Options)
            option.CompletionSources.Add(_ => Of(option.Name, command));
        foreach (var sub in command.Subcommands) Offer(sub);
    }

    private IEnumerable<CompletionItem> Of(string symbol, Command command)
    {
        Kind[] kinds = symbol switch
        {
            "target-name" or "target-node-name" => [Kind.Target],
            "lu-name" or "--lu-name" or "guid" or "guid|filename" => [Kind.LogicalUnit],
            "--host-group" => [Kind.HostGroup],
            "--target-group" => [Kind.TargetGroup],
            "group-name" or "--group-name" => [IsOfTargets(command) ? Kind.TargetGroup : Kind.HostGroup],
            "member" => [IsOfTargets(command) ? Kind.Target : Kind.Known],
            "tpg-name" or "--tpg" => [Kind.PortalGroup],
            "initiator-node-name" => [Kind.Initiator, Kind.Known],
            "--session" => [Kind.Session],
            "name" when command.Name == "history" => [Kind.Target, Kind.LogicalUnit],
            _ => [],
        };
        return kinds.SelectMany(kind => _names.GetValueOrDefault(kind, [])).Distinct()
            .Select(name => new CompletionItem(name));
    }

    private static bool IsOfTargets(Command command) =>
        command.Name.Contains("-tg", StringComparison.Ordinal)
        || command.Parents.Any(parent => parent.Name == "target-group");

    private async Task FillAsync(ILunetteAdmin admin)
    {
        var targets = await admin.GetTargetListAsync();
        // Where the first answer does not come, no other will.
        if (!targets.Succeeded) return;
        _names[Kind.Target] = [.. targets.Value!.Select(target => target.Name)];
        await AddAsync(Kind.LogicalUnit, admin.GetLogicalUnitListAsync(), guid => guid.ToString());
        await AddAsync(Kind.HostGroup, admin.GetHostGroupListAsync(), name => name);
        await AddAsync(Kind.TargetGroup, admin.GetTargetGroupListAsync(), name => name);
        await AddAsync(Kind.PortalGroup, admin.GetIscsiPortalGroupsAsync(), group => group.Name);
        await AddAsync(Kind.Initiator, admin.GetIscsiInitiatorsAsync(), initiator => initiator.Name);
        var sessions = await admin.GetActivityAsync(ActivityKind.Session);
        if (sessions.Value?.Rows is not { } rows) return;
        _names[Kind.Known] = [.. rows.Select(row => row.Session!.Initiator)];
        _names[Kind.Session] =
            [.. rows.Select(row => row.Session!.Number.ToString(CultureInfo.InvariantCulture))];
    }

    private async Task AddAsync<T>(
        Kind kind, ValueTask<StmfResult<IReadOnlyList<T>>> pending, Func<T, string> name)
    {
        var list = await pending;
        if (list.Succeeded) _names[kind] = [.. list.Value!.Select(name)];
    }
}
