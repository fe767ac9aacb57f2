namespace Lunette.Iscsi.Tests;

/// <summary>Both machines against each other, and the initiator's against answers typed by hand.</summary>
public class LoginTests
{
    private static TargetLoginTerms Chap(params ChapAlgorithm[] algorithms) => new()
    {
        Authentication = new()
        {
            Required = true,
            Initiator = LoginKit.Host,
            Target = LoginKit.Disk,
            Algorithms = algorithms,
        },
    };

    [Fact]
    public void NoAuthentication_BothSidesAgree()
    {
        var settings = LoginKit.Settings with
        {
            InitiatorAlias = "me",
            Negotiation = new()
            {
                HeaderDigests = [Digest.Crc32C],
                InitialR2T = false,
                MaxRecvDataSegmentLength = 65_536,
            },
        };
        var initiator = new InitiatorLogin(settings, LoginKit.Entropy());
        var target = LoginKit.NewTarget();
        var terms = new TargetLoginTerms
        {
            PortalGroupTag = 5,
            TargetAlias = "disk",
            Negotiation = new() { InitialR2T = false, MaxBurstLength = 65_536 },
        };
        var (last, answer, requests) = LoginKit.Run(initiator, target, terms);
        Assert.Equal(InitiatorLoginAction.Complete, last.Action);
        Assert.Equal(TargetLoginAction.Complete, answer.Action);
        Assert.Equal(2, requests);
        Assert.Equal(target.Outcome!.Session, initiator.Outcome!.Session);
        Assert.Equal(new Tsih(9), initiator.Outcome.Tsih);
        Assert.Equal(5, initiator.Outcome.PortalGroupTag);
        Assert.Equal("disk", initiator.Outcome.TargetAlias);
        Assert.False(initiator.Outcome.TargetProven);
        Assert.Equal(target.Outcome.StatSn, initiator.Outcome.ExpStatSn);
        Assert.Equal(new(new(7), new(38)), initiator.Outcome.Window);
        Assert.True(initiator.Outcome.Connection.HeaderDigest);
        Assert.True(target.Outcome.Connection.HeaderDigest);
        Assert.False(initiator.Outcome.Session.InitialR2T);
        Assert.Equal(65_536, target.Outcome.Connection.MaxSendDataSegmentLength);
        Assert.Equal("me", target.Identity!.InitiatorAlias);
    }

    [Fact]
    public void Discovery_BothSidesAgree()
    {
        var settings = LoginKit.Settings with { SessionType = SessionType.Discovery, TargetName = null };
        var initiator = new InitiatorLogin(settings, LoginKit.Entropy());
        var target = LoginKit.NewTarget();
        Assert.Equal(InitiatorLoginAction.Complete, LoginKit.Run(initiator, target, new()).Initiator.Action);
        Assert.Equal(SessionType.Discovery, initiator.Outcome!.Session.SessionType);
        Assert.Equal(SessionType.Discovery, target.Outcome!.Session.SessionType);
    }

    [Theory]
    [InlineData(ChapAlgorithm.Md5, false)]
    [InlineData(ChapAlgorithm.Sha1, false)]
    [InlineData(ChapAlgorithm.Sha256, false)]
    [InlineData(ChapAlgorithm.Sha3, false)]
    [InlineData(ChapAlgorithm.Md5, true)]
    [InlineData(ChapAlgorithm.Sha1, true)]
    [InlineData(ChapAlgorithm.Sha256, true)]
    [InlineData(ChapAlgorithm.Sha3, true)]
    public void Chap_OneWayAndMutual_EveryAlgorithm(ChapAlgorithm algorithm, bool mutual)
    {
        var settings = LoginKit.Settings with
        {
            Credentials = LoginKit.Host,
            TargetCredentials = mutual ? LoginKit.Disk : null,
        };
        var initiator = new InitiatorLogin(settings, LoginKit.Entropy(2));
        var target = LoginKit.NewTarget();
        var (last, _, requests) = LoginKit.Run(initiator, target, Chap(algorithm));
        Assert.Equal(InitiatorLoginAction.Complete, last.Action);
        Assert.Equal(4, requests);
        Assert.Equal("host", target.Outcome!.ProvenName);
        Assert.Equal(mutual, initiator.Outcome!.TargetProven);
    }

    [Fact]
    public void Chap_WrongSecretOfTheInitiator_AuthenticationFailure()
    {
        var settings = LoginKit.Settings with { Credentials = new("host", new("not the host's secret"u8)) };
        var (last, answer, _) =
            LoginKit.Run(new(settings, LoginKit.Entropy(2)), LoginKit.NewTarget(), Chap(ChapAlgorithm.Sha256));
        Assert.Equal(LoginFault.AuthenticationFailed, answer.Fault);
        Assert.Equal((LoginFault.StatusOfTheTarget, LoginStatus.AuthenticationFailure), (last.Fault, last.Status));
    }

