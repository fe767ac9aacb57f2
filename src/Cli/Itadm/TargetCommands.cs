using System.Globalization;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Iscsi;
using Lunette.Cli.Output;

namespace Lunette.Cli.Itadm;

/// <summary>create-, modify-, delete- and list-target.</summary>
internal sealed class TargetCommands(Terminal terminal)
{
    private const string Command = ItadmCommand.Name;
    private const int NameWidth = 61;
    private const int ColumnWidth = 9;

    public async Task<int> CreateAsync(IIscsiTargets iscsi, IscsiTargetSettings settings, SecretSource source)
    {
        var secret = source.Read(terminal);
        if (!secret.Succeeded) return terminal.Fail(Command, null, secret.WithoutValue);
        var created = await iscsi.CreateIscsiTargetAsync(settings with { TargetChapSecret = secret.Value });
        if (!created.Succeeded) return terminal.Fail(Command, settings.Name, created.WithoutValue);
        terminal.Output.WriteLine($"Target {created.Value} successfully created");
        return ExitStatus.Success;
    }

    public async Task<int> ModifyAsync(
        IIscsiTargets iscsi, string name, IscsiTargetSettings settings, SecretSource source)
    {
        var secret = source.Read(terminal);
        if (!secret.Succeeded) return terminal.Fail(Command, null, secret.WithoutValue);
        var modified = await iscsi.ModifyIscsiTargetAsync(name, settings with { TargetChapSecret = secret.Value });
        if (!modified.Succeeded) return terminal.Fail(Command, name, modified);
        terminal.Output.WriteLine($"Target {settings.Name ?? name} successfully modified");
        return ExitStatus.Success;
    }

    public async Task<int> DeleteAsync(IIscsiTargets iscsi, string name, bool force)
    {
        var deleted = await iscsi.DeleteIscsiTargetAsync(name, force);
        return deleted.Succeeded ? ExitStatus.Success : terminal.Fail(Command, name, deleted);
    }

    public async Task<int> ListAsync(ILunetteAdmin admin, string? wanted, bool verbose, bool parsable)
    {
        var targets = await admin.GetIscsiTargetsAsync();
        if (!targets.Succeeded) return terminal.Fail(Command, null, targets.WithoutValue);
        var defaults = await admin.GetIscsiDefaultsAsync();
        if (!defaults.Succeeded) return terminal.Fail(Command, null, defaults.WithoutValue);
        var shown = targets.Value!.Where(target => wanted is null || Names(target, wanted)).ToArray();
        if (wanted is not null && shown.Length == 0) return terminal.Fail(Command, wanted, StmfStatus.NotFound);
        if (!parsable)
            terminal.Output.WriteLine(Columns("TARGET NAME", "STATE", "SESSIONS"));
        foreach (var target in shown)
        {
            var sessions = target.Sessions.ToString(CultureInfo.InvariantCulture);
            terminal.Output.WriteLine(parsable
                ? string.Join('\t', target.Name, State(target), sessions)
                : Columns(target.Name, State(target), sessions));
            if (verbose) WriteProperties(target, defaults.Value!);
        }
        return ExitStatus.Success;
    }

    private static bool Names(IscsiTargetProperties target, string wanted) =>
        Devid.TryParse(wanted, out var devid) && devid.Name == target.Name;

    private void WriteProperties(IscsiTargetProperties target, IscsiDefaults defaults)
    {
        var authentication = target.Authentication is { } own
            ? Words.Of(own)
            : $"{Words.Of(defaults.Authentication)} (defaults)";
        Line("alias:", target.Alias.Length == 0 ? "-" : target.Alias);
        Line("auth:", authentication);
        Line("targetchapuser:", target.TargetChapUser.Length == 0 ? "-" : target.TargetChapUser);
        Line("targetchapsecret:", Words.Secret(target.HasTargetChapSecret));
        Line("tpg-tags:", target.PortalGroups.Count == 0
            ? "default"
            : string.Join(',', target.PortalGroups.Select(group => $"{group.Name} = {group.Tag}")));
    }

    private void Line(string label, string value) =>
        terminal.Output.WriteLine($"\t{label.PadRight(Words.LabelWidth)}\t{Printable.Of(value)}");

    private static string State(IscsiTargetProperties target) => target.State switch
    {
        TargetPortState.Online or TargetPortState.Offlining => "online",
        TargetPortState.Offline or TargetPortState.Onlining => "offline",
        _ => "-",
    };

    private static string Columns(string name, string state, string sessions) =>
        Words.Column(name, NameWidth) + Words.Column(state, ColumnWidth) + sessions.PadRight(ColumnWidth);
}
