using Lunette.Backing;
using Lunette.Backing.Filters;
using Lunette.Backing.Ram;
using Lunette.DeviceServer;
using Lunette.Port.Virtual;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;

namespace Lunette.Lu.Disk.Tests;

/// <summary>Which steps of a copy are a store's own, and which are read and written.</summary>
public sealed class StoreCopyTests
{
    private const int Length = 16 << 20;

    [Fact]
    public async Task Copy_InsideOneStore_NothingIsRead()
    {
        var store = new CountingStore();
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(Length), () => new(store, null));
        var data = Fill(rig);
        DiskRig.Good(Copy(rig, rig.Disk, 16_384));
        Assert.Equal((2, 0), (store.Copies, store.Reads));      // two steps of 4 MiB
        Assert.Equal(data, rig.Read(Cdb.Blocks(BlockCommands.Read16, 16_384, 4096), 4096 * 512));
    }

    // The stores are of a make that cannot copy from each other: found out once, then read and written.
    [Fact]
    public async Task Copy_BetweenStoresThatCannot_ReadAndWritten()
    {
        var store = new CountingStore();
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(Length), () => new(store, null));
        var (other, taker) = await AddAsync(rig);
        var data = Fill(rig);
        DiskRig.Good(Copy(rig, other, 0));
        Assert.Equal((1, 0, 8), (taker.Copies, store.Copies, store.Reads));     // steps of 1 MiB
        Assert.Equal(data, Read(rig));
        await CloseAsync(rig, other);
    }

    // What refuses the destination refuses the step, whoever moves the bytes.
    [Fact]
    public async Task Copy_DestinationReservedByAnother_RefusedBeforeTheStoreIsAsked()
    {
        var store = new CountingStore();
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(Length), () => new(store, null));
        var (other, taker) = await AddAsync(rig);
        var holder = rig.Login();
        rig.Run(new ScsiRequest(new byte[6]) { Lun = Lun.FromNumber(1) }, holder);
        DiskRig.Good(rig.Run(new ScsiRequest(Cdb.Of(PrimaryCommands.Reserve6)) { Lun = Lun.FromNumber(1) }, holder));
        DiskRig.Refused(Copy(rig, other, 0), SenseKey.CopyAborted, AdditionalSense.ThirdPartyDeviceFailure);
        Assert.Equal(0, taker.Copies);
        await CloseAsync(rig, other);
    }

    private static ScsiResult Copy(DiskRig rig, DiskUnit to, ulong destination) => rig.Run(CopyLists.Request(
        PrimaryCommands.ExtendedCopyLid4, CopyLists.Lid4(rig.Disk, to, 1, 0, destination, 16_384)));

    private static byte[] Fill(DiskRig rig)
    {
        var data = new byte[4096 * 512];
        new Random(5).NextBytes(data);
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write16, 0, 4096), data));
        return data;
    }

    private static byte[] Read(DiskRig rig)
    {
        var read = new ScsiRequest(Cdb.Blocks(BlockCommands.Read16, 0, 4096))
        {
            Lun = Lun.FromNumber(1),
            DataIn = new byte[4096 * 512],
        };
        DiskRig.Good(rig.Run(read));
        return read.DataIn.ToArray();
    }

    private static async Task<(DiskUnit Disk, CountingStore Store)> AddAsync(DiskRig rig)
    {
        var store = new CountingStore();
        var options = DiskRig.Options(Length) with
        {
            Unit = new UnitOptions { Id = new LogicalUnitId(0x6000_0000_0000_0001, 2), Alias = "disk1" },
        };
        var other = new DiskUnit(options, () => new(store, null));
        await rig.Target.AddAsync(Lun.FromNumber(1), other);
        rig.Run(new ScsiRequest(new byte[6]));          // takes the attention that the inventory changed
        rig.Run(new ScsiRequest(new byte[6]) { Lun = Lun.FromNumber(1) });
        return (other, store);
    }

    private static async Task CloseAsync(DiskRig rig, DiskUnit other)
    {
        rig.Target.Remove(Lun.FromNumber(1));
        Assert.True((await other.OfflineAsync(CancellationToken.None)).Succeeded);
    }

    private sealed class CountingStore() : StoreFilter(new RamStore(Length))
    {
        public override string Name => "counting";

        public int Copies { get; private set; }

        public int Reads { get; private set; }

        public override bool Start(StoreRequest request)
        {
            if (request.Operation == StoreOperation.Copy) Copies++;
            if (request.Operation == StoreOperation.Read) Reads++;
            return base.Start(request);
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await Beneath.DisposeAsync();
        }
    }
}
