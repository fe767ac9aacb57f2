using Lunette.Port.Virtual;
using Lunette.Scsi;
using Lunette.Testing;

namespace Lunette.DeviceServer.Tests;

public class AllocationTests
{
    [Theory]
    [InlineData(DataOutDelivery.Immediate)]
    [InlineData(DataOutDelivery.WhenAsked)]
    [InlineData(DataOutDelivery.Later)]
    public async Task ReadAndWrite_SteadyState_AllocateNothing(DataOutDelivery delivery)
    {
        using var bench = await Bench.StartAsync();
        var host = bench.A;
        host.DataOutDelivery = delivery;
        var bytes = new byte[4096];
        var read = new ScsiRequest(Cdb.Read10(8, 8)) { DataIn = bytes };
        var write = new ScsiRequest(Cdb.Write10(8, 8)) { DataOut = bytes };
        bench.Unit.Entered.EnsureCapacity(100000);
        Assert.Equal(0, Allocation.LeastOf(() => Run(host, read, write, 1000)));
    }

    private static void Run(VirtualInitiator host, in ScsiRequest read, in ScsiRequest write, int times)
    {
        for (var i = 0; i < times; i++)
        {
            var command = host.Start((i & 1) == 0 ? read : write);
            if (command.Status != ScsiStatus.Good || !command.HasEnded) Assert.Fail("a command did not end well");
            host.Recycle(command);
        }
    }
}
