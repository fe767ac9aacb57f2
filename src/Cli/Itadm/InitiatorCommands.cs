using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Iscsi;

namespace Lunette.Cli.Itadm;

/// <summary>create-, modify-, list- and delete-initiator.</summary>
internal sealed class InitiatorCommands(Terminal terminal)
{
    private const string Command = ItadmCommand.Name;
    private const int NameWidth = 61;
    private const int UserWidth = 10;

    public Task<int> CreateAsync(IIscsiTargets iscsi, string name, string? user, SecretSource source) =>
        SetAsync(source, user, name, settings => iscsi.CreateIscsiInitiatorAsync(name, settings));

    public Task<int> ModifyAsync(IIscsiTargets iscsi, string name, string? user, SecretSource source) =>
        SetAsync(source, user, name, settings => iscsi.ModifyIscsiInitiatorAsync(name, settings));

    public async Task<int> DeleteAsync(IIscsiTargets iscsi, string name)
    {
        var deleted = await iscsi.DeleteIscsiInitiatorAsync(name);
        return deleted.Succeeded ? ExitStatus.Success : terminal.Fail(Command, name, deleted);
    }

    public async Task<int> ListAsync(IIscsiTargets iscsi, string? wanted, bool parsable)
    {
        var initiators = await iscsi.GetIscsiInitiatorsAsync();
        if (!initiators.Succeeded) return terminal.Fail(Command, null, initiators.WithoutValue);
        var shown = initiators.Value!.Where(initiator => wanted is null
            || (Devid.TryParse(wanted, out var devid) && devid.Name == initiator.Name)).ToArray();
        if (wanted is not null && shown.Length == 0) return terminal.Fail(Command, wanted, StmfStatus.NotFound);
        if (!parsable)
            terminal.Output.WriteLine("INITIATOR NAME".PadRight(NameWidth) + "CHAPUSER".PadRight(UserWidth) + "SECRET");
        foreach (var initiator in shown)
        {
            var user = Words.OrNone(initiator.ChapUser);
            var secret = Words.Secret(initiator.HasChapSecret);
            terminal.Output.WriteLine(parsable
                ? string.Join('\t', initiator.Name, user, secret)
                : Words.Column(initiator.Name, NameWidth) + Words.Column(user, UserWidth) + secret);
        }
        return ExitStatus.Success;
    }

    private async Task<int> SetAsync(
        SecretSource source, string? user, string name, Func<IscsiInitiatorSettings, ValueTask<StmfResult>> set)
    {
        var secret = source.Read(terminal);
        if (!secret.Succeeded) return terminal.Fail(Command, null, secret.WithoutValue);
        var done = await set(new IscsiInitiatorSettings { ChapUser = user, ChapSecret = secret.Value });
        return done.Succeeded ? ExitStatus.Success : terminal.Fail(Command, name, done);
    }
}
