using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Faults;
using Lunette.Admin.Faults;
using Lunette.Backing.Filters;
using Lunette.Lu.Disk;
using Lunette.Stmf.Contracts;

namespace Lunette.Daemon.Disks;

/// <summary>Faults over the stores of disks, as filters on their stacks.</summary>
public sealed class DiskFaults : IFaultInjector
{
    /// <inheritdoc/>
    public StmfResult Inject(LogicalUnit unit, Fault fault)
    {
        if (StoreOf(unit, out var disk) is not { } store) return s_offline;
        if ((fault.Lba + fault.Blocks) > disk!.CapacityBlocks && fault.Kind == FaultKind.Error)
            return new(StmfStatus.InvalidArg, $"{unit.Alias} has {disk.CapacityBlocks} blocks");
        var length = fault.Blocks * (long)disk.BlockLengthBytes;
        var pushed = store.Push<StoreFilter>(beneath => fault.Kind switch
        {
            FaultKind.Delay => new DelayFilter(beneath, TimeSpan.FromMilliseconds(fault.Milliseconds)),
            FaultKind.Hang => new HangFilter(beneath),
            FaultKind.Error => new ErrorFilter(beneath, (long)fault.Lba * disk.BlockLengthBytes, length),
            FaultKind.Torn => new TornWriteFilter(beneath, (int)length),
            FaultKind.Short => new ShortReadFilter(beneath, (int)length),
            FaultKind.NoSpace => new NoSpaceFilter(beneath, fault.Bytes),
            _ => new LostFlushFilter(beneath),
        });
        return pushed is null
            ? new StmfResult(StmfStatus.Busy, $"{unit.Alias} has {FilterStack.FiltersMax} faults, more it may not have")
            : StmfStatus.Success;
    }

    /// <inheritdoc/>
    public StmfResult<IReadOnlyList<string>> Describe(LogicalUnit unit) => StoreOf(unit, out _) is { } store
        ? new StmfResult<IReadOnlyList<string>>(StmfStatus.Success, store.Filters.Select(Describe).ToArray())
        : s_offline;

    /// <inheritdoc/>
    public async ValueTask<StmfResult> ClearAsync(LogicalUnit unit)
    {
        if (StoreOf(unit, out _) is not { } store) return s_offline;
        while (await store.PopAsync())
        {
        }
        return StmfStatus.Success;
    }

    private static readonly StmfResult s_offline =
        new(StmfStatus.Busy, "it is offline, or no disk: nothing to put faults over");

    private static string Describe(StoreFilter filter) => filter switch
    {
        DelayFilter delay => $"{delay.Name} {delay.Delay.TotalMilliseconds:0} ms",
        HangFilter hang => $"{hang.Name}, {hang.Held} requests held",
        NoSpaceFilter space => $"{space.Name}, {space.AvailableBytes} bytes left",
        _ => filter.Name,
    };

    private static FilterStack? StoreOf(LogicalUnit unit, out DiskUnit? disk)
    {
        disk = unit as DiskUnit;
        return disk?.OpenStore;
    }
}
