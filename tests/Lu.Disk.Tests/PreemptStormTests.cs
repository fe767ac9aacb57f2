using Lunette.Port.Virtual;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests;

/// <summary>
/// Loops on real threads: a storm of writes, and PREEMPT AND ABORT and resets against it. From the moment the
/// preempting command is answered until its victim registers anew, not a byte of the disk changes.
/// </summary>
public sealed class PreemptStormTests
{
    private const int Rounds = 60;
    private const int WritersEach = 8;
    private const int Blocks = 64;
    private const byte WriteExclusiveRegistrantsOnly = 5;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(120);

    [Theory]
    [InlineData("ram")]
    [InlineData("file")]
    public async Task PreemptAndAbort_UnderAStormOfWrites_NothingOfThePreemptedLandsAfterwards(string kind)
    {
        using var pool = new BufferPool(64 << 20);
        LoopFault? fault = null;
        await using var loops = LoopGroup.Start(
            new LoopGroupOptions { Count = 3, Spin = false }, pool, broken => fault = broken);
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(), kind);
        VirtualInitiator Login(int number) => VirtualInitiator.Login(
            rig.Target, rig.Target.Port, "iqn.2026-11.test:storm", (ulong)number + 10, loops.Loops[number], pool)!;
        VirtualInitiator[] hosts = [Login(0), Login(1), Login(2)];
        using var over = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var storm = Task.WhenAll(Enumerable.Range(0, WritersEach).Select(i => StormAsync(hosts[1], i, over.Token))
            .Append(ResetAsync(hosts[2], over.Token)));

        for (var round = 0; round < Rounds; round++)
        {
            await PreemptAsync(hosts[0], hosts[1]);
            var first = await ReadAllAsync(hosts[0]);
            for (var i = 0; i < 40; i++) await hosts[0].ExecuteAsync(new ScsiRequest(new byte[6]));
            var second = await ReadAllAsync(hosts[0]);
            Assert.True(first.SequenceEqual(second), $"round {round}: a write of the preempted nexus landed");
        }
        await over.CancelAsync();
        await storm.WaitAsync(s_limit, CancellationToken.None);
        Assert.Null(fault);
        foreach (var host in hosts) host.Dispose();
        Assert.True(SpinWait.SpinUntil(() => Array.TrueForAll(hosts, host => host.IsClosed), s_limit));
        Assert.Empty(pool.DescribeLeases());
    }

    // However a write ends, aborted ones included, the next follows.
    private static async Task StormAsync(VirtualInitiator host, int number, CancellationToken over)
    {
        var data = new byte[512];
        for (var i = 0L; !over.IsCancellationRequested; i++)
        {
            BitConverter.TryWriteBytes(data, (i * WritersEach) + number);
            byte[] cdb = [0x2A, 0, 0, 0, 0, (byte)(((i * 7) + number) % Blocks), 0, 0, 1, 0];
            await host.ExecuteAsync(new ScsiRequest(cdb) { DataOut = data.ToArray() });
        }
    }

    private static async Task ResetAsync(VirtualInitiator host, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            for (var i = 0; i < 200; i++) await host.ExecuteAsync(new ScsiRequest(new byte[6]));
            await host.ManageAsync(TaskManagementFunction.LogicalUnitReset);
        }
    }

    private static async Task<byte[]> ReadAllAsync(VirtualInitiator host)
    {
        var data = new byte[Blocks * 512];
        byte[] cdb = [0x28, 0, 0, 0, 0, 0, 0, 0, Blocks, 0];
        await UntilGoodAsync(host, new ScsiRequest(cdb) { DataIn = data });
        return data;
    }

    // One that a reset aborted may have been carried out all the same: then it is all begun anew.
    private static async Task PreemptAsync(VirtualInitiator host, VirtualInitiator victim)
    {
        for (var tries = 0; tries < 100; tries++)
        {
            await UntilGoodAsync(victim, ReserveOut(action: 6, key: 0, serviceKey: 2));
            await UntilGoodAsync(host, ReserveOut(action: 6, key: 0, serviceKey: 1));
            await UntilGoodAsync(host, ReserveOut(action: 1, key: 1, serviceKey: 0));
            if ((await host.ExecuteAsync(ReserveOut(action: 5, key: 1, serviceKey: 2))).IsGood) return;
        }
        Assert.Fail("never preempted");
    }

    private static ScsiRequest ReserveOut(byte action, byte key, byte serviceKey)
    {
        var list = new byte[24];
        list[7] = key;
        list[15] = serviceKey;
        byte[] cdb = [0x5F, action, WriteExclusiveRegistrantsOnly, 0, 0, 0, 0, 0, 24, 0];
        return new ScsiRequest(cdb) { DataOut = list };
    }

    // Unit attentions and aborts by the resets: sent again.
    private static async Task UntilGoodAsync(VirtualInitiator host, ScsiRequest request)
    {
        for (var tries = 0; tries < 100; tries++)
            if ((await host.ExecuteAsync(request)).IsGood) return;
        Assert.Fail("never GOOD");
    }
}
