using Lunette.Backing.Ram;
using Lunette.DeviceServer;
using Lunette.Stmf.Contracts;

namespace Lunette.Lu.Disk;

public sealed partial class DiskUnit
{
    /// <summary>A thin disk of 512-byte blocks in memory, for unit tests and programs; gone when it goes
    /// offline.</summary>
    /// <param name="lengthBytes">Its size, a multiple of 512 bytes.</param>
    /// <param name="number">Tells the disks of one process apart: it is in their identifiers.</param>
    public static DiskUnit InMemory(long lengthBytes, int number = 0) => new(
        new DiskOptions
        {
            // NAA 3h: locally assigned.
            Unit = new UnitOptions { Id = new LogicalUnitId(0x3000_0000_0000_0000, (ulong)number), Alias = "memory" },
            LengthBytes = lengthBytes,
        },
        () => new(new RamStore(lengthBytes), null));
}
