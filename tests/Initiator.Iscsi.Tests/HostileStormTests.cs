using Lunette.Initiator.Iscsi.Tests.Kit;
using Lunette.Initiator.Iscsi.Tests.Wire;
using Lunette.Iscsi;
using Lunette.Scsi;
using static Lunette.Initiator.Iscsi.Tests.Kit.SimulatedNetwork;

namespace Lunette.Initiator.Iscsi.Tests;

/// <summary>
/// What a target may say, said without end, and answers that are lawful and lie: memory stays bounded, the caller gets
/// what came and no more.
/// </summary>
[Collection(AllocationTests.Name)]         // memory is the whole process'
public sealed class HostileStormTests : IDisposable
{
    private const int Rounds = 50;
    private const int EachRound = 1000;

    private readonly SimulatedNetwork _net = new();

    public void Dispose() => _net.Dispose();

    [Theory]
    [InlineData("pings that want no answer")]
    [InlineData("asynchronous messages with sense")]
    [InlineData("asynchronous messages nobody knows")]
    [InlineData("requests to negotiate")]
    [InlineData("rejects of a ping")]
    [InlineData("rejects of commands that are not there")]
    [InlineData("Data-In without data")]
    public async Task Storm_OfWhatIsLawful_MemoryIsBoundedAndTheSessionStays(string what)
    {
        var session = await _net.ConnectAsync(_net.Options with { Observer = null });
        uint held = 0;
        var taken = 0;
        _net.Target.OnPdu = (_, bhs, _) =>
        {
            var header = new BasicHeaderSegment(bhs);
            if (header.OpCode == PduOpCode.ScsiCommand) held = header.InitiatorTaskTag.Value;
            return taken++ >= 0;
        };
        var reading = Start(session, Read10(0, 1), new byte[512]);
        _net.Pump();
        Round(0);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var round = 1; round < Rounds; round++) Round(round);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 8 << 20);
        Assert.InRange(taken, 1, 3);            // no more is said than before

        Assert.False(reading.IsCompleted);
        _net.Target.Last.Respond(held, ScsiStatus.Good);
        _net.Pump();
        Assert.True((await reading).IsGood);
        Assert.Equal(1, session.Settings.Logins);
        _net.Target.OnPdu = null;
        await _net.CloseAsync(session);

        void Round(int round)
        {
            for (var i = 0; i < EachRound; i++) Say(_net.Target.Last, held, (uint)((round * EachRound) + i), what);
            _net.Pump();
        }
    }

    public static TheoryData<string, ScsiStatus, int, long> LawfulLies => new()
    {
        { "status without the final bit", ScsiStatus.Good, 512, 0 },
        { "underflow of 4 GiB", ScsiStatus.Good, 512, uint.MaxValue },
        { "overflow of 4 GiB", ScsiStatus.Good, 512, -(long)uint.MaxValue },
        { "underflow and overflow", ScsiStatus.Good, 512, 9 },
        { "GOOD without data", ScsiStatus.Good, 0, 512 },
        { "a status nobody knows", (ScsiStatus)0x3E, 0, 512 },
        { "CHECK CONDITION without sense", ScsiStatus.CheckCondition, 0, 512 },
        { "sense of one byte", ScsiStatus.CheckCondition, 0, 512 },
        { "sense of 4,000 bytes", ScsiStatus.CheckCondition, 0, 512 },
    };

    [Theory]
    [MemberData(nameof(LawfulLies))]
    public async Task Answer_LawfulAndLying_CallerGetsWhatCame(string lie, ScsiStatus status, int came, long residual)
    {
        var session = await _net.ConnectAsync();
        _net.Target.OnPdu = (side, bhs, _) =>
        {
            var header = new BasicHeaderSegment(bhs);
            if (header.OpCode != PduOpCode.ScsiCommand || bhs[32] != 0x28) return false;
            Lie(side, header.InitiatorTaskTag.Value, lie);
            return true;
        };
        var buffer = new byte[1024];
        var result = await _net.RunAsync(session, Read10(0, 1), buffer.AsMemory(0, 512));
        Assert.Equal((CommandOutcome.Completed, status), (result.Outcome, result.Status));
        Assert.Equal((came, residual), (result.DataInLength, result.Residual));
        Assert.Equal(-1, buffer.AsSpan(512).IndexOfAnyExcept((byte)0));
        Assert.NotEmpty(result.Describe());
        Assert.Equal(1, session.Settings.Logins);
        await _net.CloseAsync(session);
    }

    /// <summary>What INQUIRY answers for every page, and whether a unit can be told by it.</summary>
    public static TheoryData<byte[], bool> IdentityPages => new()
    {
        { [], false },
        { [0], false },
        { [0, 0x80, 0xFF], false },
        { [0, 0x80, 0xFF, 0xFF, 1], true },
        { [0, 0x83, 0xFF, 0xFF, 1, 2, 3], false },
        { [0, 0x83, 0, 8, 1, 2, 0, 0xFF, 1, 2, 3, 4], true },
        { [.. Enumerable.Repeat((byte)0xFF, 1024)], false },
    };

    [Theory]
    [MemberData(nameof(IdentityPages))]
    public async Task Identity_PagesThatLie_SentAgainOnlyToWhatCanBeTold(byte[] page, bool isTelling)
    {
        var session = await _net.ConnectAsync(_net.Options with { VerifyIdentity = true });
        var writes = 0;
        _net.Target.OnPdu = (side, bhs, _) =>
        {
            var header = new BasicHeaderSegment(bhs);
            if (header.OpCode != PduOpCode.ScsiCommand) return false;
            if (bhs[32] == 0x2A) return ++writes == 1;
            if (bhs[32] != 0x12) return false;
            side.Read(header.InitiatorTaskTag.Value, page, 1024);
            return true;
        };
        var write = Start(session, Write10(0, 1), dataOut: new byte[512]);
        _net.Pump();
        _net.Cut();
        _net.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(isTelling ? 2 : 1, writes);
        Assert.Equal(isTelling ? CommandOutcome.Completed : CommandOutcome.ConnectionLost, (await write).Outcome);
        Assert.True((await _net.RunAsync(session, [0, 0, 0, 0, 0, 0])).IsGood);
        await _net.CloseAsync(session);
    }

    private static void Lie(TargetSide side, uint tag, string lie)
    {
        switch (lie)
        {
            case "status without the final bit": Data(side, tag, pdu => pdu.Final = false); break;
            case "underflow of 4 GiB":
                Data(side, tag, pdu => (pdu.ResidualUnderflow, pdu.ResidualCount) = (true, uint.MaxValue));
                break;
            case "overflow of 4 GiB":
                Data(side, tag, pdu => (pdu.ResidualOverflow, pdu.ResidualCount) = (true, uint.MaxValue));
                break;
            case "underflow and overflow":
                Data(side, tag, pdu =>
                    (pdu.ResidualUnderflow, pdu.ResidualOverflow, pdu.ResidualCount) = (true, true, 9));
                break;
            case "a status nobody knows": side.Respond(tag, (ScsiStatus)0x3E); break;
            case "CHECK CONDITION without sense": side.Respond(tag, ScsiStatus.CheckCondition); break;
            case "sense of one byte": side.Respond(tag, ScsiStatus.CheckCondition, [0x70]); break;
            case "sense of 4,000 bytes":
                byte[] segment = [0x0F, 0xA0, .. Enumerable.Repeat((byte)0xFF, 4000)];
                side.Send<ScsiResponse>(
                    pdu => (pdu.InitiatorTaskTag, pdu.Status) = (new(tag), ScsiStatus.CheckCondition), segment);
                break;
            case "GOOD without data": side.Respond(tag, ScsiStatus.Good); break;
            default: throw new ArgumentException(lie);
        }
    }

    private static void Data(TargetSide side, uint tag, Change change) => side.Send<DataIn>(
        pdu =>
        {
            pdu.Final = true;
            pdu.InitiatorTaskTag = new(tag);
            pdu.HasStatus = true;
            change(pdu);
        },
        SessionTests.Pattern(512, 1));

    private static void Say(TargetSide side, uint tag, uint number, string what)
    {
        Span<byte> about = stackalloc byte[48];
        switch (what)
        {
            case "pings that want no answer": side.Ping(InitiatorTaskTag.Reserved.Value, "hello"u8); break;
            case "asynchronous messages with sense":
                side.Message(AsyncEvent.ScsiAsynchronousEvent, sense: [0x70, 0, 6, 0, 0, 0, 0, 0]);
                break;
            case "asynchronous messages nobody knows": side.Message((AsyncEvent)200, parameter3: 9); break;
            case "requests to negotiate": side.Message(AsyncEvent.NegotiationRequest); break;
            case "rejects of a ping":
                Pdu.Begin<NopOut>(about);
                side.Send<Reject>(pdu => pdu.Reason = RejectReason.ProtocolError, about);
                break;
            case "rejects of commands that are not there":
                var command = Pdu.Begin<Lunette.Iscsi.ScsiCommand>(about);
                command.InitiatorTaskTag = new(number + 0x0100_0000);
                side.Send<Reject>(pdu => pdu.Reason = RejectReason.CommandNotSupported, about);
                break;
            case "Data-In without data":
                side.Send<DataIn>(
                    pdu => (pdu.InitiatorTaskTag, pdu.DataSn) = (new(tag), new(number)), countsStatus: false);
                break;
            default: throw new ArgumentException(what);
        }
    }

    private delegate void Change(DataIn pdu);
}
