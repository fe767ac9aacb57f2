namespace Lunette.Iscsi.Tests;

/// <summary>RFC 7143 sections 6.3 and 11.12: what a target makes of login requests, typed by hand.</summary>
public class TargetLoginTests
{
    [Fact]
    public void NormalSession_SecurityThenOperational_FullFeaturePhase()
    {
        var target = LoginKit.NewTarget();
        var terms = new TargetLoginTerms
        {
            PortalGroupTag = 3,
            TargetAlias = "my disk",
            Negotiation = new() { MaxRecvDataSegmentLength = 262_144, MaxBurstLength = 1 << 20 },
        };
        var step = target.Send(0, 1, LoginKit.Names + "AuthMethod=CHAP,None|InitiatorAlias=me|", terms: terms);
        Assert.Equal(TargetLoginAction.Respond, step.Action);
        Assert.Equal("AuthMethod=None|TargetPortalGroupTag=3|TargetAlias=my disk|", step.Text());
        var response = LoginResponse.Over(step.Response.Span);
        Assert.True(response.Transit);
        Assert.Equal(LoginStage.SecurityNegotiation, response.CurrentStage);
        Assert.Equal(LoginStage.LoginOperationalNegotiation, response.NextStage);
        Assert.Equal(new StatSn(100), response.StatSn);
        Assert.Equal(new CmdSn(7), response.ExpCmdSn);
        Assert.Equal(Tsih.None, response.Tsih);

        step = target.Send(1, 3, "MaxBurstLength=16776192|HeaderDigest=CRC32C,None|MaxRecvDataSegmentLength=65536|");
        Assert.Equal(TargetLoginAction.Complete, step.Action);
        Assert.Equal("MaxBurstLength=1048576|HeaderDigest=CRC32C|MaxRecvDataSegmentLength=262144|", step.Text());
        response = LoginResponse.Over(step.Response.Span);
        Assert.True(response.Transit);
        Assert.Equal(LoginStage.FullFeaturePhase, response.NextStage);
        Assert.Equal(LoginStatus.Success, response.Status);
        Assert.Equal(new Tsih(9), response.Tsih);
        Assert.Equal(new StatSn(101), response.StatSn);
        Assert.Equal(new CmdSn(38), response.MaxCmdSn);

        var outcome = target.Outcome!;
        Assert.Equal(new Tsih(9), outcome.Tsih);
        Assert.Equal(new StatSn(102), outcome.StatSn);
        Assert.Null(outcome.ProvenName);
        Assert.Equal(1 << 20, outcome.Session.MaxBurstLength);
        Assert.True(outcome.Connection.HeaderDigest);
        Assert.False(outcome.Connection.DataDigest);
        Assert.Equal(65_536, outcome.Connection.MaxSendDataSegmentLength);
        Assert.Equal(262_144, outcome.Connection.MaxRecvDataSegmentLength);
        Assert.Equal(
            new(
                LoginKit.Initiator, "me", LoginKit.Target, SessionType.Normal, LoginKit.Isid, Tsih.None, new(1),
                new(7)),
            outcome.Identity);
        Assert.Throws<InvalidOperationException>(() => target.Send(1, 3, ""));
    }

    [Fact]
    public void DiscoverySession_WithoutTargetName_NoPortalGroupTag()
    {
        var target = LoginKit.NewTarget();
        var step = target.Send(1, 3, LoginKit.Who + "SessionType=Discovery|MaxBurstLength=512|");
        Assert.Equal(TargetLoginAction.Complete, step.Action);
        Assert.Equal("MaxBurstLength=Irrelevant|MaxRecvDataSegmentLength=8192|", step.Text());
        Assert.Equal(SessionType.Discovery, target.Outcome!.Session.SessionType);
        Assert.Null(target.Identity!.TargetName);
    }

    [Fact]
    public void SecurityStage_StraightToFullFeaturePhase_Completes()
    {
        var target = LoginKit.NewTarget();
        Assert.Equal(TargetLoginAction.Complete, target.Send(0, 3, LoginKit.Names + "AuthMethod=None|").Action);
        Assert.Equal(new SessionParameters(), target.Outcome!.Session);
    }

