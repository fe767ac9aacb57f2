using Lunette.Initiator.Iscsi.Tests.Kit;
using Lunette.Iscsi;
using static Lunette.Initiator.Iscsi.Tests.Kit.SimulatedNetwork;

namespace Lunette.Initiator.Iscsi.Tests;

/// <summary>
/// A target that logs nobody in: whatever it answers, the caller is told what, in time and within bounds, and a session
/// with another target on the same loop is as it was.
/// </summary>
public sealed class HostileLoginTests : IDisposable
{
    private const int NeighbourPort = 4000;

    // What 64 answers of 8 KiB and their bookkeeping may cost, and nothing that a target can make grow.
    private const long BytesMax = 8 << 20;

    private readonly SimulatedNetwork _net = new();

    public HostileLoginTests() => _net.Others[NeighbourPort] = new SimulatedTarget();

    public void Dispose() => _net.Dispose();

    public static TheoryData<string, string> Misdeeds => new()
    {
        { "no answer", "took too long" },
        { "half a header", "took too long" },
        { "answers that lead nowhere", "Endless" },
        { "another ISID", "HeaderChanged" },
        { "another task tag", "HeaderChanged" },
        { "another version", "UnsupportedVersion" },
        { "a stage that was not asked for", "BadStage" },
        { "continues without end", "MalformedText" },
        { "continues with nothing", "MalformedText" },
        { "16 MiB of keys", "a data segment of 16777215 bytes" },
        { "a key twice", "MalformedText" },
        { "a key without a value", "MalformedText" },
        { "a value with a control character", "MalformedText" },
        { "a method nobody offered", "NoAuthenticationMethod" },
        { "a status nobody knows", "the target refused the login" },
        { "redirect without an address", "TargetMovedTemporarily" },
        { "redirect to no address", "TargetMovedTemporarily" },
        { "redirect to itself", "from place to place" },
        { "redirect to a thousand dead places", "nobody listens" },
        { "an answer to a command", "NotALogin" },
        { "an asynchronous message", "NotALogin" },
        { "additional headers", "additional headers" },
        { "closes", "closed the connection" },
    };

    [Theory]
    [MemberData(nameof(Misdeeds))]
    public async Task Login_TargetMisbehaves_SaysHowAndNobodyElseIsDisturbed(string misdeed, string text)
    {
        var neighbour = await _net.ConnectAsync(
            _net.Options with { Portals = [new PortalAddress("sim", NeighbourPort)] });
        var data = SessionTests.Pattern(512, 7);
        Assert.True((await _net.RunAsync(neighbour, Write10(3, 1), dataOut: data)).IsGood);
        var back = new byte[512];
        var reading = Start(neighbour, Read10(3, 1), back);
        _net.Target.OnLogin = (side, bhs, _) =>
        {
            Misbehave(side, LoginRequest.Over(new BasicHeaderSegment(bhs)), misdeed);
            return true;
        };
        var stop = TestContext.Current.CancellationToken;
        var connecting = IscsiSession.ConnectAsync(_net.Initiator, _net.Options, stop);
        var discovering = _net.Initiator.DiscoverAsync(new PortalAddress("sim", 3260), null, stop);
        var before = GC.GetAllocatedBytesForCurrentThread();
        _net.Advance(TimeSpan.FromSeconds(16));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        var refused = (await Assert.ThrowsAsync<IscsiException>(() => connecting.WaitAsync(Patience, stop))).Fault;
        Assert.Contains(text, refused.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(refused.Text, char.IsControl);
        await Assert.ThrowsAsync<IscsiException>(() => discovering.WaitAsync(Patience, stop));
        Assert.InRange(allocated, 0, BytesMax);
        Assert.InRange(_net.Dials.Count, 3, 6);
        Assert.Equal(1, _net.OpenWires);
        Assert.True((await reading.WaitAsync(Patience, stop)).IsGood);
        Assert.Equal(data, back);
        Assert.Equal(1, neighbour.Settings.Logins);
        await _net.CloseAsync(neighbour);
    }

    private static void Misbehave(TargetSide side, LoginRequest asked, string misdeed)
    {
        switch (misdeed)
        {
            case "no answer": break;
            case "half a header": side.Raw(new byte[20]); break;
            case "closes": side.Closing = true; break;
            case "answers that lead nowhere": Answer(side, asked, ""); break;
            case "another ISID": Answer(side, asked, "", change: pdu => pdu.Isid = Isid.FromRandom(1, 2)); break;
            case "another task tag": Answer(side, asked, "", change: pdu => pdu.InitiatorTaskTag = new(77)); break;
            case "another version": Answer(side, asked, "", change: pdu => pdu.VersionActive = 3); break;
            case "a stage that was not asked for":
                Answer(side, asked, "", change: pdu => pdu.CurrentStage = LoginStage.FullFeaturePhase);
                break;
            case "continues without end":
                Answer(side, asked, "X-a=" + new string('a', 4096), change: pdu => pdu.Continue = true);
                break;
            case "continues with nothing": Answer(side, asked, "", change: pdu => pdu.Continue = true); break;
            case "16 MiB of keys":
                Span<byte> bhs = stackalloc byte[48];
                Pdu.Begin<LoginResponse>(bhs).DataSegmentLength = 0xFF_FFFF;
                side.Raw(bhs);
                side.Raw(new byte[65_536]);
                break;
            case "a key twice": Answer(side, asked, "AuthMethod=None|AuthMethod=None|X-a=1|X-a=2|TargetAlias"); break;
            case "a key without a value": Answer(side, asked, "AuthMethod|"); break;
            case "a value with a control character": Answer(side, asked, "TargetAlias=\u001b[2J|"); break;
            case "a method nobody offered": Answer(side, asked, "AuthMethod=KRB5|"); break;
            case "a status nobody knows": Refuse(side, asked, (LoginStatus)0x0999, ""); break;
            case "redirect without an address": Refuse(side, asked, LoginStatus.TargetMovedTemporarily, ""); break;
            case "redirect to no address":
                Refuse(side, asked, LoginStatus.TargetMovedTemporarily, "TargetAddress=host:99999,1|");
                break;
            case "redirect to itself":
                Refuse(side, asked, LoginStatus.TargetMovedTemporarily, "TargetAddress=sim:3260,1|");
                break;
            case "redirect to a thousand dead places":
                var places = string.Concat(Enumerable.Range(1, 1000).Select(port => $"TargetAddress=sim:{port},1|"));
                Refuse(side, asked, LoginStatus.TargetMovedTemporarily, places);
                break;
            case "an answer to a command": side.Respond(asked.InitiatorTaskTag.Value, Scsi.ScsiStatus.Good); break;
            case "an asynchronous message": side.Message(AsyncEvent.SessionDrop); break;
            case "additional headers":
                Answer(side, asked, "");
                side.Corrupt(side.OutLength - 44);
                break;
            default: throw new ArgumentException(misdeed);
        }
    }

    private static void Answer(TargetSide side, LoginRequest asked, string text, LoginChange? change = null) =>
        side.AnswerLogin(asked, text, change);

    private static void Refuse(TargetSide side, LoginRequest asked, LoginStatus status, string text) =>
        Answer(side, asked, text, pdu => pdu.Status = status);
}
