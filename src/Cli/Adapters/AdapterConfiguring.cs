using System.Globalization;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Adapters;
using Lunette.Cli.Disks;
using Lunette.Initiator.Iscsi;

namespace Lunette.Cli.Adapters;

/// <summary>What was said to <c>lunette adapter configure</c>.</summary>
internal sealed record AdapterWords(
    IReadOnlyList<string> Virtual, IReadOnlyList<string> Iscsi, IReadOnlyList<string> SgIo, string? InitiatorName,
    bool Add, LoginWords Login);

/// <summary>lunette adapter configure.</summary>
internal sealed class AdapterConfiguring(Terminal terminal)
{
    private const string Command = "adapter configure";

    public async Task<int> RunAsync(IAdapters adapters, string name, AdapterWords words)
    {
        var kinds = new[] { words.Virtual, words.Iscsi, words.SgIo }.Count(said => said.Count > 0);
        if (kinds != 1)
            return terminal.Fail(Command, name, "say where its targets are by one of --virtual, --iscsi and --sgio");
        var (transport, said) = words.Virtual.Count > 0 ? (AdapterTransportType.Virtual, words.Virtual)
            : words.Iscsi.Count > 0 ? (AdapterTransportType.Iscsi, words.Iscsi)
            : (AdapterTransportType.SgIo, words.SgIo);
        var secrets = words.Login.ReadSecrets(terminal);
        if (!secrets.Succeeded) return terminal.Fail(Command, name, secrets.WithoutValue);
        var targets = new List<AdapterTargetSettings>();
        foreach (var word in said)
        {
            var target = Parse(transport, word, words.Login, secrets.Value!);
            if (!target.Succeeded) return terminal.Fail(Command, word, target.WithoutValue);
            targets.Add(target.Value!);
        }
        if (words.Add)
        {
            var known = await adapters.GetAdaptersAsync();
            if (!known.Succeeded) return terminal.Fail(Command, name, known.WithoutValue);
            var before = known.Value!.FirstOrDefault(adapter => adapter.Name == name);
            targets.AddRange((before?.Targets ?? []).Where(old => targets.All(
                target => target.ScsiId != old.ScsiId || target.Lun != old.Lun)));
        }
        var done = await adapters.ConfigureAdapterAsync(new(name, transport, words.InitiatorName, targets));
        return done.Succeeded ? ExitStatus.Success : terminal.Fail(Command, name, done);
    }

    private static StmfResult<AdapterTargetSettings> Parse(
        AdapterTransportType transport, string word, LoginWords login, LoginSecrets secrets)
    {
        var cut = word.Split('=', 2);
        var place = cut[0].Split('/', 2);
        if (!ulong.TryParse(place[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            return Wrong("it begins with a SCSI ID, a number");
        var lun = 0;
        if (place.Length == 2 && !int.TryParse(place[1], NumberStyles.None, CultureInfo.InvariantCulture, out lun))
            return Wrong("a logical unit number follows the slash");
        var target = new AdapterTargetSettings { ScsiId = id, Lun = lun, Address = cut.Length == 2 ? cut[1] : null };
        if (transport != AdapterTransportType.Iscsi) return target;
        if (!IscsiUrl.TryParse(target.Address, out var url) || url.Target is null)
            return Wrong("write ID=iscsi://[user@]host[:port]/target");
        return target with
        {
            Address = url.Target,
            Portal = url.Portal,
            ChapUser = url.User,
            ChapSecret = url.User is null ? null : secrets.Initiator,
            TargetChapUser = login.TargetUser,
            TargetChapSecret = login.TargetUser is null ? null : secrets.Target,
            HeaderDigest = login.HeaderDigest,
            DataDigest = login.DataDigest,
        };
    }

    private static StmfResult Wrong(string why) => new(StmfStatus.InvalidArg, why);
}
