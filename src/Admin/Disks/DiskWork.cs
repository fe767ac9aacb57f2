using Lunette.Admin.Contracts;

namespace Lunette.Admin.Disks;

/// <summary>A disk to be made or imported.</summary>
/// <param name="Guid">Its GUID.</param>
/// <param name="Path">Its file.</param>
/// <param name="Properties">Judged values.</param>
internal sealed record DiskToAdd(StmfGuid Guid, string Path, IReadOnlyDictionary<LuProperty, string> Properties);

/// <summary>A property of a registered disk that is to change.</summary>
/// <param name="Guid">The disk.</param>
/// <param name="Path">Its file.</param>
/// <param name="Property">Which.</param>
/// <param name="Before">As it is.</param>
/// <param name="After">As it is to be.</param>
internal sealed record DiskPropertyChange(
    StmfGuid Guid, string Path, LuProperty Property, string Before, string After);
