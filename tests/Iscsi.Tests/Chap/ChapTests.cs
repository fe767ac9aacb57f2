using System.Security.Cryptography;
using System.Text;

namespace Lunette.Iscsi.Tests;

/// <summary>RFC 1994 and RFC 7143 section 12.1.</summary>
public class ChapTests
{
    private static readonly ChapSecret s_secret = new("twelve bytes and more"u8);

    private static EntropySource Entropy(int seed) => new Random(seed).NextBytes;

    [Theory]
    [InlineData("", "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a")]
    [InlineData("abc", "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "41c0dba2a9d6240849100376a8235e2c82e1b9998a999e21db32dd97496d3376")]
    public void Sha3_PublishedExamples(string text, string digest)
    {
        var found = new byte[Sha3.DigestLength];
        Sha3.HashData(Encoding.ASCII.GetBytes(text), found);
        Assert.Equal(digest, Convert.ToHexStringLower(found));
    }

    [Fact]
    public void Sha3_EveryLengthAroundTheBlock_AgreesWithThePlatform()
    {
        if (!SHA3_256.IsSupported) Assert.Skip("the platform's library has no SHA3-256 to compare with");
        var bytes = new byte[300];
        new Random(202).NextBytes(bytes);
        var found = new byte[Sha3.DigestLength];
        for (var length = 0; length <= bytes.Length; length++)
        {
            Sha3.HashData(bytes.AsSpan(0, length), found);
            Assert.Equal(SHA3_256.HashData(bytes.AsSpan(0, length)), found);
        }
    }

    [Fact]
    public void Digest_IsTheHashOfIdentifierSecretAndChallenge()
    {
        byte[] challenge = [1, 2, 3];
        byte[] message = [7, .. "twelve bytes and more"u8, .. challenge];
        var digest = new byte[32];
#pragma warning disable CA5350, CA5351 // Older peers have nothing better; the test compares, it protects nothing.
        Assert.Equal(16, ChapDigest.Compute(ChapAlgorithm.Md5, 7, s_secret, challenge, digest));
        Assert.Equal(MD5.HashData(message), digest[..16]);
        Assert.Equal(20, ChapDigest.Compute(ChapAlgorithm.Sha1, 7, s_secret, challenge, digest));
        Assert.Equal(SHA1.HashData(message), digest[..20]);
#pragma warning restore CA5350, CA5351
        Assert.Equal(32, ChapDigest.Compute(ChapAlgorithm.Sha256, 7, s_secret, challenge, digest));
        Assert.Equal(SHA256.HashData(message), digest);
        Assert.Throws<ArgumentOutOfRangeException>(
            () => ChapDigest.Compute((ChapAlgorithm)9, 7, s_secret, challenge, digest));
    }

    [Theory]
    [InlineData(ChapAlgorithm.Md5)]
    [InlineData(ChapAlgorithm.Sha1)]
    [InlineData(ChapAlgorithm.Sha256)]
    [InlineData(ChapAlgorithm.Sha3)]
    public void Verify_RightAndWrong(ChapAlgorithm algorithm)
    {
        var expected = new ChapCredentials("me", s_secret);
        var digest = new byte[32];
        ChapAuthenticator Challenge(out byte[] response)
        {
            var authenticator = new ChapAuthenticator(algorithm, Entropy(1));
            Assert.Equal(algorithm.DigestLength(), authenticator.Challenge.Length);
            var length = ChapDigest.Compute(
                algorithm, authenticator.Identifier, s_secret, authenticator.Challenge, digest);
            response = digest[..length];
            return authenticator;
        }

        var authenticator = Challenge(out var response);
        Assert.Equal(ChapVerdict.Accepted, authenticator.Verify(expected, "me", response));
        Assert.Throws<InvalidOperationException>(() => authenticator.Verify(expected, "me", response));
        Assert.Equal(ChapVerdict.WrongName, Challenge(out response).Verify(expected, "Me", response));
        Assert.Equal(ChapVerdict.WrongLength, Challenge(out response).Verify(expected, "me", []));
        Assert.Equal(ChapVerdict.WrongLength, Challenge(out response).Verify(expected, "me", [.. response, 0]));
        authenticator = Challenge(out response);
        response[^1] ^= 1;
        Assert.Equal(ChapVerdict.WrongResponse, authenticator.Verify(expected, "me", response));
    }

    [Theory]
    [InlineData("5", ChapAlgorithm.Md5)]
    [InlineData("7,5", ChapAlgorithm.Sha256)]
    [InlineData("9,8,5", ChapAlgorithm.Sha3)]
    [InlineData("x,6", ChapAlgorithm.Sha1)]
    [InlineData("0x5", ChapAlgorithm.Md5)]
    [InlineData("9", null)]
    [InlineData("", null)]
    public void Choose_FirstOfTheOfferThatIsAllowed(string offer, ChapAlgorithm? chosen)
    {
        Assert.Equal(chosen is not null, ChapAlgorithms.TryChoose(offer, ChapAlgorithms.All, out var algorithm));
        if (chosen is not null) Assert.Equal(chosen, algorithm);
        Assert.False(ChapAlgorithms.TryChoose("5", [ChapAlgorithm.Sha256], out _));
        Assert.Equal("8,7,6,5", ChapAlgorithms.Offer(ChapAlgorithms.All));
    }

    [Fact]
    public void TryRespond_BadChallenge_Refused()
    {
        var own = new ChapCredentials("me", s_secret);
        var sent = new ChapAuthenticator(ChapAlgorithm.Md5, Entropy(2));
        bool Responds(string? identifier, string? challenge) =>
            ChapPeer.TryRespond(ChapAlgorithm.Md5, identifier, challenge, own, sent, new TextBuilder());

        Assert.True(Responds("0", "0x00"));
        Assert.True(Responds("255", BinaryValue.Encode(new byte[1024])));
        Assert.False(Responds("256", "0x00"));
        Assert.False(Responds("-1", "0x00"));
        Assert.False(Responds(null, "0x00"));
        Assert.False(Responds("0", null));
        Assert.False(Responds("0", "0x"));                                      // empty
        Assert.False(Responds("0", "0x123"));                                   // odd
        Assert.False(Responds("0", BinaryValue.Encode(new byte[1025])));        // too long
        Assert.False(Responds("0", BinaryValue.Encode(sent.Challenge)));        // reflected
        Assert.False(Responds("0", "0b" + Convert.ToBase64String(sent.Challenge)));
    }

    [Fact]
    public void Secret_NeverShowsItself()
    {
        var credentials = new ChapCredentials("me", s_secret);
        Assert.DoesNotContain("twelve", credentials.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("twelve", s_secret.ToString(), StringComparison.Ordinal);
        var refused = Assert.Throws<ArgumentException>(() => new ChapSecret("eleven byte"u8));
        Assert.DoesNotContain("eleven", refused.ToString(), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new ChapSecret(new byte[256]));
        Assert.True(s_secret.Matches(new("twelve bytes and more"u8)));
        Assert.False(s_secret.Matches(new("twelve bytes and less"u8)));
        var cleared = new ChapSecret("twelve bytes and more"u8);
        cleared.Dispose();
        Assert.False(s_secret.Matches(cleared));
    }
}
