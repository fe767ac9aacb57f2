using System.Text;
using Lunette.Iscsi;
using Lunette.Testing.Iscsi;

namespace Lunette.EndToEnd;

/// <summary>
/// Bad input at the real daemon, beside an initiator whose bytes are verified throughout: each gets what RFC 7143 says
/// at error recovery level 0, is counted by a name, and disturbs nobody.
/// </summary>
public sealed class BadInputTests : EndToEndTests
{
    private static readonly NegotiationTerms s_digests = new()
    {
        HeaderDigests = [Digest.Crc32C],
        DataDigests = [Digest.Crc32C],
        InitialR2T = false,
    };

    [Fact]
    public async Task BadInput_OfEveryKind_AnsweredCountedAndNobodyElseDisturbed()
    {
        await using var daemon = await RunningDaemon.StartAsync(Home);
        await using var steady = await Steady.ConnectAsync(daemon);
        using var over = new CancellationTokenSource();
        var verified = steady.VerifyUntilAsync(over.Token);
        var memory = daemon.ResidentBytes();

        await GarbageAsync(daemon);
        await TruncatedLoginAsync(daemon);
        await OversizedLoginAsync(daemon);
        await UnknownKeysAndValuesAsync(daemon);
        await CommandBeforeLoginAsync(daemon);
        await OversizedPduAsync(daemon);
        await WrongHeaderDigestAsync(daemon);
        await WrongDataDigestAsync(daemon);
        await CmdSnOutsideTheWindowAsync(daemon);

        await over.CancelAsync();
        Assert.True(await verified > 0);
        Assert.Equal(1, steady.Session.Settings.Logins);
        Assert.Equal(0, await daemon.CounterAsync("dropped Fault"));
        Assert.InRange(daemon.ResidentBytes() - memory, long.MinValue, 100L << 20);
        Assert.Equal(0, await daemon.StopAsync());
    }

    private static async Task GarbageAsync(RunningDaemon daemon)
    {
        var random = new Random(7);
        for (var i = 0; i < 20; i++)
        {
            using var noise = await SocketInitiator.ConnectAsync(daemon.EndPoint);
            var bytes = new byte[random.Next(48, 20_000)];
            random.NextBytes(bytes);
            bytes[0] = 0x3F;            // an initiator's opcode that nothing has
            // It may be dropped while we are still talking.
            await noise.TrySendAsync(bytes);
            Assert.Null(await noise.ReceiveAsync());
        }
        await CountedAsync(daemon, "LoginFailed", 20);
    }

    private static async Task TruncatedLoginAsync(RunningDaemon daemon)
    {
        using (var cut = await SocketInitiator.ConnectAsync(daemon.EndPoint))
            await cut.SendAsync(Login("InitiatorName=iqn.2026-11.example:cut\0")[..60]);
        await CountedAsync(daemon, "PeerClosed", 1);
    }

    private static async Task OversizedLoginAsync(RunningDaemon daemon)
    {
        using var large = await SocketInitiator.ConnectAsync(daemon.EndPoint);
        var bytes = Login("");
        bytes[5] = 0xFF;                // 16 MiB of text
        await large.SendAsync(bytes);
        if (await large.ReceiveAsync() is { } answer)
        {
            Assert.Equal(LoginStatus.InitiatorError, LoginResponse.Over((ReadOnlySpan<byte>)answer.Header).Status);
            Assert.Null(await large.ReceiveAsync());
        }
        await CountedAsync(daemon, "LoginFailed", 21);
    }

    // RFC 7143 section 6.2: what is not understood is said not to be, what is out of range is rejected, and the login
    // goes on with the defaults.
    private static async Task UnknownKeysAndValuesAsync(RunningDaemon daemon)
    {
        using var strange = await SocketInitiator.ConnectAsync(daemon.EndPoint);
        await strange.SendAsync(Login(
            "InitiatorName=iqn.2026-11.example:strange\0SessionType=Normal\0TargetName=" + daemon.Target +
            "\0X-org.example.colour=blue\0Nonsense=1\0MaxConnections=0\0InitialR2T=Perhaps\0HeaderDigest=MD5\0"));
        var answer = await strange.ExpectAsync(PduOpCode.LoginResponse);
        Assert.Equal(LoginStatus.Success, LoginResponse.Over((ReadOnlySpan<byte>)answer.Header).Status);
        var said = Encoding.UTF8.GetString(answer.Data).Split('\0');
        Assert.Contains("X-org.example.colour=NotUnderstood", said);
        Assert.Contains("Nonsense=NotUnderstood", said);
        Assert.Contains("MaxConnections=Reject", said);
        Assert.Contains("InitialR2T=Reject", said);
        Assert.Contains("HeaderDigest=Reject", said);
    }

