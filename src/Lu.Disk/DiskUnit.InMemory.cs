using Lunette.Backing.Ram;
using Lunette.DeviceServer;
using Lunette.Lu.Disk.Provider;
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
            Unit = new UnitOptions
            {
                // NAA 6h, the company's, and a place no generated identifier has: its host is never zero.
                Id = new LogicalUnitId(6UL << 60 | (ulong)DiskIdSource.CompanyIdDefault << 36, (ulong)number),
                Alias = "memory",
            },
            LengthBytes = lengthBytes,
        },
        () => new(new RamStore(lengthBytes), null));
}