    [Fact]
    public void OperationalStage_WithoutTransit_StaysUntilAsked()
    {
        var target = LoginKit.NewTarget();
        var step = target.Send(1, null, LoginKit.Names + "ErrorRecoveryLevel=2|");
        Assert.Equal("ErrorRecoveryLevel=0|TargetPortalGroupTag=1|MaxRecvDataSegmentLength=8192|", step.Text());
        Assert.False(LoginResponse.Over(step.Response.Span).Transit);
        step = target.Send(1, null, "X-a=1|");
        Assert.Equal("X-a=NotUnderstood|", step.Text());
        step = target.Send(1, 3, "");
        Assert.Equal(TargetLoginAction.Complete, step.Action);
        Assert.Equal("", step.Text());
    }

    [Fact]
    public void Continue_TextOverSeveralRequests_EachAnsweredEmpty()
    {
        var target = LoginKit.NewTarget();
        var step = target.Send(0, null, LoginKit.Names[..20], continues: true);
        Assert.Equal(TargetLoginAction.Respond, step.Action);
        Assert.Equal("", step.Text());
        Assert.False(LoginResponse.Over(step.Response.Span).Transit);
        step = target.Send(0, null, LoginKit.Names[20..40], continues: true);
        Assert.Equal("", step.Text());
        step = target.Send(0, 3, LoginKit.Names[40..]);
        Assert.Equal(TargetLoginAction.Complete, step.Action);
    }

    [Fact]
    public void Continue_LongAnswer_FetchedByEmptyRequests()
    {
        var target = LoginKit.NewTarget();
        var keys = string.Concat(Enumerable.Range(0, 120).Select(i => $"X-{new string('k', 50)}{i:D4}=1|"));
        Assert.Equal(TargetLoginAction.Respond, target.Send(0, 1, LoginKit.Names).Action);
        var step = target.Send(1, 3, keys);
        var response = LoginResponse.Over(step.Response.Span);
        Assert.True(response.Continue);
        Assert.False(response.Transit);
        Assert.Equal(8192, response.DataSegmentLength);
        var text = step.Text();
        step = target.Send(1, null, "");
        Assert.Equal(TargetLoginAction.Complete, step.Action);
        Assert.True(LoginResponse.Over(step.Response.Span).Transit);
        text += step.Text();
        Assert.Equal(120, text.Split("NotUnderstood|").Length - 1);
        Assert.Contains("MaxRecvDataSegmentLength=8192|", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, null)]           // a stage that does not exist
    [InlineData(3, null)]
    [InlineData(0, 0)]              // no progress
    [InlineData(1, 1)]
    [InlineData(1, 0)]              // backwards
    [InlineData(0, 2)]
    public void Stages_Unlawful_InitiatorError(int stage, int? next) =>
        LoginKit.Failed(LoginKit.NewTarget().Send(stage, next, LoginKit.Names),
            LoginFault.BadStage, LoginStatus.InitiatorError);

    [Fact]
    public void Stages_TransitWithContinue_InitiatorError() => LoginKit.Failed(
        LoginKit.NewTarget().Send(0, 1, LoginKit.Names, continues: true),
        LoginFault.BadStage, LoginStatus.InitiatorError);

    [Fact]
    public void Stages_NotTheOneAgreedOn_InitiatorError()
    {
        var target = LoginKit.NewTarget();
        target.Send(0, 1, LoginKit.Names);
        LoginKit.Failed(target.Send(0, 3, ""), LoginFault.BadStage, LoginStatus.InitiatorError);
        target = LoginKit.NewTarget();
        target.Send(0, null, LoginKit.Names);
        LoginKit.Failed(target.Send(1, 3, ""), LoginFault.BadStage, LoginStatus.InitiatorError);
    }

    [Fact]
    public void LoginRequest_IsidOrTsihChangedMidLogin_InitiatorError()
    {
        var target = LoginKit.NewTarget();
        target.Send(0, null, LoginKit.Names);
        LoginKit.Failed(target.Send(0, null, "", isid: new Isid(1)),
            LoginFault.HeaderChanged, LoginStatus.InitiatorError);
        target = LoginKit.NewTarget();
        target.Send(0, null, LoginKit.Names);
        LoginKit.Failed(target.Send(0, null, "", tsih: new(1)), LoginFault.HeaderChanged, LoginStatus.InitiatorError);
    }

