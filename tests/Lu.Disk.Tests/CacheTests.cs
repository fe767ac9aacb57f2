using Lunette.Backing;
using Lunette.Backing.Filters;
using Lunette.Port.Virtual;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests;

/// <summary>SYNCHRONIZE CACHE with and without IMMED, and counters of errors.</summary>
public sealed class CacheTests
{
    [Fact]
    public async Task SynchronizeCache_Immediate_StatusBeforeTheFlushAndTheStoreIsFlushed()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(), "file");
        var hang = rig.Disk.OpenStore!.Push(s => new HangFilter(s, r => r.Operation == StoreOperation.Flush))!;
        var waits = rig.Start(new ScsiRequest(Synchronize(0)));
        DiskRig.Good(rig.Run(Synchronize(1)));
        Assert.False(waits.HasEnded);
        Assert.Equal(2, hang.Held);
        // The disk does not go away under a flush: its end is waited for as that of any command.
        var reset = rig.Host.ManageAsync(TaskManagementFunction.LogicalUnitReset);
        Assert.False(reset.IsCompleted);
        hang.Release();
        rig.PumpUntil(() => reset.IsCompleted);
        DiskRig.Refused(
            rig.Run(Cdb.Blocks(BlockCommands.SynchronizeCache16, 1 << 20, 1, ("IMMED", 1UL))),
            SenseKey.UnitAttention, AdditionalSense.BusDeviceResetFunctionOccurred);
        DiskRig.Refused(
            rig.Run(Cdb.Blocks(BlockCommands.SynchronizeCache16, 1 << 20, 1, ("IMMED", 1UL))),
            SenseKey.IllegalRequest, AdditionalSense.LogicalBlockAddressOutOfRange);
    }

    // SPC-6, error counter log pages: they count what happened, and PCR puts them to zero.
    [Fact]
    public async Task ErrorCounters_AfterErrors_TellThem()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write16, 0, 4), new byte[2048]));
        rig.Disk.OpenStore!.Push(s => new ErrorFilter(s, 8 * 512, 512));
        for (var i = 0; i < 3; i++)
        {
            var read = new ScsiRequest(Cdb.Blocks(BlockCommands.Read16, 8, 1)) { DataIn = new byte[512] };
            DiskRig.Refused(rig.Run(read), SenseKey.MediumError, AdditionalSense.UnrecoveredReadError);
        }
        Assert.Equal((0UL, 2048UL), Counters(rig, LogPageCode.WriteErrorCounters));
        var (errors, bytes) = Counters(rig, LogPageCode.ReadErrorCounters);
        Assert.Equal(3UL, errors);
        rig.Read(Cdb.Blocks(BlockCommands.Read16, 0, 2), 1024);
        Assert.Equal((3UL, bytes + 1024), Counters(rig, LogPageCode.ReadErrorCounters));
        DiskRig.Good(rig.Run(Cdb.Of(PrimaryCommands.LogSelect, ("PCR", 1UL))));
        Assert.Equal((0UL, 0UL), Counters(rig, LogPageCode.ReadErrorCounters));
    }

    private static (ulong Errors, ulong Bytes) Counters(DiskRig rig, LogPageCode page)
    {
        var bytes = rig.Read(Cdb.Of(PrimaryCommands.LogSense, ("PC", 1UL), ("PAGE CODE", (ulong)page >> 8),
            ("ALLOCATION LENGTH", 512UL)), 512);
        var parameters = LogPage.Parse(bytes, page)!;
        return (Value(0x0006), Value(0x0005));

        ulong Value(int code) => System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(
            parameters.Single(parameter => parameter.Code == code).Value.Span);
    }

    private static byte[] Synchronize(ulong immediate) =>
        Cdb.Blocks(BlockCommands.SynchronizeCache10, 0, 0, ("IMMED", immediate));
}
