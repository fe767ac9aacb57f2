using Lunette.Admin.Contracts;
using Lunette.Admin.Iscsi;
using Lunette.Stmf.Configuration;

namespace Lunette.Admin.Documents;

/// <summary>Everything a document can speak of, at one moment.</summary>
/// <param name="Framework">Groups, views, default states.</param>
/// <param name="Iscsi">Targets, portal groups, initiators.</param>
/// <param name="Disks">The disks of <c>sbd</c>, by GUID.</param>
/// <param name="ManagementUrl">The URL of disks that have none of their own.</param>
internal sealed record ConfigurationState(
    StmfConfiguration Framework, IscsitConfiguration Iscsi, IReadOnlyDictionary<StmfGuid, DiskState> Disks,
    string ManagementUrl);

/// <summary>A disk that is remembered.</summary>
/// <param name="Path">Where its data lie.</param>
/// <param name="Resource">Its properties; null where it could not be opened.</param>
internal sealed record DiskState(string Path, LuResource? Resource);
