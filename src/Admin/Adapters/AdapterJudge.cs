using System.Collections.Immutable;
using System.Text;
using Lunette.Adapter.Opening;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Adapters;
using Lunette.Admin.Storage;
using Lunette.Runtime;

namespace Lunette.Admin.Adapters;

/// <summary>
/// Judges what is said of an adapter, and makes a definition of it. Secrets are kept before anything refers to them.
/// </summary>
internal sealed class AdapterJudge(SecretStore secrets, IEntropy entropy, string namingAuthority)
{
    private const int TargetsMax = 1024;
    private const int NameBytesMax = 223;
    private const int SecretBytesMin = 12;
    private const int SecretBytesMax = 255;

    public StmfResult<AdapterDefinition> Judge(AdapterSettings settings, AdapterDefinition? old)
    {
        if (!AdapterDirectory.IsName(settings.Name))
            return Wrong($"{settings.Name} is no adapter's name: lower-case letters and a number, such as scsi0");
        if (!Enum.IsDefined(settings.Transport)) return Wrong("the transport is virtual, iscsi or sgio");
        if (settings.Targets.Count > TargetsMax) return Wrong($"an adapter has {TargetsMax} targets at most");
        var initiator = settings.InitiatorName ?? old?.InitiatorName
            ?? $"{namingAuthority}:host:{settings.Name}-{RandomHexadecimal(4)}";
        if (!IsIscsiName(initiator)) return Wrong($"{initiator} is no iSCSI name");
        var targets = ImmutableArray.CreateBuilder<AdapterTarget>();
        foreach (var said in settings.Targets.OrderBy(target => target.ScsiId).ThenBy(target => target.Lun))
        {
            var target = Judge(settings, said, old);
            if (!target.Succeeded) return target.WithoutValue;
            if (targets.Any(other => other.ScsiId == said.ScsiId && other.Lun == said.Lun))
                return Wrong($"SCSI ID {said.ScsiId} is bound twice");
            targets.Add(target.Value!);
        }
        return new AdapterDefinition(settings.Name, settings.Transport, initiator, targets.ToImmutable());
    }

    private StmfResult<AdapterTarget> Judge(
        AdapterSettings settings, AdapterTargetSettings said, AdapterDefinition? old)
    {
        if (said.ScsiId is 7 or > long.MaxValue) return Wrong($"SCSI ID {said.ScsiId} is the adapter's own, or none");
        if (said.Lun is < 0 or > Scsi.Lun.NumberMax || said.Lun != 0 && settings.Transport != AdapterTransportType.SgIo)
            return Wrong("only a device of sgio is bound to a logical unit");
        var address = said.Address;
        switch (settings.Transport)
        {
            case AdapterTransportType.Virtual:
                address ??= $"{namingAuthority}:virtual:{settings.Name}-{said.ScsiId}";
                if (!IsIscsiName(address)) return Wrong($"{address} is no iSCSI name");
                break;
            case AdapterTransportType.Iscsi:
                if (address is null || !IsIscsiName(address)) return Wrong($"{address} is no iSCSI name");
                if (string.IsNullOrEmpty(said.Portal)) return Wrong($"target {address} needs a portal, host:port");
                break;
            default:
                if (address is null || !Path.IsPathRooted(address)) return Wrong("sgio wants the path of a device");
                break;
        }
        var before = old?.Targets.FirstOrDefault(target => target.ScsiId == said.ScsiId && target.Lun == said.Lun);
        var mine = Keep(settings.Name, said.ChapUser, said.ChapSecret, before?.Initiator);
        if (!mine.Succeeded) return mine.WithoutValue;
        var theirs = Keep(settings.Name, said.TargetChapUser, said.TargetChapSecret, before?.Peer);
        if (!theirs.Succeeded) return theirs.WithoutValue;
        if (theirs.Value is not null && mine.Value is null)
            return Wrong("mutual CHAP needs a secret of this side too");
        return new AdapterTarget(said.ScsiId, said.Lun, address, said.Portal ?? "", said.HeaderDigest, said.DataDigest,
            mine.Value, theirs.Value);
    }

    private StmfResult<AdapterSecret?> Keep(string adapter, string? user, string? secret, AdapterSecret? old)
    {
        if (user is null) return new(StmfStatus.Success);
        if (secret is null && old is null) return Wrong($"CHAP as {user} needs a secret");
        if (secret is null) return new(StmfStatus.Success, old! with { User = user });
        if (Encoding.UTF8.GetByteCount(secret) is < SecretBytesMin or > SecretBytesMax)
            return Wrong($"a secret has {SecretBytesMin} to {SecretBytesMax} bytes");
        var reference = $"{AdapterStore.SecretPrefix}{adapter}/{RandomHexadecimal(8)}";
        secrets.Set(reference, secret);
        return new(StmfStatus.Success, new AdapterSecret(user, reference));
    }

    private string RandomHexadecimal(int bytes)
    {
        Span<byte> random = stackalloc byte[bytes];
        entropy.Fill(random);
        return Convert.ToHexStringLower(random);
    }

    private static bool IsIscsiName(string name) =>
        Devid.TryParse(name, out var devid) && !devid.Name.StartsWith("wwn.", StringComparison.Ordinal)
        && !name.AsSpan().ContainsAny(" /\t\r\n") && Encoding.UTF8.GetByteCount(name) <= NameBytesMax;

    private static StmfResult Wrong(string why) => new(StmfStatus.InvalidArg, why);
}
