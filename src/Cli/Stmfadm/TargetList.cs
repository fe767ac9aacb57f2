using System.Globalization;
using Lunette.Admin.Contracts;
using Lunette.Cli.Output;

namespace Lunette.Cli.Stmfadm;

/// <summary>list-target.</summary>
internal sealed class TargetList(Terminal terminal)
{
    private const string Command = StmfadmCommand.Name;
    private const int LabelWidth = 18;

    public async Task<int> RunAsync(IStmf stmf, IReadOnlyList<string> wanted, bool verbose)
    {
        var known = await stmf.GetTargetListAsync();
        if (!known.Succeeded) return terminal.Fail(Command, null, known.WithoutValue);
        var exit = ExitStatus.Success;
        foreach (var name in wanted.Count > 0 ? wanted : [.. known.Value!.Select(devid => devid.Name)])
        {
            if (!Devid.TryParse(name, out var target) || !known.Value!.Contains(target))
                exit = terminal.Fail(Command, name, StmfStatus.NotFound);
            else if (!verbose)
                terminal.Output.WriteLine($"Target: {target}");
            else if (await WriteAsync(stmf, target) is { Succeeded: false } failed)
                exit = terminal.Fail(Command, name, failed);
        }
        return exit;
    }

    private async Task<StmfResult> WriteAsync(IStmf stmf, Devid target)
    {
        var properties = await stmf.GetTargetPropertiesAsync(target);
        if (!properties.Succeeded) return properties.WithoutValue;
        var sessions = await stmf.GetSessionListAsync(target);
        if (!sessions.Succeeded) return sessions.WithoutValue;
        var (_, provider, alias, status, protocol) = properties.Value!;
        terminal.Output.WriteLine($"Target: {target}");
        Line("Operational Status", status switch
        {
            TargetPortState.Online => "Online",
            TargetPortState.Offline => "Offline",
            TargetPortState.Onlining => "Onlining",
            TargetPortState.Offlining => "Offlining",
            _ => "unknown",
        });
        Line("Provider Name", provider);
        Line("Alias", Dash(alias));
        Line("Protocol", protocol switch
        {
            StmfProtocol.FibreChannel => "Fibre Channel",
            StmfProtocol.Iscsi => "iSCSI",
            StmfProtocol.Srp => "SRP",
            StmfProtocol.Sas => "SAS",
            _ => "unknown",
        });
        Line("Sessions", sessions.Value!.Count.ToString(CultureInfo.InvariantCulture));
        foreach (var session in sessions.Value)
        {
            terminal.Output.WriteLine($"        Initiator: {session.Initiator}");
            terminal.Output.WriteLine($"            Alias: {Dash(session.Alias)}");
            terminal.Output.WriteLine($"            Logged in since: {LocalTime(session.CreationTime)}");
        }
        return StmfStatus.Success;
    }

    private void Line(string label, string value) =>
        terminal.Output.WriteLine($"    {label.PadRight(LabelWidth)}: {Printable.Of(value)}");

    // As C's ctime writes it: the day of the month padded with a space.
    private string LocalTime(DateTimeOffset time)
    {
        var local = TimeZoneInfo.ConvertTime(time, terminal.Time.LocalTimeZone);
        var day = local.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2);
        return local.ToString("ddd MMM ", CultureInfo.InvariantCulture) + day
            + local.ToString(" HH:mm:ss yyyy", CultureInfo.InvariantCulture);
    }

    private static string Dash(string text) => text.Length == 0 ? "-" : text;
}
