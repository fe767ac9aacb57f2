namespace Lunette.Iscsi.Tests;

/// <summary>RFC 7143 appendix C.</summary>
public class SendTargetsTests
{
    private static readonly IscsiName s_name = IscsiName.Parse("iqn.2001-04.com.example:a");

    [Theory]
    [InlineData("All", SessionType.Discovery, true, SendTargetsScope.All)]
    [InlineData("All", SessionType.Normal, false, SendTargetsScope.All)]
    [InlineData("", SessionType.Normal, true, SendTargetsScope.ThisTarget)]
    [InlineData("", SessionType.Discovery, false, SendTargetsScope.ThisTarget)]
    [InlineData("iqn.2001-04.com.example:a", SessionType.Discovery, true, SendTargetsScope.Named)]
    [InlineData("iqn.2001-04.com.example:a", SessionType.Normal, true, SendTargetsScope.Named)]
    [InlineData("all", SessionType.Discovery, false, SendTargetsScope.Named)]
    public void Request(string value, SessionType type, bool lawful, SendTargetsScope scope)
    {
        Assert.Equal(lawful, SendTargets.TryParseRequest(value, type, out var found, out var name));
        Assert.Equal(scope, found);
        if (lawful && scope == SendTargetsScope.Named) Assert.Equal(s_name, name);
    }

    [Fact]
    public void Response_RoundTrip()
    {
        TargetRecord[] targets =
        [
            new(s_name, [new("10.0.0.1", 3260, 1), new("fe80::1", 3260, 2)]),
            new(IscsiName.Parse("eui.02004567a425678d"), []),
        ];
        var text = new TextBuilder();
        foreach (var target in targets) SendTargets.Add(text, target);
        Assert.Equal(TextFault.None, TextFormat.Parse(text.Take(1 << 20), TextLimits.Discovery, out var pairs));
        Assert.Equal(
            [
                new("TargetName", "iqn.2001-04.com.example:a"), new("TargetAddress", "10.0.0.1:3260,1"),
                new("TargetAddress", "[fe80::1]:3260,2"), new("TargetName", "eui.02004567a425678d"),
            ],
            pairs);
        Assert.True(SendTargets.TryParseResponse(pairs, out var read));
        Assert.Equal(2, read.Count);
        Assert.Equal(targets[0].Name, read[0].Name);
        Assert.Equal(targets[0].Addresses, read[0].Addresses);
        Assert.Empty(read[1].Addresses);
    }

    [Fact]
    public void Response_Malformed_Refused()
    {
        Assert.False(SendTargets.TryParseResponse([new("TargetAddress", "10.0.0.1:3260,1")], out _));
        Assert.False(SendTargets.TryParseResponse([new("TargetName", "nobody")], out _));
        Assert.False(SendTargets.TryParseResponse([new("TargetName", s_name.Value), new("TargetAddress", "?")], out _));
        Assert.False(SendTargets.TryParseResponse([new("SendTargets", "Reject")], out _));
        Assert.True(SendTargets.TryParseResponse([new("X-mine", "1")], out var none));
        Assert.Empty(none);
    }

    [Fact]
    public void Response_AddressWithoutTag_IsOurMistake() =>
        Assert.Throws<ArgumentException>(() => SendTargets.Add(new(), new(s_name, [new("10.0.0.1", 3260)])));
}