    [Fact]
    public void Chap_WrongSecretOfTheTarget_InitiatorDrops()
    {
        var settings = LoginKit.Settings with
        {
            Credentials = LoginKit.Host,
            TargetCredentials = new("disk", new("not the disk's secret"u8)),
        };
        var (last, _, _) =
            LoginKit.Run(new(settings, LoginKit.Entropy(2)), LoginKit.NewTarget(), Chap(ChapAlgorithm.Sha256));
        Assert.Equal((InitiatorLoginAction.Fail, LoginFault.AuthenticationFailed), (last.Action, last.Fault));
    }

    [Fact]
    public void Chap_TargetWantsNone_OnlyWhereTheInitiatorMayGoWithout()
    {
        var settings = LoginKit.Settings with { Credentials = LoginKit.Host };
        Assert.Equal(InitiatorLoginAction.Complete,
            LoginKit.Run(new(settings, LoginKit.Entropy()), LoginKit.NewTarget(), new()).Initiator.Action);
        settings = settings with { MayGoUnauthenticated = false };
        Assert.Equal(LoginStatus.AuthenticationFailure,
            LoginKit.Run(new(settings, LoginKit.Entropy()), LoginKit.NewTarget(), new()).Initiator.Status);
    }

    [Fact]
    public void Redirect_AddressesForTheInitiator()
    {
        var initiator = new InitiatorLogin(LoginKit.Settings, LoginKit.Entropy());
        var target = LoginKit.NewTarget();
        var first = initiator.Start().Request;
        target.Receive(first.Span, Data(first));
        var answer = target.Decide(LoginDecision.Redirect(new("fe80::1", 3261), permanently: false));
        Assert.Equal("TargetAddress=[fe80::1]:3261|", answer.Text());
        var step = initiator.Receive(answer.Response.Span, Data(answer.Response));
        Assert.Equal((InitiatorLoginAction.Redirect, LoginStatus.TargetMovedTemporarily), (step.Action, step.Status));
        Assert.Equal([new("fe80::1", 3261)], initiator.Redirects);
    }

    [Fact]
    public void Admission_Refused_StatusAsTheCallerSaid()
    {
        var initiator = new InitiatorLogin(LoginKit.Settings with { Tsih = new(77) }, LoginKit.Entropy());
        var target = LoginKit.NewTarget();
        var request = initiator.Start().Request;
        target.Receive(request.Span, Data(request));
        var answer = target.Decide(LoginDecision.Accept(new()));
        request = initiator.Receive(answer.Response.Span, Data(answer.Response)).Request;
        Assert.Equal(TargetLoginAction.Admit, target.Receive(request.Span, Data(request)).Action);
        answer = target.Admit(LoginAdmission.Refuse(LoginStatus.SessionDoesNotExist));
        var step = initiator.Receive(answer.Response.Span, Data(answer.Response));
        Assert.Equal((InitiatorLoginAction.Fail, LoginStatus.SessionDoesNotExist), (step.Action, step.Status));
        Assert.Throws<InvalidOperationException>(() => initiator.Receive(answer.Response.Span, []));
    }

    [Fact]
    public void Settings_ThatContradictThemselves_AreOurMistake()
    {
        void Refused(InitiatorLoginSettings settings) =>
            Assert.Throws<ArgumentException>(() => new InitiatorLogin(settings, LoginKit.Entropy()));

        Refused(LoginKit.Settings with { TargetName = null });
        Refused(LoginKit.Settings with { TargetCredentials = LoginKit.Disk });
        Refused(LoginKit.Settings with
        {
            Credentials = LoginKit.Host,
            TargetCredentials = new("disk", LoginKit.Host.Secret),
        });
    }

    private static InitiatorLoginStep Respond(
        InitiatorLogin initiator, int stage, int? next, string text, bool continues = false, uint tag = 42,
        byte version = 0)
    {
        Span<byte> bhs = stackalloc byte[48];
        var response = Pdu.Begin<LoginResponse>(bhs);
        response.Transit = next is not null;
        response.Continue = continues;
        response.CurrentStage = (LoginStage)stage;
        response.NextStage = (LoginStage)(next ?? 0);
        response.VersionActive = version;
        response.Isid = LoginKit.Isid;
        response.Tsih = new(9);
        response.InitiatorTaskTag = new(tag);
        return initiator.Receive(bhs, System.Text.Encoding.UTF8.GetBytes(text.Replace('|', '\0')));
    }

    private static InitiatorLogin Started(ChapCredentials? credentials = null)
    {
        var initiator = new InitiatorLogin(LoginKit.Settings with { Credentials = credentials }, LoginKit.Entropy());
        Assert.Equal(InitiatorLoginAction.Request, initiator.Start().Action);
        return initiator;
    }

