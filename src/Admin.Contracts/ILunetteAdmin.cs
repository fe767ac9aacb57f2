using Lunette.Admin.Contracts.Adapters;
using Lunette.Admin.Contracts.Documents;
using Lunette.Admin.Contracts.Faults;
using Lunette.Admin.Contracts.Iscsi;
using Lunette.Admin.Contracts.Observation;

namespace Lunette.Admin.Contracts;

/// <summary>Everything an administrator can do; what the daemon's socket offers.</summary>
public interface ILunetteAdmin
    : IStmf, IIscsiTargets, IAdapters, IConfigurationDocuments, IProxyDoors, IFaults, IObservation
{
    /// <summary>What is running: version, home, portals, counters.</summary>
    ValueTask<StmfResult<DaemonStatus>> GetDaemonStatusAsync();
}

/// <summary>A running daemon.</summary>
/// <param name="Version">Of the program.</param>
/// <param name="Home">Its state directory.</param>
/// <param name="ProcessId">Its process.</param>
/// <param name="StartedAt">Since when it runs.</param>
/// <param name="Portals">Where it listens, as <c>address:port</c>.</param>
/// <param name="Sessions">Initiators logged in.</param>
/// <param name="Commands">SCSI commands ended since the start.</param>
/// <param name="BytesRead">Data-In bytes since the start.</param>
/// <param name="BytesWritten">Data-Out bytes since the start.</param>
/// <param name="Counters">What else happened, by name: connections, logins, and what was dropped or rejected, why.
/// What did not happen is not in it.</param>
/// <param name="Limits">The bounds it runs with, by the names <c>serve --limit</c> knows them by.</param>
public sealed record DaemonStatus(
    string Version, string Home, int ProcessId, DateTimeOffset StartedAt, IReadOnlyList<string> Portals, int Sessions,
    long Commands, long BytesRead, long BytesWritten, IReadOnlyList<NamedCount> Counters,
    IReadOnlyList<NamedCount> Limits);

/// <summary>A number and what it counts.</summary>
/// <param name="Name">What.</param>
/// <param name="Value">How many.</param>
public readonly record struct NamedCount(string Name, long Value);
