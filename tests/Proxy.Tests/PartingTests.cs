using Lunette.Port.Virtual;
using Lunette.Proxy.Frames;
using Lunette.Scsi;
using Lunette.Testing;

namespace Lunette.Proxy.Tests;

/// <summary>What two nodes say to each other, and what they keep of those who have gone.</summary>
public sealed class PartingTests
{
    private static readonly byte[] s_testUnitReady = new byte[6];

    // Each looks at what it is told: said again for every look, two nodes would talk for ever.
    [Fact]
    public async Task Hello_AgainAndAgain_NothingNewIsSaid()
    {
        await using var node = await Node.StartAsync(0);
        await node.OwnAsync();
        await using var peer = await PeerStream.ConnectAsync(node);
        await peer.SayAsync(new FrameWriter(FrameKind.Meet)
            .Long(1).Text("host").Text("host,i").Bytes([]).Text("").Text("").Text("port").Text("port,t").Byte(5)
            .Word(256).Word(2));
        List<FrameKind> heard = [];
        for (var round = 1UL; round <= 50; round++)
        {
            await peer.SayAsync(new FrameWriter(FrameKind.Hello).Byte(1).Word(1).Word(256));
            // A function for nobody, which is answered.
            await peer.SayAsync(new FrameWriter(FrameKind.Manage)
                .Long(round).Long(1).Long(0).Long(0).Byte((byte)TaskManagementFunction.LogicalUnitReset)
                .Long(0).Long(0).Byte(0));
            do heard.Add((FrameKind)(await peer.HearAsync())[0]);
            while (heard[^1] != FrameKind.Managed);
        }
        Assert.InRange(heard.Count(kind => kind == FrameKind.Hello), 0, 2);
        Assert.InRange(heard.Count(kind => kind == FrameKind.Units), 0, 3);
    }

    [Fact]
    public async Task Nexus_OfSeveralUnits_Ends_TheOwnerForgetsItEverywhere()
    {
        await using var pair = await Pair.StartAsync(units: 3);
        var there = pair.Other.Login("iqn.2026-11.test:host");
        for (var lun = 0; lun < 3; lun++) await ReadyAsync(there, lun);
        Assert.Equal(new ProxyLoad(0, 0, 1, 0), pair.Other.Proxy.Load);
        Assert.Equal(new ProxyLoad(0, 0, 0, 1), pair.Owner.Proxy.Load);
        Assert.Equal([1, 1, 1], pair.Owner.NexusCounts);
        there.Dispose();
        await Eventually.IsSoAsync(
            () => pair.Owner.Proxy.Load == default && pair.Other.Proxy.Load == default
                && pair.Owner.NexusCounts.All(count => count == 0));
    }

    [Fact]
    public async Task Unit_ForgottenByItsOwner_NexusesThatOnlyUsedItAreToo()
    {
        await using var pair = await Pair.StartAsync(units: 1);
        using var there = pair.Other.Login("iqn.2026-11.test:host");
        await ReadyAsync(there, 0);
        await pair.Owner.ForgetAsync(0);
        await Eventually.IsSoAsync(
            () => pair.Owner.Proxy.Load == default && pair.Other.Proxy.Load == default);
        await pair.Owner.OwnAsync(0);
        await ReadyAsync(there, 0);
        Assert.Equal(new ProxyLoad(0, 0, 0, 1), pair.Owner.Proxy.Load);
    }

    [Fact]
    public async Task LogicalUnitReset_FirstThingOfItsNexus_ReachesTheOwner()
    {
        await using var pair = await Pair.StartAsync(units: 1);
        using var here = pair.Owner.Login("iqn.2026-11.test:here");
        using var there = pair.Other.Login("iqn.2026-11.test:there");
        await ReadyAsync(here, 0);
        Assert.Equal(
            ServiceResponse.FunctionComplete, await there.ManageAsync(TaskManagementFunction.LogicalUnitReset));
        var sense = (await here.ExecuteAsync(new ScsiRequest(s_testUnitReady))).SenseData;
        Assert.Equal((0x06, 0x29, 0x03), (sense.Span[2] & 15, sense.Span[12], sense.Span[13]));
    }

    private static Task ReadyAsync(VirtualInitiator host, int lun) => Eventually.IsSoAsync(async () =>
        (await host.ExecuteAsync(new ScsiRequest(s_testUnitReady) { Lun = Lun.FromNumber(lun) })).IsGood);
}
