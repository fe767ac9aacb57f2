using static Lunette.Stmf.Transitions.ConfigurationAction;
using static Lunette.Stmf.Transitions.ConfigurationEvent;
using static Lunette.Stmf.Transitions.ConfigurationState;

namespace Lunette.Stmf.Transitions;

/// <summary>States of the configuration.</summary>
public enum ConfigurationState : byte
{
    /// <summary>Nothing is loaded; views cannot be changed.</summary>
    None,

    /// <summary>Being loaded.</summary>
    Init,

    /// <summary>Loaded.</summary>
    InitDone,
}

/// <summary>What can happen to the configuration.</summary>
public enum ConfigurationEvent : byte
{
    /// <summary>Somebody wants it loaded from the store.</summary>
    LoadRequested,

    /// <summary>It was read and obeys its rules.</summary>
    LoadSucceeded,

    /// <summary>The store failed, or what it holds breaks a rule.</summary>
    LoadFailed,
}

/// <summary>What a transition of the configuration asks for.</summary>
public enum ConfigurationAction : byte
{
    /// <summary>Forget everything and read the store.</summary>
    Load,

    /// <summary>Refuse: it is being loaded.</summary>
    RefuseBusy,

    /// <summary>Take what was read.</summary>
    Take,

    /// <summary>Stay without a configuration.</summary>
    Forget,
}

/// <summary>The machine of the configuration.</summary>
public static class ConfigurationTransitions
{
    /// <summary>The table.</summary>
    public static TransitionTable<ConfigurationState, ConfigurationEvent, ConfigurationAction> Table { get; } = new(
        "configuration",
        [
            new(None, LoadRequested, Init, Load),
            new(Init, LoadRequested, Init, RefuseBusy),
            new(InitDone, LoadRequested, Init, Load),
            new(Init, LoadSucceeded, InitDone, Take),
            new(Init, LoadFailed, None, Forget),
        ],
        [
            (None, LoadSucceeded), (None, LoadFailed), (InitDone, LoadSucceeded), (InitDone, LoadFailed),
        ]);
}
