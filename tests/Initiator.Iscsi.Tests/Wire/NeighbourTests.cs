using System.Buffers.Binary;
using Lunette.Initiator.Iscsi.Tests.Kit;
using Lunette.Iscsi;
using Lunette.Runtime.Loops;
using Lunette.Scsi;
using Lunette.Testing.Wire;

namespace Lunette.Initiator.Iscsi.Tests.Wire;

/// <summary>
/// Over TCP, on one loop: while a hostile target says the same thing as fast as it can, a session with a good one goes
/// on and reads what it wrote.
/// </summary>
[Collection(AllocationTests.Name)]         // memory is the whole process'
public class NeighbourTests
{
    private const int Blocks = 8;
    private const int RoundsEach = 20;
    private const long BytesMax = 96 << 20;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(180);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("pings", false)]
    [InlineData("pings", true)]
    [InlineData("pings that want no answer", false)]
    [InlineData("pings that want no answer", true)]
    [InlineData("asynchronous messages", false)]
    [InlineData("rejects", false)]
    [InlineData("data for nobody", false)]
    [InlineData("garbage", false)]
    [InlineData("garbage", true)]
    [InlineData("logs out whoever comes", false)]
    [InlineData("never answers", false)]
    public async Task HostileTarget_OnTheSameLoop_NeighbourVerifiesMeanwhile(string what, bool portable)
    {
        await using var good = await LunetteTarget.StartAsync(null);
        await using var hostile = new HostileTarget(
            new SimulatedTarget { OnPdu = static (_, _, _) => true }, side => Say(side, what));
        await using var initiator = IscsiInitiator.Start(
            new IscsiInitiatorOptions { Name = IscsiName.Parse("iqn.2001-04.com.example:host") },
            new LoopGroupOptions { Count = 1, Portable = portable, Spin = false });
        await using var neighbour = await IscsiSession.ConnectAsync(
            initiator, Options(IWireTarget.Name, good.Port), Stop);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var victim = await IscsiSession.ConnectAsync(initiator, Options(SimulatedTarget.Name, hostile.Port), Stop);
        var suffering = Enumerable.Range(0, 4).Select(_ => SufferAsync(victim)).ToList();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => VerifyAsync(neighbour, i))).WaitAsync(s_patience, Stop);

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, BytesMax);
        Assert.Equal(1, neighbour.Settings.Logins);
        await victim.DisposeAsync().AsTask().WaitAsync(s_patience, Stop);
        foreach (var result in await Task.WhenAll(suffering).WaitAsync(s_patience, Stop))
            Assert.NotEmpty(result.Fault!.Text);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => VerifyAsync(neighbour, i))).WaitAsync(s_patience, Stop);
    }

    private static void Say(TargetSide side, string what)
    {
        switch (what)
        {
            case "pings": side.Ping(77, "are you there"u8); break;
            case "pings that want no answer": side.Ping(InitiatorTaskTag.Reserved.Value, []); break;
            case "asynchronous messages":
                side.Message(AsyncEvent.ScsiAsynchronousEvent, sense: [0x70, 0, 6, 0, 0, 0, 0, 0]);
                break;
            case "rejects":
                Span<byte> about = stackalloc byte[48];
                Pdu.Begin<NopOut>(about);
                side.Send<Reject>(pdu => pdu.Reason = RejectReason.ProtocolError, about);
                break;
            case "data for nobody":
                side.Send<DataIn>(pdu => pdu.InitiatorTaskTag = new(0x7FFF_0001), new byte[4096], countsStatus: false);
                break;
            case "garbage": side.Raw(SessionTests.Pattern(4096, side.Commands)); break;
            case "logs out whoever comes": side.Message(AsyncEvent.SessionDrop); break;
            default: break;
        }
    }

    // Whatever becomes of it, it ends when its session is closed.
    private static async Task<ScsiResult> SufferAsync(IscsiSession session)
    {
        while (true)
        {
            var result = await session.ExecuteAsync(
                new IscsiCommand(Lun.Zero, Cdb(0x88, 0)), new byte[Blocks * 512], default, CancellationToken.None);
            if (session.State == IscsiSessionState.Ended) return result;
            await Task.Yield();
        }
    }

    private static async Task VerifyAsync(IscsiSession session, int worker)
    {
        for (var round = 0; round < RoundsEach; round++)
        {
            var data = SessionTests.Pattern(Blocks * 512, (worker * RoundsEach) + round);
            var write = await RetryAsync(session, Cdb(0x8A, worker * 100), default, data);
            Assert.True(write.IsGood, write.Describe());
            var back = new byte[data.Length];
            var read = await RetryAsync(session, Cdb(0x88, worker * 100), back, default);
            Assert.True(read.IsGood, read.Describe());
            Assert.Equal(data, back);
        }
    }

    // The first commands of a nexus meet unit attentions.
    private static async Task<ScsiResult> RetryAsync(
        IscsiSession session, byte[] cdb, Memory<byte> dataIn, ReadOnlyMemory<byte> dataOut)
    {
        while (true)
        {
            var result = await session.ExecuteAsync(
                new IscsiCommand(Lun.Zero, cdb), dataIn, dataOut, CancellationToken.None);
            if (!result.TryGetSense(out var sense) || sense.Key != SenseKey.UnitAttention) return result;
        }
    }

    private static byte[] Cdb(byte code, int lba)
    {
        var cdb = new byte[16];
        cdb[0] = code;
        BinaryPrimitives.WriteUInt64BigEndian(cdb.AsSpan(2), (ulong)lba);
        cdb[13] = Blocks;
        return cdb;
    }

    // One core may have to do for both targets and the initiator: a loop that does not get to its turn for seconds is
    // slow, and neither side takes the other for gone.
    private static IscsiSessionOptions Options(IscsiName name, int port) => new()
    {
        TargetName = name,
        Portals = [new PortalAddress("127.0.0.1", port)],
        ConnectTimeout = s_patience,
        LoginTimeout = s_patience,
        LogoutTimeout = TimeSpan.FromSeconds(1),
        PingInterval = TimeSpan.Zero,
        HeaderDigests = [Digest.None],
        DataDigests = [Digest.None],
    };
}
