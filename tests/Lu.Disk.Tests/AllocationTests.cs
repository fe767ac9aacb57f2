using Lunette.Port.Virtual;
using Lunette.Runtime.Loops;
using Lunette.Scsi;
using Lunette.Testing;

namespace Lunette.Lu.Disk.Tests;

/// <summary>The path of a READ and a WRITE allocates nothing in steady state, from the initiator to the
/// store.</summary>
public sealed class AllocationTests
{
    [Theory]
    [InlineData("ram", DataOutDelivery.Immediate, 4096)]
    [InlineData("ram", DataOutDelivery.Later, 131072)]
    [InlineData("file", DataOutDelivery.WhenAsked, 4096)]
    public async Task ReadsAndWrites_SteadyState_AllocateNothing(string store, DataOutDelivery delivery, int length)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(), store);
        rig.Host.DataOutDelivery = delivery;
        var blocks = (ulong)length / 512;
        var data = new byte[length];
        var write = new ScsiRequest(Cdb.Blocks(BlockCommands.Write10, 8, blocks)) { DataOut = data };
        var read = new ScsiRequest(Cdb.Blocks(BlockCommands.Read10, 8, blocks)) { DataIn = data };
        Assert.Equal(0, Allocation.LeastOf(() =>
        {
            for (var i = 0; i < 200; i++) Round(rig.Host, write, read);
        }));
    }

    private static void Round(VirtualInitiator host, in ScsiRequest write, in ScsiRequest read)
    {
        Run(host, write);
        Run(host, read);
    }

    private static void Run(VirtualInitiator host, in ScsiRequest request)
    {
        var command = host.Start(request);
        var spin = default(SpinWait);
        while (!command.HasEnded)
        {
            ((ManualLoop)host.Loop).Pump();
            spin.SpinOnce(sleep1Threshold: -1);
        }
        if (command.Status != ScsiStatus.Good) throw new InvalidOperationException($"ended with {command.Status}");
        host.Recycle(command);
    }
}
