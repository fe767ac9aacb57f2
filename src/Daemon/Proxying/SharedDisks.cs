using System.Globalization;
using Lunette.DeviceServer;
using Lunette.Lu.Disk;
using Lunette.Lu.Disk.Provider;
using Lunette.Proxy;
using Lunette.Stmf.Contracts;

namespace Lunette.Daemon.Proxying;

/// <summary>Disks as two nodes describe them to each other.</summary>
internal static class SharedDisks
{
    /// <summary>Describes a disk; null for one in memory, which is this process' own.</summary>
    public static ProxiedUnit? Describe(DiskProvider files, LogicalUnit unit) =>
        unit is DiskUnit disk && files.FindMetadata(disk) is not null
            ? new ProxiedUnit(
                disk.Id, disk.Alias, disk.Options.VendorId, disk.Options.ProductId, disk.Options.SerialNumber,
                disk.Disk.LengthBytes, disk.Disk.BlockLengthBytes)
            : null;

    /// <summary>Makes a disk of the same shape without a medium; null where there is no such shape.</summary>
    public static EmulatedUnit? Stand(DiskProvider files, ProxiedUnit unit)
    {
        var shape = new DiskOptions
        {
            Unit = new UnitOptions { Id = unit.Id, Alias = unit.Alias },
            LengthBytes = unit.LengthBytes,
            BlockLengthBytes = unit.BlockLengthBytes,
        };
        if (unit.Alias.Length is 0 or > DiskProperties.AliasLengthMax || shape.FindMistake() is not null) return null;
        return files.CreateInMemory(new DiskProperties
        {
            DataPath = string.Create(CultureInfo.InvariantCulture, $"pppt:{unit.Id}"),
            Alias = unit.Alias,
            LengthBytes = unit.LengthBytes,
            Id = unit.Id,
            BlockLengthBytes = unit.BlockLengthBytes,
            VendorId = Within(unit.VendorId, 8),
            ProductId = Within(unit.ProductId, 16),
            SerialNumber = Within(unit.SerialNumber, 252),
        });
    }

    private static string Within(string text, int length) => text.Length <= length ? text : text[..length];
}
