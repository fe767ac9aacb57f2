using static Lunette.Stmf.Transitions.ServiceAction;
using static Lunette.Stmf.Transitions.ServiceEvent;
using static Lunette.Stmf.Transitions.ServiceState;

namespace Lunette.Stmf.Transitions;

/// <summary>States of the service.</summary>
public enum ServiceState : byte
{
    /// <summary>Not running.</summary>
    Offline,

    /// <summary>Running, and some object is still on its way online.</summary>
    Onlining,

    /// <summary>Running.</summary>
    Online,

    /// <summary>Not running, and some object is still on its way offline.</summary>
    Offlining,
}

/// <summary>What can happen to the service.</summary>
public enum ServiceEvent : byte
{
    /// <summary>Somebody wants it online.</summary>
    OnlineRequested,

    /// <summary>Somebody wants it offline.</summary>
    OfflineRequested,

    /// <summary>An object set off in the service's direction.</summary>
    ObjectMoving,

    /// <summary>No object is on its way in the service's direction, and none is still to be asked.</summary>
    ObjectsSettled,
}

/// <summary>What a transition of the service asks for.</summary>
public enum ServiceAction : byte
{
    /// <summary>Ask logical units, then target ports, to come online.</summary>
    BringObjectsOnline,

    /// <summary>Ask target ports, then logical units, to go offline.</summary>
    TakeObjectsOffline,

    /// <summary>Refuse: the service is online already.</summary>
    RefuseOnline,

    /// <summary>Refuse: the service is offline already.</summary>
    RefuseOffline,

    /// <summary>Refuse: objects are on their way.</summary>
    RefuseBusy,

    /// <summary>Only the state is announced, if it changed.</summary>
    Announce,
}

/// <summary>The machine of the service as a whole.</summary>
public static class ServiceTransitions
{
    /// <summary>The table.</summary>
    public static TransitionTable<ServiceState, ServiceEvent, ServiceAction> Table { get; } = new(
        "service",
        [
            new(Offline, OnlineRequested, Onlining, BringObjectsOnline),
            new(Offline, OfflineRequested, Offline, RefuseOffline),
            new(Offline, ObjectMoving, Offlining, Announce),

            new(Onlining, OnlineRequested, Onlining, RefuseBusy),
            new(Onlining, OfflineRequested, Onlining, RefuseBusy),
            new(Onlining, ObjectMoving, Onlining, Announce),
            new(Onlining, ObjectsSettled, Online, Announce),

            new(Online, OnlineRequested, Online, RefuseOnline),
            new(Online, OfflineRequested, Offlining, TakeObjectsOffline),
            new(Online, ObjectMoving, Onlining, Announce),

            new(Offlining, OnlineRequested, Offlining, RefuseBusy),
            new(Offlining, OfflineRequested, Offlining, RefuseBusy),
            new(Offlining, ObjectMoving, Offlining, Announce),
            new(Offlining, ObjectsSettled, Offline, Announce),
        ],
        [
            (Offline, ObjectsSettled), (Online, ObjectsSettled),
        ]);
}
