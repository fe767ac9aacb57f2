using Lunette.Iscsi;
using Lunette.Port.Iscsi.Statistics;
using Lunette.Port.Iscsi.Tests.Kit;
using Lunette.Testing.Iscsi;

namespace Lunette.Port.Iscsi.Tests.Scripts;

/// <summary>Commands to a logical unit that does not answer fill the window (RFC 7143 section 4.2.2.1).</summary>
public sealed class StuckWindowTests
{
    private const int Window = 4;
    private const int Reserve = 2;
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(1100);

    [Fact]
    public async Task Window_FullOfStuckCommands_ReserveForTheOthersPaidBackLater()
    {
        await using var script = await StartAsync();
        for (var i = 0; i < Window; i++) script.SendCommand(Cdb.TestUnitReady, lun: 1);
        script.Loop.Advance(s_look);
        script.ExpectNothing();                     // full, as it may be

        script.Steered.Stalls = true;
        script.Loop.Advance(s_look);
        var nop = script.Expect(PduOpCode.NopIn);
        Assert.True(NopIn.Over((ReadOnlySpan<byte>)nop.Header).TargetTransferTag.IsReserved);
        Assert.Equal(Reserve, FreeAfter(script, nop));
        Assert.Equal(1, script.Provider.Counters.ReservesOpened);
        for (var i = 0; i < 5; i++)
        {
            script.SendCommand(Cdb.TestUnitReady);
            Assert.Equal(Reserve, FreeAfter(script, script.Expect(PduOpCode.ScsiResponse)));
        }
        script.Loop.Advance(s_look);
        script.ExpectNothing();                     // told once

        script.Steered.Stalls = false;
        script.Loop.Advance(s_look);
        int[] free = [2, 2, 3, 4];
        foreach (var left in free)
        {
            script.Steered.Complete(script.Steered.Tasks[0]);
            Assert.Equal(left, FreeAfter(script, script.Expect(PduOpCode.ScsiResponse)));
        }
        script.SendCommand(Cdb.TestUnitReady);
        Assert.Equal(Window, FreeAfter(script, script.Expect(PduOpCode.ScsiResponse)));
    }

    [Fact]
    public async Task Reserve_FullToo_CommandsBeyondItAreIgnored()
    {
        await using var script = await StartAsync();
        for (var i = 0; i < Window; i++) script.SendCommand(Cdb.TestUnitReady, lun: 1);
        script.Steered.Stalls = true;
        script.Loop.Advance(s_look);
        script.Expect(PduOpCode.NopIn);
        for (var i = 0; i < Reserve; i++) script.SendCommand(Cdb.TestUnitReady, lun: 1);
        script.SendCommand(Cdb.TestUnitReady);
        script.ExpectNothing();
        Assert.Equal(1, script.Provider.Counters.Ignored);
        Assert.Equal(1, script.Provider.Counters.Reached(SessionBound.Commands));
        script.Loop.Advance(s_look);
        script.ExpectNothing();                     // one unit is stuck, and has its reserve
        Assert.Equal(Window + Reserve, script.Session.Tasks.InUse);
    }

    private static Task<SessionScript> StartAsync() =>
        SessionScript.StartAsync(options: new IscsiPortOptions { CommandWindow = Window, CommandReserve = Reserve });

    // Commands that the initiator may send, by what it was told.
    private static int FreeAfter(SessionScript script, WirePdu pdu)
    {
        var nop = NopIn.Over((ReadOnlySpan<byte>)pdu.Header);       // both numbers stand where every answer has them
        Assert.Equal(script.CmdSn, nop.ExpCmdSn.Value);
        return (int)(nop.MaxCmdSn.Value - nop.ExpCmdSn.Value) + 1;
    }
}
