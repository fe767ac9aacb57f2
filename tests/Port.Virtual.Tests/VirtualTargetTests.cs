using Lunette.DeviceServer;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Scsi;

namespace Lunette.Port.Virtual.Tests;

public class VirtualTargetTests
{
    private static readonly byte[] s_inquiry = [0x12, 0, 0, 0, 36, 0];

    [Fact]
    public async Task Execute_OnTheCallersThread_DataStatusAndResidual()
    {
        using var target = await StartAsync();
        using var host = target.Login("iqn.2026-11.test:host");
        var bytes = new byte[96];
        var result = host.Execute(new ScsiRequest(s_inquiry) { DataIn = bytes });
        Assert.True(result.IsGood);
        Assert.Equal((36, -60L), (result.DataInLength, result.Residual));
        Assert.Equal(0x7F, bytes[0]);

        result = host.Execute(new ScsiRequest(s_inquiry) { DataIn = new byte[10] });
        Assert.Equal((10, 26L), (result.DataInLength, result.Residual));
    }

    [Fact]
    public async Task CheckCondition_SenseComesAlong()
    {
        using var target = await StartAsync();
        using var host = target.Login("iqn.2026-11.test:host");
        var result = host.Execute(new ScsiRequest(new byte[6]));
        Assert.Equal(ScsiStatus.CheckCondition, result.Status);
        Assert.Equal((0x05, 0x25), (result.SenseData.Span[2], result.SenseData.Span[12]));
    }

    [Fact]
    public async Task ExecuteAsync_OnRealLoops_ManyAtOnce()
    {
        using var target = await StartAsync();
        using var pool = new BufferPool(16 << 20);
        await using var loops = LoopGroup.Start(new LoopGroupOptions { Count = 2, Spin = false }, pool);
        var hosts = loops.Loops.Select((loop, i) => VirtualInitiator.Login(
            target, target.Port, "iqn.2026-11.test:host", (ulong)i + 1, loop, pool)!).ToArray();
        var commands = Enumerable.Range(0, 200)
            .Select(i => hosts[i % 2].ExecuteAsync(new ScsiRequest(s_inquiry) { DataIn = new byte[36] }));
        Assert.All(await Task.WhenAll(commands), result => Assert.True(result.IsGood));
        foreach (var host in hosts) host.Dispose();
        await target.Port.OfflineAsync(TimeSpan.FromSeconds(120), CancellationToken.None);
        Assert.Empty(pool.DescribeLeases());
    }

    [Fact]
    public async Task Execute_OnARealLoop_SaysWhatToUseInstead()
    {
        using var target = await StartAsync();
        using var pool = new BufferPool(1 << 20);
        await using var loops = LoopGroup.Start(new LoopGroupOptions { Count = 1, Spin = false }, pool);
        using var host = VirtualInitiator.Login(target, target.Port, "iqn.2026-11.test:host", 1, loops.Loops[0], pool)!;
        var refused = Assert.Throws<InvalidOperationException>(() => host.Execute(new ScsiRequest(s_inquiry)));
        Assert.Contains("ExecuteAsync", refused.Message, StringComparison.Ordinal);
        host.BeginLogout();
        await target.Port.OfflineAsync(TimeSpan.FromSeconds(120), CancellationToken.None);
    }

    [Fact]
    public async Task Login_AtAnOfflinePort_Null()
    {
        using var target = await StartAsync();
        await target.Port.OfflineAsync(TimeSpan.Zero, CancellationToken.None);
        Assert.Null(VirtualInitiator.Login(target, target.Port, "iqn.2026-11.test:host"));
        await target.Port.OnlineAsync(CancellationToken.None);
        using var host = target.Login("iqn.2026-11.test:host");
        Assert.Single(target.Port.Initiators);
    }

    [Fact]
    public async Task Offline_AsksForLogout_AndIsDoneWhenTheLastHasGone()
    {
        using var target = await StartAsync();
        using var polite = target.Login("iqn.2026-11.test:polite");
        polite.LogoutRequested += (_, _) => polite.BeginLogout();
        Assert.True((await target.Port.OfflineAsync(TimeSpan.FromMinutes(5), CancellationToken.None)).Succeeded);
        Assert.True(polite.IsClosed);
    }

    [Fact]
    public async Task Offline_DeadlinePasses_SessionsOfThoseWhoDoNotAnswerAreClosed()
    {
        using var target = await StartAsync();
        using var deaf = target.Login("iqn.2026-11.test:deaf");
        var asked = 0;
        deaf.LogoutRequested += (_, _) => asked++;
        Assert.True((await target.Port.OfflineAsync(TimeSpan.Zero, CancellationToken.None)).Succeeded);
        Assert.Equal(1, asked);
        Assert.True(deaf.IsClosed);
        Assert.Empty(target.Port.Initiators);
    }

    [Fact]
    public async Task TwoPortsOfOneInitiator_AreTwoNexuses()
    {
        using var target = await StartAsync();
        using var one = target.Login("iqn.2026-11.test:host", isid: 1);
        using var two = target.Login("iqn.2026-11.test:host", isid: 2);
        Assert.NotEqual(one.Nexus.Number, two.Nexus.Number);
        Assert.Equal(one.Nexus.Initiator.Name, two.Nexus.Initiator.Name);
        Assert.False(one.Nexus.Initiator.TransportId.Span.SequenceEqual(two.Nexus.Initiator.TransportId.Span));
    }

    private static Task<VirtualTarget> StartAsync() => VirtualTarget.StartAsync(new FallbackUnit(), []);
}
