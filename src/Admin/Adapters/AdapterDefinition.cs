using System.Collections.Immutable;
using Lunette.Admin.Contracts.Adapters;

namespace Lunette.Admin.Adapters;

/// <summary>An adapter as the administrator said it is; secrets are referred to, not held.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Transport">What carries its commands.</param>
/// <param name="InitiatorName">The iSCSI name it logs in with.</param>
/// <param name="Targets">What its SCSI IDs are bound to, in the order of IDs and LUNs.</param>
public sealed record AdapterDefinition(
    string Name, AdapterTransportType Transport, string InitiatorName, ImmutableArray<AdapterTarget> Targets);

/// <summary>What a SCSI ID is bound to.</summary>
/// <param name="ScsiId">The ID.</param>
/// <param name="Lun">SG_IO: the logical unit number; 0 else.</param>
/// <param name="Address">The target's name, or the path of the device.</param>
/// <param name="Portal">iSCSI: where it is.</param>
/// <param name="HeaderDigest">Whether headers must carry a digest.</param>
/// <param name="DataDigest">Whether data must carry a digest.</param>
/// <param name="Initiator">What this side proves; null for no CHAP.</param>
/// <param name="Peer">What the target has to prove; null for one way.</param>
public sealed record AdapterTarget(
    ulong ScsiId, int Lun, string Address, string Portal, bool HeaderDigest, bool DataDigest, AdapterSecret? Initiator,
    AdapterSecret? Peer);

/// <summary>A CHAP name, and the reference of its secret.</summary>
/// <param name="User">The name.</param>
/// <param name="Reference">Under which the secret lies.</param>
public sealed record AdapterSecret(string User, string Reference);
