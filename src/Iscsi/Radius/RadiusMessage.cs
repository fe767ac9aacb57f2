using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Lunette.Iscsi.Radius;

/// <summary>What a datagram says about a request.</summary>
public enum RadiusAnswer : byte
{
    /// <summary>Nothing: it is no answer to the request, or not from whoever has the secret.</summary>
    None,

    /// <summary>Access-Accept.</summary>
    Accepted,

    /// <summary>Access-Reject.</summary>
    Rejected,

    /// <summary>An answer without Message-Authenticator, which somebody on the way could have made of another
    /// one.</summary>
    Unsigned,

    /// <summary>An answer that means nothing for CHAP, such as Access-Challenge.</summary>
    Unusable,
}

/// <summary>
/// Packets of RADIUS (RFC 2865), as far as a client needs them that has CHAP responses judged (section 5.3). Every
/// request carries a Message-Authenticator (RFC 3579 section 3.2), and only an answer that has one, too, is taken: the
/// Response Authenticator alone is MD5 over bytes that an attacker can influence.
/// </summary>
[SuppressMessage("Security", "CA5351", Justification = "RFC 2865 and RFC 3579 know no other digest than MD5.")]
public static class RadiusMessage
{
    /// <summary>Length of everything before the attributes.</summary>
    public const int HeaderLength = 20;

    /// <summary>The longest packet (RFC 2865 section 3).</summary>
    public const int LengthMax = 4096;

    /// <summary>The longest value of an attribute.</summary>
    public const int ValueLengthMax = 253;

    /// <summary>Length of Request Authenticator, Response Authenticator and Message-Authenticator.</summary>
    public const int AuthenticatorLength = 16;

    private const int AuthenticatorOffset = 4;
    private const int AttributeHeaderLength = 2;

    private enum Code : byte { AccessRequest = 1, AccessAccept = 2, AccessReject = 3, AccessChallenge = 11 }

    private enum Attribute : byte
    {
        UserName = 1,
        ChapPassword = 3,
        NasIdentifier = 32,
        ChapChallenge = 60,
        MessageAuthenticator = 80,
    }

    /// <summary>An Access-Request that asks whether a CHAP response is right.</summary>
    /// <param name="identifier">Matches answers, with the port that asks.</param>
    /// <param name="authenticator">The Request Authenticator: 16 bytes nobody can predict.</param>
    /// <param name="proof">What the initiator answered; its name has 253 bytes at most.</param>
    /// <param name="asker">NAS-Identifier: who asks.</param>
    /// <param name="secret">What this machine shares with the server.</param>
    public static byte[] AccessRequest(
        byte identifier, ReadOnlySpan<byte> authenticator, ChapProof proof, string asker, ReadOnlySpan<byte> secret)
    {
        var packet = new byte[LengthMax];
        packet[0] = (byte)Code.AccessRequest;
        packet[1] = identifier;
        authenticator[..AuthenticatorLength].CopyTo(packet.AsSpan(AuthenticatorOffset));
        var length = HeaderLength;
        // First, so that no attribute of somebody else's choice stands before it.
        Add(packet, ref length, Attribute.MessageAuthenticator, new byte[AuthenticatorLength]);
        Add(packet, ref length, Attribute.UserName, Encoding.UTF8.GetBytes(proof.Name));
        Add(packet, ref length, Attribute.ChapPassword, [proof.Identifier, .. proof.Response.Span]);
        Add(packet, ref length, Attribute.ChapChallenge, proof.Challenge.Span);
        Add(packet, ref length, Attribute.NasIdentifier, Encoding.UTF8.GetBytes(asker));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)length);
        var whole = packet[..length];
        HMACMD5.HashData(secret, whole, whole.AsSpan(HeaderLength + AttributeHeaderLength, AuthenticatorLength));
        return whole;
    }

    /// <summary>What a datagram that came to the asking port says about the request.</summary>
    public static RadiusAnswer Judge(
        ReadOnlySpan<byte> datagram, ReadOnlySpan<byte> request, ReadOnlySpan<byte> secret)
    {
        if (datagram.Length < HeaderLength || datagram[1] != request[1]) return RadiusAnswer.None;
        int length = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        // What stands behind the stated length is padding (RFC 2865 section 3).
        if (length < HeaderLength || length > datagram.Length || length > LengthMax) return RadiusAnswer.None;
        var answer = datagram[..length];
        var asked = request.Slice(AuthenticatorOffset, AuthenticatorLength);
        if (!IsAuthentic(answer, asked, secret)) return RadiusAnswer.None;
        if (!TryFindSignature(answer, out var at)) return RadiusAnswer.None;
        if (at == 0) return RadiusAnswer.Unsigned;
        if (!IsSigned(answer, asked, secret, at)) return RadiusAnswer.None;
        return (Code)answer[0] switch
        {
            Code.AccessAccept => RadiusAnswer.Accepted,
            Code.AccessReject => RadiusAnswer.Rejected,
            _ => RadiusAnswer.Unusable,
        };
    }

    // RFC 2865 section 3: MD5 over the answer with the request's authenticator in place of its own, and the secret.
    private static bool IsAuthentic(ReadOnlySpan<byte> answer, ReadOnlySpan<byte> asked, ReadOnlySpan<byte> secret)
    {
        byte[] hashed = [.. answer, .. secret];
        asked.CopyTo(hashed.AsSpan(AuthenticatorOffset));
        Span<byte> digest = stackalloc byte[AuthenticatorLength];
        MD5.HashData(hashed, digest);
        CryptographicOperations.ZeroMemory(hashed);
        return CryptographicOperations.FixedTimeEquals(digest, answer.Slice(AuthenticatorOffset, AuthenticatorLength));
    }

    // RFC 3579 section 3.2: HMAC-MD5 over the answer with the request's authenticator, zeros in its own place.
    private static bool IsSigned(
        ReadOnlySpan<byte> answer, ReadOnlySpan<byte> asked, ReadOnlySpan<byte> secret, int at)
    {
        var hashed = answer.ToArray();
        asked.CopyTo(hashed.AsSpan(AuthenticatorOffset));
        hashed.AsSpan(at, AuthenticatorLength).Clear();
        Span<byte> digest = stackalloc byte[AuthenticatorLength];
        HMACMD5.HashData(secret, hashed, digest);
        return CryptographicOperations.FixedTimeEquals(digest, answer.Slice(at, AuthenticatorLength));
    }

    // Where the value of Message-Authenticator stands, 0 where there is none; false when the attributes are malformed.
    private static bool TryFindSignature(ReadOnlySpan<byte> answer, out int at)
    {
        at = 0;
        for (var i = HeaderLength; i < answer.Length; i += answer[i + 1])
        {
            if (answer.Length - i < AttributeHeaderLength) return false;
            int length = answer[i + 1];
            if (length < AttributeHeaderLength || length > answer.Length - i) return false;
            if (answer[i] != (byte)Attribute.MessageAuthenticator) continue;
            // There is one at most.
            if (at != 0 || length != AttributeHeaderLength + AuthenticatorLength) return false;
            at = i + AttributeHeaderLength;
        }
        return true;
    }

    private static void Add(Span<byte> packet, ref int length, Attribute type, ReadOnlySpan<byte> value)
    {
        if (value.Length is 0 or > ValueLengthMax)
            throw new ArgumentException("a value has 1 to 253 bytes", nameof(value));
        packet[length] = (byte)type;
        packet[length + 1] = (byte)(AttributeHeaderLength + value.Length);
        value.CopyTo(packet[(length + AttributeHeaderLength)..]);
        length += AttributeHeaderLength + value.Length;
    }
}