    [Fact]
    public void LoginRequest_VersionTooNew_UnsupportedVersion() => LoginKit.Failed(
        LoginKit.NewTarget().Send(0, 1, LoginKit.Names, versionMin: 1),
        LoginFault.UnsupportedVersion, LoginStatus.UnsupportedVersion);

    [Fact]
    public void LoginRequest_AdditionalHeaders_InitiatorError() => LoginKit.Failed(
        LoginKit.NewTarget().Send(0, 1, LoginKit.Names, ahs: 4), LoginFault.BadLength, LoginStatus.InitiatorError);

    [Fact]
    public void LoginRequest_LongerThanALoginMayBe_InitiatorError() => LoginKit.Failed(
        LoginKit.NewTarget().Send(0, 1, LoginKit.Names + new string('|', 8192)),
        LoginFault.BadLength, LoginStatus.InitiatorError);

    [Fact]
    public void FirstPdu_NotALogin_DroppedWithoutAnAnswer()
    {
        var bhs = new byte[48];
        _ = Pdu.Begin<ScsiCommand>(bhs);
        var step = LoginKit.NewTarget().Receive(bhs, []);
        Assert.Equal((TargetLoginAction.Fail, LoginFault.NotALogin), (step.Action, step.Fault));
        Assert.True(step.Response.IsEmpty);
    }

    [Fact]
    public void OtherPdu_DuringLogin_InvalidDuringLogin()
    {
        var target = LoginKit.NewTarget();
        target.Send(0, null, LoginKit.Names);
        var bhs = new byte[48];
        _ = Pdu.Begin<NopOut>(bhs);
        LoginKit.Failed(target.Receive(bhs, []), LoginFault.OtherPduDuringLogin, LoginStatus.InvalidDuringLogin);
    }

    [Theory]
    [InlineData("TargetName=iqn.2001-04.com.example:disk|", LoginFault.MissingParameter, LoginStatus.MissingParameter)]
    [InlineData(LoginKit.Who, LoginFault.MissingParameter, LoginStatus.MissingParameter)]
    [InlineData(LoginKit.Who + "TargetName=disk|", LoginFault.BadName, LoginStatus.NotFound)]
    [InlineData("InitiatorName=me|SessionType=Discovery|", LoginFault.BadName, LoginStatus.InitiatorError)]
    [InlineData(LoginKit.Names + "SessionType=Normal|", LoginFault.MalformedText, LoginStatus.InitiatorError)]
    [InlineData(LoginKit.Who + "TargetName=iqn.2001-04.com.example:disk|SessionType=Odd|", LoginFault.BadName,
        LoginStatus.SessionTypeNotSupported)]
    [InlineData(LoginKit.Names + "rubbish|", LoginFault.MalformedText, LoginStatus.InitiatorError)]
    [InlineData(LoginKit.Names + "MaxBurstLength=512|", LoginFault.Negotiation, LoginStatus.InitiatorError)]
    [InlineData(LoginKit.Names + "TargetPortalGroupTag=1|", LoginFault.Negotiation, LoginStatus.InitiatorError)]
    [InlineData(LoginKit.Names + "SendTargets=All|", LoginFault.Negotiation, LoginStatus.InitiatorError)]
    public void FirstText_Unlawful(string text, LoginFault fault, LoginStatus status) =>
        LoginKit.Failed(LoginKit.NewTarget().Send(0, 1, text), fault, status);

    // libiscsi and QEMU say who they are in each stage.
    [Fact]
    public void Names_StatedAgain_Taken()
    {
        var target = LoginKit.NewTarget();
        target.Send(0, 1, LoginKit.Names);
        Assert.Equal(TargetLoginAction.Complete, target.Send(1, 3, LoginKit.Names).Action);
    }

    [Fact]
    public void Names_OthersStatedLater_InitiatorError()
    {
        var target = LoginKit.NewTarget();
        target.Send(0, 1, LoginKit.Names);
        LoginKit.Failed(
            target.Send(1, 3, LoginKit.Names.Replace("host", "another", StringComparison.Ordinal)),
            LoginFault.Negotiation, LoginStatus.InitiatorError);
    }

