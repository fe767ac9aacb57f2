using Lunette.Admin.Contracts;
using Lunette.Stmf.Contracts;

namespace Lunette.Admin.Disks;

/// <summary>
/// What makes disks out of files: the seam to the logical units of provider <c>sbd</c>. It knows no configuration; a
/// disk's own properties lie with its data. The composition root supplies it.
/// </summary>
public interface IDiskProvider
{
    /// <summary>
    /// Makes a disk by its properties: the backing store and the metadata that goes with it. It is offline.
    /// </summary>
    /// <param name="resource">Judged texts; the file name is set.</param>
    /// <param name="isTaken">Whether a GUID is registered already.</param>
    /// <returns>The disk, or a code of <see cref="IStmf.CreateLuAsync"/> with nothing left behind.</returns>
    ValueTask<StmfResult<LogicalUnit>> CreateAsync(LuResource resource, Predicate<StmfGuid> isTaken);

    /// <summary>Opens a disk by the metadata that lies with its data. It is offline.</summary>
    ValueTask<StmfResult<LogicalUnit>> ImportAsync(string fileName);

    /// <summary>All properties of a disk of this provider.</summary>
    LuResource Describe(LogicalUnit disk);

    /// <summary>Changes one property of a disk, judged already, in its metadata and at work.</summary>
    ValueTask<StmfResult> ModifyAsync(LogicalUnit disk, LuProperty property, string value);

    /// <summary>Changes one property of a disk that is not open.</summary>
    ValueTask<StmfResult> ModifyByFileNameAsync(string fileName, LuProperty property, string value);

    /// <summary>The management URL of disks that have none of their own; empty for none.</summary>
    void SetDefaultManagementUrl(string url);

    /// <summary>Takes back what <see cref="CreateAsync"/> did: the disk's metadata go, and its data file where
    /// <paramref name="withData"/> says that it was made too.</summary>
    ValueTask DiscardAsync(LogicalUnit disk, bool withData);

    /// <summary>Lets go of a disk that was made or opened here and is offline; its data stay.</summary>
    ValueTask CloseAsync(LogicalUnit disk);
}
