using Lunette.Port.Virtual;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Scsi;

namespace Lunette.DeviceServer.Tests;

/// <summary>One logical unit, real loops on real threads, everything at once: each command ends once, nothing
/// leaks.</summary>
public class ManyLoopsTests
{
    private const int Hosts = 6;
    private const int CommandsEach = 3000;

    [Fact]
    public async Task CommandsAbortsResetsAndReservations_FromManyLoops_EachEndsOnce()
    {
        using var pool = new BufferPool(64 << 20);
        LoopFault? fault = null;
        await using var loops = LoopGroup.Start(
            new LoopGroupOptions { Count = 4, Spin = false }, pool, broken => fault = broken);
        var unit = BlockUnit.Make();
        using var target = await VirtualTarget.StartAsync(new FallbackUnit(), [unit]);
        var hosts = Enumerable.Range(0, Hosts).Select(i => VirtualInitiator.Login(
            target, target.Port, "iqn.2026-11.test:many", (ulong)i + 1, loops.Loops[i % 4], pool)!).ToArray();

        await Task.WhenAll(hosts.Select((host, i) => DriveAsync(host, seed: 100 + i)))
            .WaitAsync(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken);
        Assert.Null(fault);

        foreach (var host in hosts) host.Dispose();
        var offline = await target.Port.OfflineAsync(TimeSpan.FromSeconds(120), CancellationToken.None);
        Assert.True(offline.Succeeded);
        Assert.Equal(0, unit.TaskCount);
        Assert.Empty(pool.DescribeLeases());
    }

    private static async Task DriveAsync(VirtualInitiator host, int seed)
    {
        var random = new Random(seed);
        List<Task> open = [];
        for (var i = 0; i < CommandsEach; i++)
        {
            host.DataOutDelivery = (DataOutDelivery)random.Next(3);
            open.Add(random.Next(60) == 0 ? ManageAsync(host, random) : CommandAsync(host, random));
            if (open.Count < 16) continue;
            await Task.WhenAll(open);
            open.Clear();
        }
        await Task.WhenAll(open);
    }

    private static async Task ManageAsync(VirtualInitiator host, Random random)
    {
        TaskManagementFunction[] functions =
        [
            TaskManagementFunction.AbortTaskSet, TaskManagementFunction.ClearTaskSet,
            TaskManagementFunction.LogicalUnitReset, TaskManagementFunction.QueryTaskSet,
            TaskManagementFunction.ClearAca, TaskManagementFunction.ItNexusReset,
        ];
        var response = await host.ManageAsync(functions[random.Next(functions.Length)]);
        Assert.True(response is ServiceResponse.FunctionComplete or ServiceResponse.FunctionSucceeded);
    }

    private static async Task CommandAsync(VirtualInitiator host, Random random)
    {
        var attribute = (TaskAttribute)(random.Next(12) switch { 0 => 1, 1 => 2, _ => 0 });
        var lba = (uint)random.Next(100);
        var request = random.Next(12) switch
        {
            < 5 => new ScsiRequest(Cdb.Read10(lba)) { DataIn = new byte[512], Attribute = attribute },
            < 10 => new ScsiRequest(Cdb.Write10(lba)) { DataOut = new byte[512], Attribute = attribute },
            10 => new ScsiRequest(Cdb.Of(PrimaryCommands.PersistentReserveOutRegisterAndIgnoreExistingKey,
                ("PARAMETER LIST LENGTH", 24)))
            { DataOut = ReserveOutList.Of(0, (ulong)random.Next(2)) },
            _ => new ScsiRequest(Cdb.Of(BlockCommands.SynchronizeCache10)),
        };
        var result = await host.ExecuteAsync(request);
        Assert.True(!result.Answered || result.Status is ScsiStatus.Good or ScsiStatus.CheckCondition
            or ScsiStatus.ReservationConflict or ScsiStatus.TaskAborted or ScsiStatus.TaskSetFull, result.ToString());
    }
}
