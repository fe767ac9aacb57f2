using Lunette.Backing;
using Lunette.Backing.Filters;
using Lunette.DeviceServer.ModePages;
using Lunette.Port.Virtual;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests;

/// <summary>Command duration limits (SPC-6, Command Duration Limit A and B mode pages).</summary>
public sealed class DurationLimitTests
{
    [Fact]
    public async Task SupportedOperationCodes_NameThePage_ForReadsAAndForWritesB()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        Assert.Equal(1, OneCommand(rig, BlockCommands.Read16));
        Assert.Equal(2, OneCommand(rig, BlockCommands.Write16));
        Assert.Equal(2, OneCommand(rig, BlockCommands.WriteScattered16));
        Assert.Equal(0, OneCommand(rig, BlockCommands.Read10));
        var all = rig.Read(Cdb.Of(PrimaryCommands.ReportSupportedOperationCodes, ("ALLOCATION LENGTH", 8192UL)), 8192);
        for (var at = 4; at < all.Length; at += 8)
        {
            var wanted = all[at] switch { 0x88 => 1, 0x8A => 2, 0x9F when all[at + 3] == 0x12 => 2, _ => 0 };
            Assert.Equal((all[at], wanted), (all[at], all[at + 5] >> 2 & 3));
        }
    }

    [Fact]
    public async Task EnabledTogether_StartInTheOrderInWhichLimitsEnd_ThoseWithoutLast()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(), "file");
        Set(rig, BlockModePages.CommandDurationLimitA, (1, 6, 100), (2, 6, 10), (7, 5, 100), (5, 0, 1));
        var order = new List<long>();
        var hang = rig.Disk.OpenStore!.Push(s => new HangFilter(s, r => r.Operation == StoreOperation.Flush))!;
        rig.Disk.OpenStore!.Push(s => new OrderFilter(s, order));
        // What comes behind an ORDERED task waits for it, and starts together when it has ended.
        var first = rig.Start(new ScsiRequest(Cdb.Of(BlockCommands.SynchronizeCache10))
        {
            Attribute = TaskAttribute.Ordered,
        });
        VirtualCommand[] reads =
        [
            Read(rig, 0, limit: 0), Read(rig, 1, limit: 1), Read(rig, 2, limit: 2), Read(rig, 3, limit: 7),
            Read(rig, 4, limit: 5), Read(rig, 5, limit: 2),
        ];
        hang.Release();
        foreach (var command in reads.Prepend(first)) DiskRig.Good(rig.Finish(command));
        Assert.Equal([3, 2, 5, 1, 0, 4], order);
    }

    [Fact]
    public async Task Limit_ThatHasPassed_EndsNothing()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        Set(rig, BlockModePages.CommandDurationLimitA, (1, 4, 1));
        Set(rig, BlockModePages.CommandDurationLimitB, (3, 4, 1));
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write16, 0, 1, ("DLD1", 1UL), ("DLD0", 1UL)), new byte[512]));
        DiskRig.Good(rig.Finish(Read(rig, 0, limit: 1)));
    }

    private static int OneCommand(DiskRig rig, CommandDescriptor command) => rig.Read(
        Cdb.Of(PrimaryCommands.ReportSupportedOperationCodes, ("REPORTING OPTIONS", 3UL),
            ("REQUESTED OPERATION CODE", command.OperationCode),
            ("REQUESTED SERVICE ACTION", command.ServiceAction ?? 0UL), ("ALLOCATION LENGTH", 64UL)), 64)[1] >> 3 & 3;

    private static void Set(DiskRig rig, ModePage page, params (int Descriptor, uint Unit, uint Limit)[] limits)
    {
        var bytes = page.Defaults.ToArray();
        foreach (var (descriptor, unit, limit) in limits)
        {
            bytes = page.Write(bytes, BlockModePages.LimitUnitOf(descriptor), unit);
            bytes = page.Write(bytes, BlockModePages.LimitOf(descriptor), limit);
        }
        DiskRig.Good(rig.Run(Cdb.Of(PrimaryCommands.ModeSelect10, ("PF", 1UL),
            ("PARAMETER LIST LENGTH", 8UL + (ulong)bytes.Length)), [0, 0, 0, 0, 0, 0, 0, 0, .. bytes]));
    }

    private static VirtualCommand Read(DiskRig rig, ulong lba, ulong limit) => rig.Start(
        new ScsiRequest(Cdb.Blocks(BlockCommands.Read16, lba, 1,
            ("DLD2", limit >> 2), ("DLD1", limit >> 1 & 1), ("DLD0", limit & 1)))
        {
            DataIn = new byte[512],
        });

    private sealed class OrderFilter(BackingStore beneath, List<long> order) : StoreFilter(beneath)
    {
        public override string Name => "order";

        public override bool Start(StoreRequest request)
        {
            if (request.Operation == StoreOperation.Read) order.Add(request.Offset / 512);
            return base.Start(request);
        }
    }
}
