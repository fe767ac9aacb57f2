using System.Numerics;
using System.Security.Cryptography;

namespace Lunette.Iscsi.Tests;

/// <summary>Published weaknesses of CHAP implementations, tried.</summary>
public class ChapAttackTests
{
    private const int Challenges = 100_000;

    [Fact]
    public void Chap_ChallengesOfAHundredThousandLogins_NoneTwiceAndEachBitAsOftenSetAsNot()
    {
        var seen = new HashSet<UInt128>();
        var ones = new int[128];
        for (var i = 0; i < Challenges; i++)
        {
            var challenge = Challenge(Begin());
            Assert.True(seen.Add(challenge), "a challenge came twice");
            for (var bit = 0; bit < ones.Length; bit++)
                if ((challenge >> bit & UInt128.One) != UInt128.Zero) ones[bit]++;
        }
        // Six standard deviations of a fair coin thrown so often.
        var slack = 6 * (int)Math.Sqrt(Challenges / 4.0);
        Assert.All(ones, count => Assert.InRange(count, (Challenges / 2) - slack, (Challenges / 2) + slack));
    }

    [Fact]
    public void Chap_ResponseOfAnEarlierLogin_AuthenticationFailure()
    {
        var first = Begin();
        var response = Response(first.Step);
        first.Target.Send(0, 1, response);
        LoginKit.Failed(Begin().Target.Send(0, 1, response),
            LoginFault.AuthenticationFailed, LoginStatus.AuthenticationFailure);
    }

    [Fact]
    public void Chap_OverLongResponse_LoginFails() => LoginKit.Failed(
        Begin().Target.Send(0, 1, $"CHAP_N=host|CHAP_R=0x{new string('a', 4000)}|"),
        LoginFault.MalformedText, LoginStatus.InitiatorError);

    private static (TargetLogin Target, TargetLoginStep Step) Begin()
    {
        var target = new TargetLogin(new LoginLimits(), RandomNumberGenerator.Fill, new StatSn(1));
        target.Send(0, null, LoginKit.Names + "AuthMethod=CHAP|", terms: LoginKit.ChapTerms);
        return (target, target.Send(0, null, "CHAP_A=5|"));
    }

    private static UInt128 Challenge((TargetLogin Target, TargetLoginStep Step) begun)
    {
        Assert.True(BinaryValue.TryDecode(begun.Step.Value("CHAP_C")!, 1024, out var bytes));
        return (UInt128)new BigInteger(bytes, isUnsigned: true);
    }

    private static string Response(TargetLoginStep challenge)
    {
        BinaryValue.TryDecode(challenge.Value("CHAP_C")!, 1024, out var bytes);
        NumericValue.TryParse(challenge.Value("CHAP_I")!, 0, 255, out var identifier);
        var digest = new byte[32];
        var length = ChapDigest.Compute(ChapAlgorithm.Md5, (byte)identifier, LoginKit.Host.Secret, bytes, digest);
        return $"CHAP_N=host|CHAP_R={BinaryValue.Encode(digest.AsSpan(0, length))}|";
    }
}
