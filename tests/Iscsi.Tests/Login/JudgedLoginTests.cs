namespace Lunette.Iscsi.Tests;

/// <summary>CHAP responses that somebody else judges: the login waits for the judgement and goes on by it.</summary>
public class JudgedLoginTests
{
    private static readonly TargetLoginTerms s_terms = new()
    {
        Authentication = new() { Required = true, JudgedName = "host", Target = LoginKit.Disk },
    };

    [Fact]
    public void Response_OfTheNameThatIsJudged_IsShownWithItsChallenge()
    {
        var target = Answered(out var challenge, "CHAP_N=host|CHAP_R=0x00112233445566778899aabbccddeeff|");
        var proof = target.Proof!;
        Assert.Equal("host", proof.Name);
        Assert.Equal(challenge.Value("CHAP_I"), $"{proof.Identifier}");
        Assert.Equal(challenge.Value("CHAP_C"), BinaryValue.Encode(proof.Challenge.Span));
        Assert.Equal("00112233445566778899aabbccddeeff", Convert.ToHexStringLower(proof.Response.Span));
        var step = target.Judge(new(ChapOutcome.Accepted));
        Assert.True(LoginResponse.Over(step.Response.Span).Transit);
        Assert.Null(target.Proof);
        Assert.Equal(TargetLoginAction.Complete, target.Send(1, 3, "").Action);
        Assert.Equal("host", target.Outcome!.ProvenName);
    }

    [Fact]
    public void Judgement_Accepted_TheInitiatorsChallengeIsAnsweredThen()
    {
        var target = Answered(
            out _, "CHAP_N=host|CHAP_R=0x00112233445566778899aabbccddeeff|CHAP_I=5|CHAP_C=0x0102030405|");
        var step = target.Judge(new(ChapOutcome.Accepted));
        var digest = new byte[32];
        var length = ChapDigest.Compute(ChapAlgorithm.Md5, 5, LoginKit.Disk.Secret, [1, 2, 3, 4, 5], digest);
        Assert.Equal("disk", step.Value("CHAP_N"));
        Assert.Equal(BinaryValue.Encode(digest.AsSpan(0, length)), step.Value("CHAP_R"));
    }

    [Theory]
    [InlineData(ChapOutcome.Refused, LoginFault.AuthenticationFailed, LoginStatus.AuthenticationFailure)]
    [InlineData(ChapOutcome.Unknown, LoginFault.NotJudged, LoginStatus.TargetError)]
    public void Judgement_NotAccepted_LoginFails(ChapOutcome outcome, LoginFault fault, LoginStatus status)
    {
        var target = Answered(out _, "CHAP_N=host|CHAP_R=0x00112233445566778899aabbccddeeff|");
        var step = target.Judge(new(outcome, "asleep"));
        LoginKit.Failed(step, fault, status);
        Assert.Equal("asleep", step.Detail);
    }

    [Theory]
    [InlineData("CHAP_N=other|CHAP_R=0x00112233445566778899aabbccddeeff|")]     // a user who is another initiator
    [InlineData("CHAP_N=host|CHAP_R=0x00112233|")]                              // no digest of MD5
    public void Response_ThatCannotBeRight_NobodyIsAsked(string text)
    {
        var target = Challenged(out _);
        LoginKit.Failed(target.Send(0, 1, text), LoginFault.AuthenticationFailed, LoginStatus.AuthenticationFailure);
    }

    // RFC 7143 section 12.1.3: an initiator that has the target's own secret could be its own reflection.
    [Fact]
    public void Response_MadeWithTheTargetsSecret_NobodyIsAsked()
    {
        var target = Challenged(out var challenge);
        BinaryValue.TryDecode(challenge.Value("CHAP_C")!, 1024, out var bytes);
        NumericValue.TryParse(challenge.Value("CHAP_I")!, 0, 255, out var identifier);
        var digest = new byte[32];
        var length = ChapDigest.Compute(ChapAlgorithm.Md5, (byte)identifier, LoginKit.Disk.Secret, bytes, digest);
        LoginKit.Failed(
            target.Send(0, 1, $"CHAP_N=host|CHAP_R={BinaryValue.Encode(digest.AsSpan(0, length))}|"),
            LoginFault.AuthenticationFailed, LoginStatus.AuthenticationFailure);
    }

    // RADIUS carries MD5 and nothing else.
    [Fact]
    public void Algorithms_StrongerOnesOffered_Md5IsTaken()
    {
        var target = LoginKit.NewTarget();
        target.Send(0, null, LoginKit.Names + "AuthMethod=CHAP|", terms: s_terms);
        Assert.Equal("5", target.Send(0, null, "CHAP_A=8,7,5|").Value("CHAP_A"));
        target = LoginKit.NewTarget();
        target.Send(0, null, LoginKit.Names + "AuthMethod=CHAP|", terms: s_terms);
        LoginKit.Failed(
            target.Send(0, null, "CHAP_A=7|"), LoginFault.NoAuthenticationMethod, LoginStatus.AuthenticationFailure);
    }

    private static TargetLogin Challenged(out TargetLoginStep challenge)
    {
        var target = LoginKit.NewTarget();
        target.Send(0, null, LoginKit.Names + "AuthMethod=CHAP|", terms: s_terms);
        challenge = target.Send(0, null, "CHAP_A=5|");
        return target;
    }

    private static TargetLogin Answered(out TargetLoginStep challenge, string text)
    {
        var target = Challenged(out challenge);
        Assert.Equal(TargetLoginAction.Judge, target.Send(0, 1, text).Action);
        return target;
    }
}