    [Fact]
    public void SecurityKeys_InTheOperationalStage_InitiatorError()
    {
        var target = LoginKit.NewTarget();
        target.Send(0, 1, LoginKit.Names);
        LoginKit.Failed(target.Send(1, 3, "AuthMethod=None|"), LoginFault.Negotiation, LoginStatus.InitiatorError);
    }

    [Theory]
    [InlineData(LoginStatus.NotFound)]
    [InlineData(LoginStatus.AuthorizationFailure)]
    [InlineData(LoginStatus.ServiceUnavailable)]
    public void Decision_Refused_StatusAsTheCallerSaid(LoginStatus status)
    {
        var target = LoginKit.NewTarget();
        var bhs = new byte[48];
        var request = Pdu.Begin<LoginRequest>(bhs);
        request.Isid = LoginKit.Isid;
        request.InitiatorTaskTag = new(42);
        var step = target.Receive(bhs, System.Text.Encoding.ASCII.GetBytes(LoginKit.Names.Replace('|', '\0')));
        Assert.Equal(TargetLoginAction.Identify, step.Action);
        Assert.Equal(LoginKit.Initiator, target.Identity!.InitiatorName);
        LoginKit.Failed(target.Decide(LoginDecision.Refuse(status)), LoginFault.Refused, status);
        Assert.Throws<InvalidOperationException>(() => target.Decide(LoginDecision.Refuse(status)));
        Assert.Throws<ArgumentException>(() => LoginDecision.Refuse(LoginStatus.Success));
    }

    [Fact]
    public void Endless_TooManyRequestsOrTooMuchText_InitiatorError()
    {
        var target = LoginKit.NewTarget(new(RequestsMax: 5));
        target.Send(0, null, LoginKit.Names);
        for (var i = 0; i < 4; i++) Assert.Equal(TargetLoginAction.Respond, target.Send(0, null, "").Action);
        LoginKit.Failed(target.Send(0, null, ""), LoginFault.Endless, LoginStatus.InitiatorError);

        target = LoginKit.NewTarget(new(TextLengthMax: 10_000));
        target.Send(0, null, LoginKit.Names);
        target.Send(0, null, new string('|', 8000));
        LoginKit.Failed(target.Send(0, null, new string('|', 8000)), LoginFault.Endless, LoginStatus.InitiatorError);

        target = LoginKit.NewTarget();
        LoginKit.Failed(target.Send(0, null, "", continues: true),
            LoginFault.MalformedText, LoginStatus.InitiatorError);
    }

    [Fact]
    public void SecondConnection_KeysOfTheSession_InitiatorError()
    {
        var target = LoginKit.NewTarget();
        target.Send(0, 1, LoginKit.Names, tsih: new(9));
        Assert.Equal(new Tsih(9), target.Identity!.Tsih);
        LoginKit.Failed(
            target.Send(1, 3, "MaxConnections=4|", tsih: new(9)),
            LoginFault.Negotiation, LoginStatus.InitiatorError);
    }

    [Fact]
    public void Receive_RandomRequests_EndsWithinTheBounds()
    {
        var random = new Random(11_12);
        string[] pieces =
        [
            LoginKit.Names, LoginKit.Who, "AuthMethod=CHAP|", "CHAP_A=5|", "CHAP_N=host|CHAP_R=0x00|",
            "MaxBurstLength=1|", "X-a=b|",
            "HeaderDigest=CRC32C|", "|", "=", "CHAP_I=1|CHAP_C=0x00|", "SessionType=Discovery|", "",
        ];
        for (var i = 0; i < 3000; i++)
        {
            var target = LoginKit.NewTarget();
            for (var requests = 1; ; requests++)
            {
                var text = string.Concat(random.GetItems(pieces, random.Next(0, 4)));
                int? next = random.Next(3) == 0 ? random.Next(4) : null;
                var step = target.Send(
                    random.Next(8) == 0 ? random.Next(4) : 0, next, text, continues: random.Next(4) == 0,
                    terms: random.Next(2) == 0 ? LoginKit.ChapTerms : new());
                if (step.Action is TargetLoginAction.Fail or TargetLoginAction.Complete) break;
                Assert.InRange(requests, 1, 32);
            }
        }
    }
}
