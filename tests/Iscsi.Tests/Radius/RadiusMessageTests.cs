using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Lunette.Iscsi.Radius;

namespace Lunette.Iscsi.Tests.Radius;

/// <summary>Packets of RFC 2865 and RFC 3579, byte by byte.</summary>
[SuppressMessage("Security", "CA5351", Justification = "RFC 2865 and RFC 3579 know no other digest than MD5.")]
public class RadiusMessageTests
{
    private static readonly byte[] s_secret = Encoding.ASCII.GetBytes("xyzzy5461");
    private static readonly byte[] s_authenticator = Convert.FromHexString("2aee86f08d0d55969ca5978e0d3367a2");

    private static readonly ChapProof s_proof = new(
        "flopsy", 0x16, Convert.FromHexString("000102030405060708090a0b0c0d0e0f"),
        Convert.FromHexString("e97557c316185895f293ff6344077275"));

    private static byte[] Request =>
        RadiusMessage.AccessRequest(1, s_authenticator, s_proof, "lunette", s_secret);

    [Fact]
    public void AccessRequest_Chap_Bytes()
    {
        var request = Request;
        var signature = request.AsSpan(22, 16).ToArray();
        request.AsSpan(22, 16).Clear();
        Assert.Equal(
            "01" + "01" + "005c" + "2aee86f08d0d55969ca5978e0d3367a2" // code, id, length, authenticator
            + "5012" + "00000000000000000000000000000000"           // Message-Authenticator, blank
            + "0108" + "666c6f707379"                               // User-Name
            + "0313" + "16" + "e97557c316185895f293ff6344077275"    // CHAP-Password: CHAP_I, CHAP_R
            + "3c12" + "000102030405060708090a0b0c0d0e0f"           // CHAP-Challenge
            + "2009" + "6c756e65747465",                            // NAS-Identifier
            Convert.ToHexStringLower(request));
        Assert.Equal(HMACMD5.HashData(s_secret, request), signature);
    }

    // The answer of RFC 2865 section 7.2: its authenticator is right, but nothing signs it.
    [Fact]
    public void AccessAccept_OfTheStandard_IsUnsigned()
    {
        var answer = Convert.FromHexString(
            "02010038" + "15efbc7dab26cfa3dc34d9c03c8601a4"
            + "060600000002" + "070600000001" + "0806fffffffe" + "0a0600000002" + "0d0600000001" + "0c06000005dc");
        Assert.Equal(RadiusAnswer.Unsigned, RadiusMessage.Judge(answer, Request, s_secret));
        answer[^1] ^= 1;
        Assert.Equal(RadiusAnswer.None, RadiusMessage.Judge(answer, Request, s_secret));
    }

    [Theory]
    [InlineData(2, RadiusAnswer.Accepted)]
    [InlineData(3, RadiusAnswer.Rejected)]
    [InlineData(11, RadiusAnswer.Unusable)]
    [InlineData(5, RadiusAnswer.Unusable)]
    public void Answer_Signed_IsWhatItsCodeSays(byte code, RadiusAnswer expected)
    {
        Assert.Equal(expected, RadiusMessage.Judge(Answer(code), Request, s_secret));
        // Padding behind the stated length is not looked at.
        Assert.Equal(expected, RadiusMessage.Judge([.. Answer(code), 0, 0, 0], Request, s_secret));
    }

    [Fact]
    public void Answer_AnyByteChanged_OrCutShort_SaysNothing()
    {
        var whole = Answer(2);
        for (var i = 0; i < whole.Length; i++)
        {
            var changed = (byte[])whole.Clone();
            changed[i] ^= 0x10;
            Assert.Equal(RadiusAnswer.None, RadiusMessage.Judge(changed, Request, s_secret));
            Assert.Equal(RadiusAnswer.None, RadiusMessage.Judge(whole.AsSpan(0, i), Request, s_secret));
        }
        Assert.Equal(RadiusAnswer.None, RadiusMessage.Judge(whole, Request, "another secret"u8));
        var other = RadiusMessage.AccessRequest(1, new byte[16], s_proof, "lunette", s_secret);
        Assert.Equal(RadiusAnswer.None, RadiusMessage.Judge(whole, other, s_secret));
    }

    [Theory]
    [InlineData("1201")]            // shorter than its own header
    [InlineData("12")]              // no length
    [InlineData("1204aa")]          // longer than the packet
    [InlineData("50120000")]        // a signature cut short
    [InlineData("5003aa")]          // a signature of one byte
    public void Answer_AttributesMalformed_SaysNothing(string attributes) => Assert.Equal(
        RadiusAnswer.None, RadiusMessage.Judge(Authentic(2, Convert.FromHexString(attributes)), Request, s_secret));

    // An answer with a Message-Authenticator and a Reply-Message.
    private static byte[] Answer(byte code)
    {
        byte[] attributes = [0x50, 0x12, .. new byte[16], 0x12, 0x04, (byte)'h', (byte)'i'];
        var signed = Packet(code, s_authenticator, attributes);
        HMACMD5.HashData(s_secret, signed).CopyTo(attributes.AsSpan(2));
        return Authentic(code, attributes);
    }

    private static byte[] Authentic(byte code, byte[] attributes)
    {
        var packet = Packet(code, s_authenticator, attributes);
        MD5.HashData([.. packet, .. s_secret]).CopyTo(packet.AsSpan(4));
        return packet;
    }

    private static byte[] Packet(byte code, byte[] authenticator, byte[] attributes)
    {
        byte[] packet = [code, 1, 0, 0, .. authenticator, .. attributes];
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        return packet;
    }
}
