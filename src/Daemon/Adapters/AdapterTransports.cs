using System.Collections.Immutable;
using System.Security.Cryptography;
using Lunette.Adapter.Iscsi;
using Lunette.Adapter.SgIo;
using Lunette.Admin.Adapters;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Adapters;
using Lunette.Admin.Storage;
using Lunette.Initiator.Iscsi;
using Lunette.Iscsi;
using Lunette.Runtime.Loops;
using Lunette.Scsi;

namespace Lunette.Daemon.Adapters;

/// <summary>What carries the commands of the daemon's adapters.</summary>
internal sealed class AdapterTransports(LoopGroup loops, SecretStore secrets, VirtualPorts ports) : IAdapterTransports
{
    public ValueTask<StmfResult<OpenedTransport>> OpenAsync(AdapterDefinition definition) =>
        definition.Transport switch
        {
            AdapterTransportType.Virtual => ports.OpenAsync(definition, loops.LeastLoaded()),
            AdapterTransportType.Iscsi => new(OpenIscsi(definition)),
            _ => new(OpenSgIo(definition)),
        };

    private StmfResult<OpenedTransport> OpenIscsi(AdapterDefinition definition)
    {
        var bindings = ImmutableArray.CreateBuilder<IscsiBinding>();
        foreach (var target in definition.Targets)
        {
            if (!PortalAddress.TryParse(target.Portal, out var portal))
                return new StmfResult(StmfStatus.InvalidArg, $"{target.Portal} is no portal: host or host:port");
            if (!IscsiName.TryParse(target.Address, out var name))
                return new StmfResult(StmfStatus.InvalidArg, $"{target.Address} is no iSCSI name");
            var (own, peer) = (CredentialsOf(target.Initiator), CredentialsOf(target.Peer));
            if (own is not null && peer is not null && own.Secret.Matches(peer.Secret))
                return new StmfResult(StmfStatus.InvalidArg, "the two directions of CHAP never share a secret");
            bindings.Add(new IscsiBinding(target.ScsiId, new IscsiSessionOptions
            {
                TargetName = name,
                Portals = [portal!],
                HeaderDigests = DigestsOf(target.HeaderDigest),
                DataDigests = DigestsOf(target.DataDigest),
                Credentials = own,
                TargetCredentials = peer,
                MayGoUnauthenticated = target.Initiator is null,
            }));
        }
        var node = new IscsiInitiatorOptions { Name = IscsiName.Parse(definition.InitiatorName) };
        var initiator = new IscsiInitiator(node, loops);
        var transport = new IscsiTransport(initiator, bindings);
        return new OpenedTransport(transport, loops.LeastLoaded(), initiator.DisposeAsync);
    }

    private StmfResult<OpenedTransport> OpenSgIo(AdapterDefinition definition)
    {
        foreach (var target in definition.Targets)
        {
            if (SgIoTransport.FindFault(target.Address) is { } fault)
                return new StmfResult(StmfStatus.InvalidArg, fault);
        }
        return new OpenedTransport(
            new SgIoTransport(definition.Targets.Select(
                target => new SgIoBinding(target.ScsiId, Lun.FromNumber(target.Lun), target.Address))),
            loops.LeastLoaded(), static () => default);
    }

    private static Digest[] DigestsOf(bool wanted) => wanted ? [Digest.Crc32C] : [Digest.None, Digest.Crc32C];

    private ChapCredentials? CredentialsOf(AdapterSecret? secret)
    {
        if (secret is null || secrets.Find(secret.Reference) is not { } bytes) return null;
        var credentials = new ChapCredentials(secret.User, new ChapSecret(bytes));
        CryptographicOperations.ZeroMemory(bytes);
        return credentials;
    }
}