    [Fact]
    public void HostileTarget_EachLieEndsTheLogin()
    {
        void Fails(LoginFault fault, InitiatorLoginStep step) =>
            Assert.Equal((InitiatorLoginAction.Fail, fault), (step.Action, step.Fault));

        var bhs = new byte[48];
        _ = Pdu.Begin<NopIn>(bhs);
        Fails(LoginFault.NotALogin, Started().Receive(bhs, []));
        Fails(LoginFault.HeaderChanged, Respond(Started(), 0, 1, "", tag: 43));
        Fails(LoginFault.UnsupportedVersion, Respond(Started(), 0, 1, "", version: 1));
        Fails(LoginFault.BadStage, Respond(Started(), 1, 3, ""));                   // another stage
        Fails(LoginFault.BadStage, Respond(Started(), 0, 3, ""));                   // further than was asked for
        Fails(LoginFault.BadStage, Respond(Started(), 0, 1, "", continues: true));
        Fails(LoginFault.BadStage, Respond(Started(LoginKit.Host), 0, 1, ""));      // leaves unasked
        Fails(LoginFault.MalformedText, Respond(Started(), 0, 1, "rubbish|"));
        Fails(LoginFault.MalformedText, Respond(Started(), 0, null, "", continues: true));
        Fails(LoginFault.Negotiation, Respond(Started(), 0, 1, "InitiatorName=iqn.2001-04.com.example:x|"));
        Fails(LoginFault.NoAuthenticationMethod, Respond(Started(), 0, 1, "AuthMethod=CHAP|"));
        Fails(LoginFault.NoAuthenticationMethod, Respond(Started(LoginKit.Host), 0, null, "AuthMethod=KRB5|"));
        Fails(LoginFault.AuthenticationFailed,
            Respond(Started(LoginKit.Host), 0, null, "CHAP_A=5|CHAP_I=1|CHAP_C=0x00|"));
        var operational = Started();
        Respond(operational, 0, 1, "AuthMethod=None|");
        Fails(LoginFault.Negotiation, Respond(operational, 1, 3, ""));              // nothing answered
        operational = Started();
        Respond(operational, 0, 1, "AuthMethod=None|");
        Fails(LoginFault.Negotiation, Respond(operational, 1, null, "MaxBurstLength=16777215|"));
    }

    [Fact]
    public void Refusal_WithoutIsidOrTag_StatusIsTold()
    {
        var bhs = new byte[48];
        var response = Pdu.Begin<LoginResponse>(bhs);
        response.Status = LoginStatus.ServiceUnavailable;
        var step = Started().Receive(bhs, []);
        Assert.Equal((LoginFault.StatusOfTheTarget, LoginStatus.ServiceUnavailable), (step.Fault, step.Status));
    }

    [Fact]
    public void HostileTarget_ChapOfAnAlgorithmNotOffered_Drops()
    {
        var initiator = new InitiatorLogin(
            LoginKit.Settings with { Credentials = LoginKit.Host, Algorithms = [ChapAlgorithm.Sha256] },
            LoginKit.Entropy());
        initiator.Start();
        Respond(initiator, 0, null, "AuthMethod=CHAP|");
        Assert.Equal(LoginFault.AuthenticationFailed,
            Respond(initiator, 0, null, "CHAP_A=5|CHAP_I=1|CHAP_C=0x0102|").Fault);
    }

    [Fact]
    public void HostileTarget_NeverLeaves_EndsAtTheBound()
    {
        var initiator = Started();
        for (var i = 0; i < InitiatorLogin.ResponsesMax; i++)
            Assert.Equal(InitiatorLoginAction.Request, Respond(initiator, 0, null, "").Action);
        Assert.Equal(LoginFault.Endless, Respond(initiator, 0, null, "").Fault);
    }

    [Fact]
    public void Target_OffersItsOwnKeysAndContinues_InitiatorAnswers()
    {
        var initiator = Started();
        var step = Respond(initiator, 0, null, "AuthMethod=No", continues: true);
        Assert.Equal("", LoginKit.Text(step.Request.Span));
        Assert.False(LoginRequest.Over(step.Request.Span).Transit);
        step = Respond(initiator, 0, null, "ne|TargetPortalGroupTag=1|X-com.example.k=1|");
        Assert.Equal("X-com.example.k=NotUnderstood|", LoginKit.Text(step.Request.Span));
        Assert.True(LoginRequest.Over(step.Request.Span).Transit);
        step = Respond(initiator, 0, 1, "MaxBurstLength=4096|");
        var text = LoginKit.Text(step.Request.Span);
        Assert.StartsWith("MaxBurstLength=4096|", text, StringComparison.Ordinal);
        Assert.DoesNotContain("MaxBurstLength=262144", text, StringComparison.Ordinal);
    }

    private static ReadOnlySpan<byte> Data(ReadOnlyMemory<byte> pdu) =>
        pdu.Span.Slice(48, new PduFraming(pdu.Span, headerDigest: false, dataDigest: false).DataSegmentLength);
}
