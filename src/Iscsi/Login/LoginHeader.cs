namespace Lunette.Iscsi;

/// <summary>What both sides of a login know about its headers (RFC 7143 sections 11.12 and 11.13).</summary>
internal static class LoginHeader
{
    /// <summary>The one version there is.</summary>
    public const byte Version = 0;

    /// <summary>
    /// Whether T, C, CSG and NSG go together: stages only go up, and a text that goes on does not leave.
    /// </summary>
    public static bool IsLawful(bool transit, bool continues, LoginStage current, LoginStage next)
    {
        if (current is not (LoginStage.SecurityNegotiation or LoginStage.LoginOperationalNegotiation)) return false;
        if (!transit) return true;
        if (continues) return false;
        return next is LoginStage.LoginOperationalNegotiation or LoginStage.FullFeaturePhase && next > current;
    }

    /// <summary>Begins a login PDU around a text: header, text, padding; no digests in a login.</summary>
    public static byte[] Begin<TPdu>(ReadOnlySpan<byte> text, out TPdu pdu) where TPdu : IPdu<TPdu>, allows ref struct
    {
        var bytes = new byte[BasicHeaderSegment.Length + (text.Length + 3 & ~3)];
        text.CopyTo(bytes.AsSpan(BasicHeaderSegment.Length));
        pdu = Pdu.Begin<TPdu>(bytes);
        new BasicHeaderSegment(bytes.AsSpan()).SetDataSegmentLength(text.Length);
        return bytes;
    }
}
