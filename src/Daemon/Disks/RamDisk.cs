using System.Globalization;
using Lunette.Daemon.Starting;
using Lunette.Lu.Disk;
using Lunette.Lu.Disk.Provider;
using Lunette.Stmf;
using Lunette.Stmf.Configuration;
using Lunette.Stmf.Contracts;

namespace Lunette.Daemon.Disks;

/// <summary>
/// The disk of <c>--ram</c>: in memory, for trying out and measuring, gone with the daemon. Its identity is always the
/// same, so that its view entry can be found again and taken away when the daemon starts without it.
/// </summary>
internal static class RamDisk
{
    private static readonly LogicalUnitId s_id = new(0x6024C55000000000, 0x52414D2D4449534B);

    /// <summary>Registers the disk and shows it to everybody; its logical unit number.</summary>
    public static async ValueTask<StmfResult<int>> AddAsync(
        StmfFramework framework, DiskProvider provider, long bytes, RamDiskShape shape)
    {
        DiskUnit disk = provider.CreateInMemory(new DiskProperties
        {
            DataPath = string.Create(CultureInfo.InvariantCulture, $"ram:{bytes}"),
            Alias = "ram",
            LengthBytes = bytes,
            Id = s_id,
            BlockLengthBytes = shape.BlockLengthBytes,
            Thin = shape.Thin,
            Removable = shape.Removable,
            WriteProtected = shape.WriteProtected,
            Protection = shape.Protection,
        });
        var registered = framework.RegisterLogicalUnit(disk);
        if (!registered.Succeeded) return StmfResult<int>.Refused(registered);
        if (framework.Configuration.ViewsOf(s_id) is [var shown, ..]) return StmfResult<int>.Success(shown.Lun);
        var added = await framework.AddViewEntryAsync(s_id, new GroupPair(null, null));
        return added.Succeeded ? StmfResult<int>.Success(added.Value.Lun) : StmfResult<int>.Refused(added.Outcome);
    }

    /// <summary>Takes away what a daemon with the disk left behind.</summary>
    public static async ValueTask ForgetAsync(StmfFramework framework)
    {
        foreach (var entry in framework.Configuration.ViewsOf(s_id))
            await framework.RemoveViewEntryAsync(s_id, entry.Index);
    }
}
