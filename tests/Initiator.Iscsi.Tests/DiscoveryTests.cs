using System.Text;
using Lunette.Initiator.Iscsi.Tests.Kit;
using Lunette.Iscsi;
using static Lunette.Initiator.Iscsi.Tests.Kit.SimulatedNetwork;

namespace Lunette.Initiator.Iscsi.Tests;

/// <summary>SendTargets, answered well and badly.</summary>
public sealed class DiscoveryTests : IDisposable
{
    private readonly SimulatedNetwork _net = new();

    public void Dispose() => _net.Dispose();

    [Fact]
    public async Task Discover_SeveralTargets_NamesAndPortals()
    {
        Answer([
            "TargetName=iqn.2001-04.com.example:one|TargetAddress=10.0.0.1:3260,1|TargetAddress=[2001:db8::1]:860,2|"
            + "TargetName=iqn.2001-04.com.example:two|"]);
        var targets = await DiscoverAsync();
        Assert.Equal(["iqn.2001-04.com.example:one", "iqn.2001-04.com.example:two"], targets.Select(t => t.Name.Value));
        Assert.Equal([new("10.0.0.1", 3260, 1), new("2001:db8::1", 860, 2)], targets[0].Addresses);
        Assert.Empty(targets[1].Addresses);
        Assert.Equal(0, _net.OpenWires);
    }

    [Fact]
    public async Task Discover_AnswerInManyPdus_IsJoined()
    {
        var text = string.Concat(Enumerable.Range(0, 500).Select(i => $"TargetName=iqn.2001-04.com.example:t{i}|"));
        Answer([.. text.Chunk(1000).Select(chunk => new string(chunk))]);
        Assert.Equal(500, (await DiscoverAsync()).Count);
    }

    [Theory]
    [InlineData("TargetName=iqn.2001-04.com.example:a\u0007b|", "malformed")]
    [InlineData("TargetName=iqn.2001-04.com.example:a/../b|", "names what is no target")]
    [InlineData("TargetName=iqn.2001-04.com.example:a|TargetAddress=host:99999,1|", "no address")]
    [InlineData("TargetAddress=10.0.0.1:3260,1|", "names what is no target")]
    [InlineData("TargetName=iqn.2001-04.com.example:a", "malformed")]
    [InlineData("SendTargets=Reject|", "names what is no target")]
    public async Task Discover_BadList_ClearFault(string text, string fault)
    {
        Answer([text]);
        var thrown = await Assert.ThrowsAsync<IscsiException>(DiscoverAsync);
        Assert.Equal(IscsiFaultKind.ProtocolError, thrown.Fault.Kind);
        Assert.Contains(fault, thrown.Fault.Text, StringComparison.Ordinal);
        Assert.Equal(0, _net.OpenWires);
    }

    [Fact]
    public async Task Discover_ListWithoutEnd_RefusedWithinBounds()
    {
        _net.Target.OnPdu = (side, bhs, _) =>
        {
            var tag = new BasicHeaderSegment(bhs).InitiatorTaskTag;
            side.Send<TextResponse>(
                pdu =>
                {
                    pdu.Final = false;
                    pdu.Continue = true;
                    pdu.InitiatorTaskTag = tag;
                    pdu.TargetTransferTag = new(3);
                },
                Encoding.ASCII.GetBytes(new string('x', 8000)));
            return true;
        };
        var thrown = await Assert.ThrowsAsync<IscsiException>(DiscoverAsync);
        Assert.Contains("TooLong", thrown.Fault.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Discover_TargetSilent_GivesUpInTime()
    {
        _net.Target.OnPdu = (_, _, _) => true;
        var discovering = _net.Initiator.DiscoverAsync(new("sim", 3260), null, TestContext.Current.CancellationToken);
        _net.Advance(TimeSpan.FromSeconds(16));
        var thrown = await Assert.ThrowsAsync<IscsiException>(() => discovering);
        Assert.Equal(IscsiFaultKind.TimedOut, thrown.Fault.Kind);
    }

    [Fact]
    public async Task Discover_Redirected_AsksThere()
    {
        var there = new SimulatedTarget();
        _net.Others[4000] = there;
        _net.Target.Decide = _ => LoginDecision.Redirect(new("there", 4000), permanently: false);
        Answer(["TargetName=iqn.2001-04.com.example:one|"], there);
        Assert.Single(await DiscoverAsync());
        there.Decide = _ => LoginDecision.Redirect(new("sim", 3260), permanently: false);
        var thrown = await Assert.ThrowsAsync<IscsiException>(DiscoverAsync);
        Assert.Equal(IscsiFaultKind.RedirectedTooOften, thrown.Fault.Kind);
    }

    [Fact]
    public async Task Discover_NobodyThere_ConnectFailed()
    {
        _net.Reachable = false;
        var thrown = await Assert.ThrowsAsync<IscsiException>(DiscoverAsync);
        Assert.Equal(IscsiFaultKind.ConnectFailed, thrown.Fault.Kind);
    }

    // Each piece in a PDU of its own; '|' stands for NUL.
    private void Answer(string[] pieces, SimulatedTarget? by = null)
    {
        var next = 0;
        (by ?? _net.Target).OnPdu = (side, bhs, data) =>
        {
            var header = new BasicHeaderSegment(bhs);
            if (header.OpCode != PduOpCode.TextRequest) return false;
            Assert.Equal(next == 0 ? "SendTargets=All\0" : "", Encoding.ASCII.GetString(data));
            var last = next == pieces.Length - 1;
            var tag = header.InitiatorTaskTag;
            side.Send<TextResponse>(
                pdu =>
                {
                    pdu.Final = last;
                    pdu.Continue = !last;
                    pdu.InitiatorTaskTag = tag;
                    if (!last) pdu.TargetTransferTag = new(3);
                },
                Encoding.ASCII.GetBytes(pieces[next++].Replace('|', '\0')));
            return true;
        };
    }

    private async Task<IReadOnlyList<TargetRecord>> DiscoverAsync()
    {
        var stop = TestContext.Current.CancellationToken;
        var discovering = _net.Initiator.DiscoverAsync(new PortalAddress("sim", 3260), null, stop);
        _net.Pump();
        return await discovering.WaitAsync(Patience, stop);
    }
}
