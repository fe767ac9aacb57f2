using static Lunette.Stmf.Transitions.ObjectAction;
using static Lunette.Stmf.Transitions.ObjectEvent;
using static Lunette.Stmf.Transitions.ObjectState;

namespace Lunette.Stmf.Transitions;

/// <summary>States of a target port and of a logical unit.</summary>
public enum ObjectState : byte
{
    /// <summary>Serves nothing.</summary>
    Offline,

    /// <summary>Its provider was asked to bring it online.</summary>
    Onlining,

    /// <summary>Serves.</summary>
    Online,

    /// <summary>Its provider was asked to take it offline.</summary>
    Offlining,

    /// <summary>As <see cref="Offlining"/>, because it came online too often.</summary>
    ForcedOfflining,

    /// <summary>As <see cref="Offline"/>; only an explicit request of the administrator brings it back.</summary>
    ForcedOffline,
}

/// <summary>What can happen to a target port or logical unit.</summary>
public enum ObjectEvent : byte
{
    /// <summary>The administrator wants it online.</summary>
    OnlineRequested,

    /// <summary>The service or a recovery wants it online.</summary>
    AutomaticOnlineRequested,

    /// <summary>Somebody wants it offline.</summary>
    OfflineRequested,

    /// <summary>It came online too often in too short a time.</summary>
    FlappingFound,

    /// <summary>The provider has brought it online.</summary>
    OnlineSucceeded,

    /// <summary>The provider could not bring it online.</summary>
    OnlineFailed,

    /// <summary>The provider has taken it offline.</summary>
    OfflineSucceeded,

    /// <summary>The provider could not take it offline.</summary>
    OfflineFailed,
}

/// <summary>What a transition of a target port or logical unit asks for.</summary>
public enum ObjectAction : byte
{
    /// <summary>Ask the provider to bring it online.</summary>
    StartOnline,

    /// <summary>Ask the provider to take it offline.</summary>
    StartOffline,

    /// <summary>Nothing: it is where it should be, or on its way there. Success to the asker.</summary>
    Already,

    /// <summary>Refuse: it is on its way to the opposite.</summary>
    RefuseBusy,

    /// <summary>Refuse: only the administrator brings it back.</summary>
    RefuseForced,

    /// <summary>Announce, then acknowledge to the provider; then the next transition may begin.</summary>
    Settle,
}

/// <summary>
/// The online/offline machine of target ports and logical units: one table for both; logical units never flap.
/// </summary>
public static class ObjectTransitions
{
    /// <summary>The table.</summary>
    public static TransitionTable<ObjectState, ObjectEvent, ObjectAction> Table { get; } = new(
        "target port or logical unit",
        [
            new(Offline, OnlineRequested, Onlining, StartOnline),
            new(Offline, AutomaticOnlineRequested, Onlining, StartOnline),
            new(Offline, OfflineRequested, Offline, Already),

            new(Onlining, OnlineRequested, Onlining, Already),
            new(Onlining, AutomaticOnlineRequested, Onlining, Already),
            new(Onlining, OfflineRequested, Onlining, RefuseBusy),
            new(Onlining, OnlineSucceeded, Online, Settle),
            new(Onlining, OnlineFailed, Offline, Settle),

            new(Online, OnlineRequested, Online, Already),
            new(Online, AutomaticOnlineRequested, Online, Already),
            new(Online, OfflineRequested, Offlining, StartOffline),
            new(Online, FlappingFound, ForcedOfflining, StartOffline),

            new(Offlining, OnlineRequested, Offlining, RefuseBusy),
            new(Offlining, AutomaticOnlineRequested, Offlining, RefuseBusy),
            new(Offlining, OfflineRequested, Offlining, Already),
            new(Offlining, OfflineSucceeded, Offline, Settle),
            new(Offlining, OfflineFailed, Online, Settle),

            new(ForcedOfflining, OnlineRequested, ForcedOfflining, RefuseBusy),
            new(ForcedOfflining, AutomaticOnlineRequested, ForcedOfflining, RefuseBusy),
            new(ForcedOfflining, OfflineRequested, ForcedOfflining, Already),
            new(ForcedOfflining, OfflineSucceeded, ForcedOffline, Settle),
            new(ForcedOfflining, OfflineFailed, Online, Settle),

            new(ForcedOffline, OnlineRequested, Onlining, StartOnline),
            new(ForcedOffline, AutomaticOnlineRequested, ForcedOffline, RefuseForced),
            new(ForcedOffline, OfflineRequested, ForcedOffline, Already),
        ],
        [
            // A provider completes only what it was asked for, and once.
            (Offline, OnlineSucceeded), (Offline, OnlineFailed), (Offline, OfflineSucceeded), (Offline, OfflineFailed),
            (Online, OnlineSucceeded), (Online, OnlineFailed), (Online, OfflineSucceeded), (Online, OfflineFailed),
            (Onlining, OfflineSucceeded), (Onlining, OfflineFailed),
            (Offlining, OnlineSucceeded), (Offlining, OnlineFailed),
            (ForcedOfflining, OnlineSucceeded), (ForcedOfflining, OnlineFailed),
            (ForcedOffline, OnlineSucceeded), (ForcedOffline, OnlineFailed),
            (ForcedOffline, OfflineSucceeded), (ForcedOffline, OfflineFailed),

            // Flapping is found at the moment of coming online.
            (Offline, FlappingFound), (Onlining, FlappingFound), (Offlining, FlappingFound),
            (ForcedOfflining, FlappingFound), (ForcedOffline, FlappingFound),
        ]);
}
