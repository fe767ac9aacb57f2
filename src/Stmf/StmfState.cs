using System.Collections.Immutable;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Transitions;

namespace Lunette.Stmf;

/// <summary>Where the framework is.</summary>
/// <param name="Service">The service.</param>
/// <param name="Configuration">The configuration.</param>
public readonly record struct StmfState(ServiceState Service, ConfigurationState Configuration);

/// <summary>A registered target port, as of now.</summary>
/// <param name="Port">The port.</param>
/// <param name="State">Where it is.</param>
/// <param name="Sessions">Sessions open at it; while it goes offline, what is still to log out.</param>
/// <param name="Deadline">While it goes offline: when connections are dropped.</param>
/// <param name="LastFailure">Why its last transition failed; null when it did not.</param>
public sealed record TargetPortInfo(
    TargetPort Port, ObjectState State, int Sessions, DateTimeOffset? Deadline, string? LastFailure);

/// <summary>A registered logical unit, as of now.</summary>
/// <param name="LogicalUnit">The logical unit.</param>
/// <param name="State">Where it is.</param>
/// <param name="Access">Its access state through this node's ports.</param>
/// <param name="LastFailure">Why its last transition failed; null when it did not.</param>
public sealed record LogicalUnitInfo(
    LogicalUnit LogicalUnit, ObjectState State, AsymmetricAccessState Access, string? LastFailure);

/// <summary>The other of two nodes that share logical units.</summary>
/// <param name="Ports">RELATIVE TARGET PORT IDENTIFIERs of its ports, ascending.</param>
public sealed record PeerNode(ImmutableArray<ushort> Ports);
