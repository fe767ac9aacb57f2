using BenchmarkDotNet.Attributes;
using Lunette.DeviceServer;
using Lunette.DeviceServer.Commands;
using Lunette.Lu.Disk;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;

namespace Lunette.Micro.DeviceServer;

/// <summary>From a CDB to its row, and whether it has a bit that nobody looks at.</summary>
public class Dispatch
{
    private readonly byte[] _read = WireCommand.Blocks(BlockCommands.Read10, 8, 8);
    private CommandTable<SupportedCommand> _rows = null!;

    [GlobalSetup]
    public void TakeRows() => _rows = new DiskUnit(
        new DiskOptions
        {
            Unit = new UnitOptions { Id = new LogicalUnitId(0x6000_0000_0000_0001, 1), Alias = "disk" },
            LengthBytes = 1 << 20,
        },
        () => throw new InvalidOperationException("it is never opened")).Commands;

    [Benchmark]
    public bool FindRow() => _rows.Find(_read) is not null;

    [Benchmark]
    public bool CheckStrayBits() => _rows.Find(_read)!.Descriptor.Check(_read) is null;
}
