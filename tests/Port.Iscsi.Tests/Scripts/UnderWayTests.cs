using Lunette.Iscsi;
using Lunette.Port.Iscsi.Connections;
using Lunette.Port.Iscsi.Tests.Kit;

namespace Lunette.Port.Iscsi.Tests.Scripts;

/// <summary>What is wished of a session after its login was answered and before its connection is here.</summary>
public class UnderWayTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Logout_AskedUnderWay_SaidAsSoonAsTheConnectionIsHere()
    {
        await using var script = await SessionScript.StartAsync(underWay: s =>
        {
            s.Session.RequestLogout(s_patience);
            s.Loop.Advance(TimeSpan.FromSeconds(5));
        });
        var asked = AsynchronousMessage.Over((ReadOnlySpan<byte>)script.Expect(PduOpCode.AsynchronousMessage).Header);
        Assert.Equal(AsyncEvent.LogoutRequest, asked.AsyncEvent);
        Assert.Equal(15, asked.Parameter3);
        script.Loop.Advance(TimeSpan.FromSeconds(14));
        Assert.Equal(0, script.Provider.Counters.Drops(DropReason.LogoutTimedOut));
        script.Loop.Advance(TimeSpan.FromSeconds(3));
        script.ExpectDropped(DropReason.LogoutTimedOut);
    }

    [Theory]
    [InlineData(DropReason.TargetColdReset)]
    [InlineData(DropReason.SessionReinstated)]
    [InlineData(DropReason.Ended)]
    public async Task Close_UnderWay_TheConnectionIsDroppedForThatReason(DropReason reason)
    {
        await using var script = await SessionScript.StartAsync(underWay: s => s.Session.RequestClose(reason));
        script.ExpectNothing();
        script.ExpectDropped(reason);
    }

    [Fact]
    public async Task Logout_DeadlinePassesUnderWay_TheConnectionIsDropped()
    {
        await using var script = await SessionScript.StartAsync(underWay: s =>
        {
            s.Session.RequestLogout(s_patience);
            s.Loop.Advance(s_patience + TimeSpan.FromSeconds(1));
        });
        script.ExpectNothing();
        script.ExpectDropped(DropReason.LogoutTimedOut);
    }
}