    private static async Task CommandBeforeLoginAsync(RunningDaemon daemon)
    {
        var failed = await daemon.CounterAsync("dropped LoginFailed");
        using var hasty = await SocketInitiator.ConnectAsync(daemon.EndPoint);
        await hasty.SendCommandAsync(Cdb.TestUnitReady);
        Assert.Null(await hasty.ReceiveAsync());
        await CountedAsync(daemon, "LoginFailed", failed + 1);
    }

    private static async Task OversizedPduAsync(RunningDaemon daemon)
    {
        var before = await daemon.CounterAsync("dropped OversizedPdu");
        using var large = await LoggedInAsync(daemon, "large");
        var header = new byte[BasicHeaderSegment.Length];
        Pdu.Begin<NopOut>(header);
        header[5] = 0xFF;
        await large.SendAsync(header);
        Assert.Null(await large.ReceiveAsync());
        await CountedAsync(daemon, "OversizedPdu", before + 1);
    }

    private static async Task WrongHeaderDigestAsync(RunningDaemon daemon)
    {
        using var wrong = await LoggedInAsync(daemon, "header", s_digests);
        await wrong.SendAsync(WirePdu.Build<ScsiCommand>(c => c.InitiatorTaskTag = new(7), default, headerDigest: false)
            .Concat(new byte[4]).ToArray());
        Assert.Null(await wrong.ReceiveAsync());
        await CountedAsync(daemon, "HeaderDigestError", 1);
    }

    // A Reject, and the task ends: the connection stays (section 7.8).
    private static async Task WrongDataDigestAsync(RunningDaemon daemon)
    {
        using var wrong = await LoggedInAsync(daemon, "data", s_digests);
        var ping = WirePdu.Build<NopOut>(
            p =>
            {
                p.Immediate = true;
                p.InitiatorTaskTag = new(9);
                p.TargetTransferTag = TargetTransferTag.Reserved;
                p.CmdSn = wrong.Session.Window.ExpCmdSn;
            },
            new byte[64], headerDigest: true, dataDigest: true);
        ping[^1] ^= 1;
        await wrong.SendAsync(ping);
        var reject = await wrong.ExpectAsync(PduOpCode.Reject);
        Assert.Equal(RejectReason.DataDigestError, Reject.Over((ReadOnlySpan<byte>)reject.Header).Reason);
        await wrong.SettleAsync();
    }

    private static async Task CmdSnOutsideTheWindowAsync(RunningDaemon daemon)
    {
        using var ahead = await LoggedInAsync(daemon, "ahead");
        await ahead.SendAsync(WirePdu.Build<ScsiCommand>(c =>
        {
            c.InitiatorTaskTag = new(0x7777);
            c.CmdSn = new CmdSn(ahead.Session.Window.MaxCmdSn.Value + 1);
        }));
        // It is ignored: the next answer is the next command's.
        var tag = await ahead.SendCommandAsync(Cdb.TestUnitReady);
        var answer = await ahead.ExpectAsync(PduOpCode.ScsiResponse);
        Assert.Equal(tag, ScsiResponse.Over((ReadOnlySpan<byte>)answer.Header).InitiatorTaskTag.Value);
    }

    private static async Task<SocketInitiator> LoggedInAsync(
        RunningDaemon daemon, string name, NegotiationTerms? terms = null)
    {
        var initiator = await SocketInitiator.ConnectAsync(daemon.EndPoint);
        var settings = SocketInitiator.Settings(name, target: daemon.Target);
        if (terms is not null) settings = settings with { Negotiation = terms };
        Assert.Equal(LoginStatus.Success, await initiator.LoginAsync(settings));
        return initiator;
    }

    private static byte[] Login(string text) => WirePdu.Build<LoginRequest>(
        r =>
        {
            r.CurrentStage = LoginStage.LoginOperationalNegotiation;
            r.NextStage = LoginStage.FullFeaturePhase;
            r.Isid = new Isid(77);
            r.CmdSn = new CmdSn(1);
        },
        Encoding.UTF8.GetBytes(text));

    // The peer sees its connection end a moment before it is counted.
    private static Task CountedAsync(RunningDaemon daemon, string reason, long count) =>
        daemon.CountsAsync("dropped " + reason, count);
}
