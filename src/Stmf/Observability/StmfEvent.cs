using Lunette.Scsi;
using Lunette.Stmf.Configuration;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Transitions;

namespace Lunette.Stmf.Observability;

/// <summary>Something that happened in the framework. All events have one order.</summary>
public abstract record StmfEvent
{
    private protected StmfEvent()
    {
    }
}

/// <summary>The service changed its state.</summary>
/// <param name="State">The new one.</param>
public sealed record ServiceStateChanged(ServiceState State) : StmfEvent;

/// <summary>The configuration was loaded or lost.</summary>
/// <param name="State">Its state.</param>
public sealed record ConfigurationStateChanged(ConfigurationState State) : StmfEvent;

/// <summary>The configuration was changed, in one transaction.</summary>
/// <param name="Changes">How.</param>
public sealed record ConfigurationChanged(IReadOnlyList<ConfigurationChange> Changes) : StmfEvent;

/// <summary>A target port registered.</summary>
/// <param name="Port">The port.</param>
public sealed record TargetPortRegistered(TargetPort Port) : StmfEvent;

/// <summary>A target port deregistered.</summary>
/// <param name="Port">The port.</param>
public sealed record TargetPortDeregistered(TargetPort Port) : StmfEvent;

/// <summary>A target port changed its state.</summary>
/// <param name="Port">The port.</param>
/// <param name="State">The new one.</param>
/// <param name="Cause">Why.</param>
public sealed record TargetPortStateChanged(TargetPort Port, ObjectState State, string Cause) : StmfEvent;

/// <summary>A logical unit registered.</summary>
/// <param name="LogicalUnit">The logical unit.</param>
public sealed record LogicalUnitRegistered(LogicalUnit LogicalUnit) : StmfEvent;

/// <summary>A logical unit deregistered.</summary>
/// <param name="LogicalUnit">The logical unit.</param>
public sealed record LogicalUnitDeregistered(LogicalUnit LogicalUnit) : StmfEvent;

/// <summary>A logical unit changed its state.</summary>
/// <param name="LogicalUnit">The logical unit.</param>
/// <param name="State">The new one.</param>
/// <param name="Cause">Why.</param>
public sealed record LogicalUnitStateChanged(LogicalUnit LogicalUnit, ObjectState State, string Cause) : StmfEvent;

/// <summary>A logical unit changed its access state through this node's ports.</summary>
/// <param name="LogicalUnit">The logical unit.</param>
/// <param name="Access">The new one.</param>
public sealed record AccessStateChanged(LogicalUnit LogicalUnit, AsymmetricAccessState Access) : StmfEvent;

/// <summary>A provider or logical unit threw where its contract says it does not: a bug in it.</summary>
/// <param name="Name">Whose, where it is known.</param>
/// <param name="Failure">What it threw.</param>
public sealed record ProviderFaulted(string Name, Exception Failure) : StmfEvent;

/// <summary>A session was opened.</summary>
/// <param name="Nexus">The session.</param>
public sealed record SessionOpened(ItNexus Nexus) : StmfEvent;

/// <summary>A session is closed, nothing of it is left.</summary>
/// <param name="Nexus">The session.</param>
public sealed record SessionClosed(ItNexus Nexus) : StmfEvent;
