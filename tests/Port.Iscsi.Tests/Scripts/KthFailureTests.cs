using Lunette.Iscsi;
using Lunette.Port.Iscsi.Tests.Kit;
using Lunette.Runtime.Buffers;
using Lunette.Scsi;
using Lunette.Testing.Iscsi;

namespace Lunette.Port.Iscsi.Tests.Scripts;

/// <summary>
/// The k-th failure of what a connection needs: of a scenario the first call of its transport breaks, then the second,
/// and so on until it passes untouched; and the same with the first lease that is refused. Whatever ends, nothing of it
/// is left: the script looks.
/// </summary>
public sealed class KthFailureTests
{
    private const int KMax = 200;
    private const int Blocks = 16;
    private static readonly byte[] s_data = new byte[Blocks * SessionScript.BlockBytes];

    [Fact]
    public async Task Transport_BreaksAtTheKthCall_NothingIsLeft()
    {
        for (var k = 0; k < KMax; k++)
        {
            await using var script = await StartAsync();
            script.Wire.CallsUntilBroken = k;
            Run(script);
            if (script.Wire.CallsUntilBroken < 0) continue;
            Assert.True(k > 10, $"the scenario makes only {k} calls");
            return;
        }
        Assert.Fail($"the scenario makes more than {KMax} calls");
    }

    [Fact]
    public async Task Pool_RefusesTheKthLease_EndsInAStatusOrTheConnectionAndNothingIsLeft()
    {
        var untouched = false;
        for (var k = 0; k < 32; k++)
        {
            await using var script = await StartAsync();
            var taken = new LeaseList();
            for (var length = BufferPool.LargestBytes; length >= BufferPool.SmallestBytes; length /= 2)
                while (script.Buffers.TryLease(length, "taken away", out var lease)) taken.Add(lease);
            var kept = new LeaseList();
            for (var i = 0; i < taken.Count - k; i++) kept.Add(taken[i]);
            for (var i = taken.Count - k; i < taken.Count; i++) taken[i].Release();
            untouched = Run(script);
            kept.Release();
            taken.Forget();
        }
        Assert.True(untouched, "with 32 leases it goes well");
    }

    // A write that is asked for, one with immediate data that waits, one out of order, a read and a text: whether all
    // went well.
    private static bool Run(SessionScript script)
    {
        var good = 0;
        var solicited = script.SendCommand(Cdb.Write10(0, Blocks), write: (uint)s_data.Length);
        good += Answer(script, solicited);
        var immediate = script.SendCommand(
            Cdb.Write10(0, Blocks), write: (uint)s_data.Length, immediate: s_data.AsSpan(0, 4096));
        good += Answer(script, immediate);
        var (first, _) = script.BuildCommand(Cdb.TestUnitReady);
        var (second, _) = script.BuildCommand(Cdb.TestUnitReady);
        script.SendBytes(second);
        script.SendBytes(first);
        good += Answer(script, 0) + Answer(script, 0);
        good += Answer(script, script.SendCommand(Cdb.Read10(0, Blocks), read: (uint)s_data.Length));
        good += Answer(script, script.SendCommand([0x12, 0, 0, 0, 96, 0], read: 96));
        return good == 6;
    }

    private static int Answer(SessionScript script, uint tag)
    {
        while (script.Next() is { } pdu)
        {
            switch (pdu.OpCode)
            {
                case PduOpCode.ReadyToTransfer:
                    var (transfer, offset, length, _) = DataOutTests.Read(pdu);
                    DataOutTests.SendBurst(script, tag, transfer, s_data, (int)offset, (int)length, 4096);
                    break;
                case PduOpCode.DataIn when DataIn.Over((ReadOnlySpan<byte>)pdu.Header) is { HasStatus: true }:
                    return 1;
                case PduOpCode.ScsiResponse:
                    var status = ScsiResponse.Over((ReadOnlySpan<byte>)pdu.Header).Status;
                    Assert.True(Enum.IsDefined(status));
                    return status == ScsiStatus.Good ? 1 : 0;
                default:
                    break;
            }
        }
        return 0;
    }

    private static Task<SessionScript> StartAsync() => SessionScript.StartAsync();
}
