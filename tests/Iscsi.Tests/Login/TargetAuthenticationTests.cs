namespace Lunette.Iscsi.Tests;

/// <summary>RFC 7143 section 12: what a target makes of AuthMethod and CHAP, typed by hand.</summary>
public class TargetAuthenticationTests
{
    [Theory]
    [InlineData(0, "")]                             // no method offered
    [InlineData(0, "AuthMethod=None|")]
    [InlineData(0, "AuthMethod=KRB5,SRP|")]
    [InlineData(1, "")]                             // the stage skipped
    public void AuthenticationRequired_NotOffered_AuthenticationFailure(int stage, string text) => LoginKit.Failed(
        LoginKit.NewTarget().Send(stage, 3, LoginKit.Names + text, terms: LoginKit.ChapTerms),
        LoginFault.NoAuthenticationMethod, LoginStatus.AuthenticationFailure);

    [Fact]
    public void ChapOnly_TargetHasNoSecretForIt_AuthenticationFailure() => LoginKit.Failed(
        LoginKit.NewTarget().Send(0, 1, LoginKit.Names + "AuthMethod=CHAP|"),
        LoginFault.NoAuthenticationMethod, LoginStatus.AuthenticationFailure);

    [Theory]
    [InlineData("CHAP_A=9|", LoginFault.NoAuthenticationMethod)]                        // an algorithm nobody has
    [InlineData("CHAP_N=host|CHAP_R=0x00|", LoginFault.AuthenticationFailed)]           // an answer before the question
    [InlineData("AuthMethod=None|", LoginFault.AuthenticationFailed)]                   // another method
    [InlineData("CHAP_I=1|CHAP_C=0x00|", LoginFault.AuthenticationFailed)]
    public void Chap_OutOfTurn_AuthenticationFailure(string text, LoginFault fault)
    {
        var target = LoginKit.NewTarget();
        var step = target.Send(0, null, LoginKit.Names + "AuthMethod=CHAP|", terms: LoginKit.ChapTerms);
        Assert.Equal("CHAP", step.Value("AuthMethod"));
        LoginKit.Failed(target.Send(0, null, text), fault, LoginStatus.AuthenticationFailure);
    }

    [Theory]
    [InlineData("CHAP_N=host|CHAP_R=0x|")]                                  // empty
    [InlineData("CHAP_N=host|CHAP_R=0x123|")]                               // odd
    [InlineData("CHAP_N=host|CHAP_R=0x00112233445566778899aabbccddeeff|")]  // wrong
    [InlineData("CHAP_N=host|CHAP_R=0x00112233445566778899aabbccddeeff00|")]
    [InlineData("CHAP_N=host|")]
    [InlineData("CHAP_R=0x00112233445566778899aabbccddeeff|")]
    [InlineData("CHAP_A=5|")]                                               // once more from the start
    [InlineData("AuthMethod=CHAP|")]
    public void Chap_BadResponse_AuthenticationFailure(string text)
    {
        var target = LoginKit.NewTarget();
        target.Send(0, null, LoginKit.Names + "AuthMethod=CHAP|", terms: LoginKit.ChapTerms);
        var step = target.Send(0, null, "CHAP_A=5|");
        Assert.Equal("5", step.Value("CHAP_A"));
        Assert.NotNull(step.Value("CHAP_I"));
        Assert.Equal(2 + 32, step.Value("CHAP_C")!.Length);
        LoginKit.Failed(target.Send(0, 1, text), LoginFault.AuthenticationFailed, LoginStatus.AuthenticationFailure);
    }

    private static string Response(TargetLoginStep challenge)
    {
        BinaryValue.TryDecode(challenge.Value("CHAP_C")!, 1024, out var bytes);
        NumericValue.TryParse(challenge.Value("CHAP_I")!, 0, 255, out var identifier);
        var digest = new byte[32];
        var length = ChapDigest.Compute(ChapAlgorithm.Md5, (byte)identifier, LoginKit.Host.Secret, bytes, digest);
        return $"CHAP_N=host|CHAP_R={BinaryValue.Encode(digest.AsSpan(0, length))}|";
    }

    private static TargetLogin Challenged(out TargetLoginStep challenge, TargetLoginTerms? terms = null)
    {
        var target = LoginKit.NewTarget();
        target.Send(0, null, LoginKit.Names + "AuthMethod=CHAP|", terms: terms ?? LoginKit.ChapTerms);
        challenge = target.Send(0, null, "CHAP_A=5|");
        return target;
    }

    [Fact]
    public void Chap_TransitBeforeTheEnd_TargetStays()
    {
        var target = LoginKit.NewTarget();
        var step = target.Send(0, 1, LoginKit.Names + "AuthMethod=CHAP|", terms: LoginKit.ChapTerms);
        Assert.False(LoginResponse.Over(step.Response.Span).Transit);
        step = target.Send(0, 1, "CHAP_A=5|");
        Assert.False(LoginResponse.Over(step.Response.Span).Transit);
        step = target.Send(0, 1, Response(step));
        Assert.True(LoginResponse.Over(step.Response.Span).Transit);
        Assert.Equal(TargetLoginAction.Complete, target.Send(1, 3, "").Action);
        Assert.Equal("host", target.Outcome!.ProvenName);
    }

    [Fact]
    public void Chap_ReflectedChallenge_AuthenticationFailure()
    {
        var target = Challenged(out var challenge);
        var reflected = $"CHAP_I={challenge.Value("CHAP_I")}|CHAP_C={challenge.Value("CHAP_C")}|";
        LoginKit.Failed(target.Send(0, 1, Response(challenge) + reflected),
            LoginFault.AuthenticationFailed, LoginStatus.AuthenticationFailure);
    }

    [Theory]
    [InlineData("CHAP_I=1|")]
    [InlineData("CHAP_C=0x0102|")]
    [InlineData("CHAP_I=1|CHAP_C=0x|")]
    [InlineData("CHAP_I=256|CHAP_C=0x0102|")]
    public void Chap_BadChallengeOfTheInitiator_AuthenticationFailure(string text)
    {
        var target = Challenged(out var challenge);
        LoginKit.Failed(target.Send(0, 1, Response(challenge) + text),
            LoginFault.AuthenticationFailed, LoginStatus.AuthenticationFailure);
    }

    [Fact]
    public void Chap_MutualWithoutOrWithTheSameSecret_AuthenticationFailure()
    {
        foreach (var disk in new[] { null, new ChapCredentials("disk", LoginKit.Host.Secret) })
        {
            var terms = new TargetLoginTerms
            {
                Authentication = new() { Required = true, Initiator = LoginKit.Host, Target = disk },
            };
            var target = Challenged(out var challenge, terms);
            LoginKit.Failed(target.Send(0, 1, Response(challenge) + "CHAP_I=1|CHAP_C=0x0102|"),
                LoginFault.AuthenticationFailed, LoginStatus.AuthenticationFailure);
        }
    }
}
