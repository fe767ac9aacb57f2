namespace Lunette.Iscsi.Tests;

public class NamingTests
{
    [Theory]
    [InlineData("iqn.2001-04.com.example:storage:diskarrays-sn-a8675309", IscsiNameType.Qualified)]
    [InlineData("iqn.2001-04.com.example", IscsiNameType.Qualified)]
    [InlineData("IQN.2001-04.COM.Example:Disk1", IscsiNameType.Qualified)]
    [InlineData("iqn.1994-05.com.redhat:host_1", IscsiNameType.Qualified)]
    [InlineData("iqn.2001-04.com.example:größe", IscsiNameType.Qualified)]
    [InlineData("eui.02004567A425678D", IscsiNameType.Eui64)]
    [InlineData("naa.52004567BA64678D", IscsiNameType.Naa)]
    [InlineData("naa.62004567BA64678D0123456789ABCDEF", IscsiNameType.Naa)]
    public void Name_Lawful_FoldedToLowerCase(string text, IscsiNameType type)
    {
        Assert.True(IscsiName.TryParse(text, out var name));
        Assert.Equal(type, name.Type);
        Assert.Equal(text.ToLowerInvariant(), name.ToString());
        Assert.Equal(name, IscsiName.Parse(text.ToUpperInvariant()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("iqn.")]
    [InlineData("iqn.2001-13.com.example")]
    [InlineData("iqn.2001-00.com.example")]
    [InlineData("iqn.201-04.com.example:a")]
    [InlineData("iqn.2001-04.")]
    [InlineData("iqn.2001-04.:a")]
    [InlineData("iqn.2001-04.com.example:a b")]
    [InlineData("iqn.2001-04.com.example:a/b")]
    [InlineData("iqn.2001-04.com.example:a\\b")]
    [InlineData("iqn.2001-04.com.example:a\nb")]
    [InlineData("iqn.2001-04.com.example:a,b")]
    [InlineData("iqn.2001-04.com.example:a\u00a0b")]
    [InlineData("iqn.2001-04.com.example:\ud800")]
    [InlineData("eui.02004567A425678")]
    [InlineData("eui.02004567A425678G")]
    [InlineData("naa.52004567BA64678")]
    [InlineData("wwn.2001-04.com.example")]
    public void Name_Unlawful_Refused(string? text) => Assert.False(IscsiName.TryParse(text, out _));

    [Fact]
    public void Name_Length_223BytesAtMost()
    {
        const string Prefix = "iqn.2001-04.com.example:";
        Assert.True(IscsiName.TryParse(Prefix + new string('a', 223 - Prefix.Length), out _));
        Assert.False(IscsiName.TryParse(Prefix + new string('a', 224 - Prefix.Length), out _));
        // 112 letters of two bytes each.
        Assert.False(IscsiName.TryParse(Prefix + new string('ö', 112), out _));
        Assert.Throws<FormatException>(() => IscsiName.Parse("x"));
    }

    [Theory]
    [InlineData("10.0.0.1:3260,1", "10.0.0.1", 3260, 1, "10.0.0.1:3260,1")]
    [InlineData("10.0.0.1", "10.0.0.1", 3260, null, "10.0.0.1:3260")]
    [InlineData("[fe80::1]:860,65535", "fe80::1", 860, 65535, "[fe80::1]:860,65535")]
    [InlineData("[::1]", "::1", 3260, null, "[::1]:3260")]
    [InlineData("array-1.example.com:3261,2", "array-1.example.com", 3261, 2, "array-1.example.com:3261,2")]
    public void PortalAddress_ParseAndFormat(string text, string host, int port, int? tag, string formatted)
    {
        Assert.True(PortalAddress.TryParse(text, out var address));
        Assert.Equal(new PortalAddress(host, port, tag), address);
        Assert.Equal(formatted, address!.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(":3260")]
    [InlineData("host:")]
    [InlineData("host:0")]
    [InlineData("host:65536")]
    [InlineData("host:3260,")]
    [InlineData("host:3260,65536")]
    [InlineData("host:3260,1,2")]
    [InlineData("[::1")]
    [InlineData("[::1]3260")]
    [InlineData("[10.0.0.1]:3260")]
    [InlineData("fe80::1:3260")]
    [InlineData("a b:3260")]
    public void PortalAddress_Malformed_Refused(string text) => Assert.False(PortalAddress.TryParse(text, out _));

    [Fact]
    public void Isid_Forms()
    {
        Span<byte> bytes = stackalloc byte[6];
        Isid.FromCompanyId(0x023D00, 0x000001).Write(bytes);
        Assert.Equal("023D00000001", Convert.ToHexString(bytes));
        Assert.Equal(IsidType.Oui, Isid.Parse(bytes).Type);
        Isid.FromEnterpriseNumber(0x123456, 7).Write(bytes);
        Assert.Equal("401234560007", Convert.ToHexString(bytes));
        Assert.Equal(IsidType.EnterpriseNumber, Isid.Parse(bytes).Type);
        Isid.FromRandom(0xABCDEF, 0x1234).Write(bytes);
        Assert.Equal("80ABCDEF1234", Convert.ToHexString(bytes));
        Assert.Equal(IsidType.Random, Isid.Parse(bytes).Type);
        Assert.Equal("80abcdef1234", Isid.Parse(bytes).ToString());
        Assert.Equal(IsidType.Reserved, new Isid(0xC000_0000_0000).Type);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Isid(1UL << 48));
    }
}
