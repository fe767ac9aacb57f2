using Lunette.Backing.Files;
using Lunette.Backing.Ram;
using Lunette.DeviceServer;
using Lunette.Iscsi;
using Lunette.Lu.Disk;
using Lunette.Port.Iscsi.Tests.Kit;
using Lunette.Stmf.Configuration;
using Lunette.Stmf.Contracts;
using Lunette.Testing.Iscsi;

namespace Lunette.Port.Iscsi.Tests.Sockets;

/// <summary>
/// What a session costs that has read and written and is idle now; alone, since the process' memory is counted.
/// </summary>
[Collection(Alone)]
[CollectionDefinition(Alone, DisableParallelization = true)]
public class SessionMemoryTests
{
    private const string Alone = "memory";
    private const int Sessions = 200;
    private const int BytesMax = 64 << 10;

    // Counted with the test's own half of each session; objects for each (session, logical unit) would be seen in the
    // second row.
    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public async Task Sessions_Idle_LittleMemoryEachHoweverManyLogicalUnits(int units)
    {
        await using var host = await TargetHost.StartAsync();
        for (var i = 1; i < units; i++) await AddDiskAsync(host, i);
        var open = new List<SocketInitiator>();
        try
        {
            for (var i = 0; i < 10; i++) open.Add(await OpenAsync(host, i));
            var before = Used(host);
            for (var i = 10; i < Sessions + 10; i++) open.Add(await OpenAsync(host, i));
            var each = (Used(host) - before) / Sessions;
            TestContext.Current.TestOutputHelper?.WriteLine($"{each} bytes a session, {units} logical units");
            Assert.InRange(each, 1, BytesMax);
            // Each login went to the loop with the fewest.
            var onLoops = host.Loops.Loops.Select(loop => loop.StreamCount).ToArray();
            Assert.Equal(Sessions + 10, onLoops.Sum());
            Assert.InRange(onLoops.Max() - onLoops.Min(), 0, 1);
        }
        finally
        {
            foreach (var session in open) session.Dispose();
        }
    }

    private static long Used(TargetHost host)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true) + host.Buffers.LeasedBytes;
    }

    private static async Task<SocketInitiator> OpenAsync(TargetHost host, int number)
    {
        var session = await SocketInitiator.ConnectAsync(host.Portal.EndPoint);
        Assert.Equal(LoginStatus.Success, await session.LoginAsync(SocketInitiator.Settings($"host{number}")));
        await session.SettleAsync();
        await session.WriteAsync(0, new byte[4096]);
        await session.ReadAsync(0, 8);
        return session;
    }

    private static async Task AddDiskAsync(TargetHost host, int number)
    {
        var id = new LogicalUnitId(0x6000_0000_0000_0001, (ulong)number + 1);
        var disk = new DiskUnit(
            new DiskOptions { Unit = new UnitOptions { Id = id, Alias = $"disk {number}" }, LengthBytes = 1 << 20 },
            () => new StoreOpening(new RamStore(1 << 20), null));
        Assert.True(host.Framework.RegisterLogicalUnit(disk).Succeeded);
        Assert.True((await host.Framework.AddViewEntryAsync(id, new GroupPair(null, null))).Succeeded);
        // One that comes online later would change what the sessions see, and tell them so in the place of an answer.
        Assert.True((await host.Framework.WaitForLogicalUnitAsync(id, online: true)).Succeeded);
    }
}
