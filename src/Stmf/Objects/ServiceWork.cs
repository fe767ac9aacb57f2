using Lunette.Stmf.Contracts;

namespace Lunette.Stmf.Objects;

/// <summary>What the service task is asked to do.</summary>
internal enum ServiceWorkKind : byte
{
    /// <summary>Ask the provider to bring it online.</summary>
    StartOnline,

    /// <summary>Ask the provider to take it offline.</summary>
    StartOffline,

    /// <summary>The provider has answered the first.</summary>
    OnlineEnded,

    /// <summary>The provider has answered the second.</summary>
    OfflineEnded,

    /// <summary>Target port groups are to be computed anew for all logical units, or for one.</summary>
    RenewPortGroups,
}

/// <summary>
/// One entry of the service task's queue. The machine lets each object have one transition under way, so the queue is
/// bounded by the objects registered.
/// </summary>
internal readonly record struct ServiceWork(
    ServiceWorkKind Kind, ManagedObject? Object = null, ControlResult Result = default);
