using Lunette.Initiator.Iscsi;

namespace Lunette.Adapter.Iscsi;

/// <summary>An iSCSI target bound to a SCSI ID.</summary>
/// <param name="ScsiId">The ID.</param>
/// <param name="Session">
/// Which target, by which portals, and how. What is replayed, who observes and where continuations run is the
/// transport's own: an adapter driver never sends a command a second time.
/// </param>
public sealed record IscsiBinding(ulong ScsiId, IscsiSessionOptions Session);
