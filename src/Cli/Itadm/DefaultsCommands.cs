using Lunette.Admin.Contracts.Iscsi;

namespace Lunette.Cli.Itadm;

/// <summary>modify-defaults and list-defaults.</summary>
internal sealed class DefaultsCommands(Terminal terminal)
{
    private const string Command = ItadmCommand.Name;
    private const string NoneWord = "none";

    public async Task<int> ModifyAsync(
        IIscsiTargets iscsi, string? authentication, string? radius, string? isns, string? servers, SecretSource source)
    {
        var secret = source.Read(terminal);
        if (!secret.Succeeded) return terminal.Fail(Command, null, secret.WithoutValue);
        if (authentication is not (null or NoneWord or "chap" or "radius"))
            return terminal.Fail(Command, authentication, "authentication is radius, chap or none");
        if (isns is not (null or "enable" or "disable"))
            return terminal.Fail(Command, isns, "iSNS is enable or disable");
        var modified = await iscsi.ModifyIscsiDefaultsAsync(new IscsiDefaultSettings
        {
            Authentication = authentication switch
            {
                NoneWord => IscsiAuthentication.None,
                "chap" => IscsiAuthentication.Chap,
                "radius" => IscsiAuthentication.Radius,
                _ => null,
            },
            RadiusServer = radius == NoneWord ? "" : radius,
            RadiusSecret = secret.Value,
            Isns = isns is null ? null : isns == "enable",
            IsnsServers = servers switch
            {
                null => null,
                NoneWord => [],
                _ => servers.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            },
        });
        return modified.Succeeded ? ExitStatus.Success : terminal.Fail(Command, null, modified);
    }

    public async Task<int> ListAsync(IIscsiTargets iscsi, bool parsable)
    {
        var defaults = await iscsi.GetIscsiDefaultsAsync();
        if (!defaults.Succeeded) return terminal.Fail(Command, null, defaults.WithoutValue);
        var (authentication, server, hasSecret, isns, servers) = defaults.Value!;
        if (!parsable)
        {
            terminal.Output.WriteLine("iSCSI Target Default Properties:");
            terminal.Output.WriteLine();
        }
        Line("alias:", Words.None);
        Line("auth:", authentication == IscsiAuthentication.None ? Words.None : Words.Of(authentication));
        Line("radiusserver:", Words.OrNone(server));
        Line("radiussecret:", Words.Secret(hasSecret));
        Line("isns:", isns ? "enabled" : "disabled");
        Line("isnsserver:", Words.OrNone(string.Join(',', servers)));
        return ExitStatus.Success;

        void Line(string label, string value) => terminal.Output.WriteLine(parsable
            ? $"{label.TrimEnd(':')}\t{value}"
            : $"{label.PadRight(Words.LabelWidth)}\t{value}");
    }
}
