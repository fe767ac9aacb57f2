namespace Lunette.Admin.Contracts.Tests;

public sealed class NounTests
{
    [Theory]
    [InlineData("iqn.2026-11.example:a", StmfStatus.Success)]
    [InlineData("eui.02004567A425678D", StmfStatus.Success)]
    [InlineData("naa.52004567BA64678D", StmfStatus.InvalidArg)]
    [InlineData("wwn.0123456789ABCDEF", StmfStatus.InvalidArg)]
    [InlineData("", StmfStatus.InvalidArg)]
    [InlineData(null, StmfStatus.InvalidArg)]
    public void DevidFromIscsiName_Prefix_IqnOrEui(string? name, StmfStatus expected) =>
        Assert.Equal(expected, Devid.FromIscsiName(name, out _));

    [Fact]
    public void DevidFromIscsiName_LongerThan223Bytes_InvalidArg()
    {
        Assert.Equal(StmfStatus.Success, Devid.FromIscsiName("iqn." + new string('a', 219), out _));
        Assert.Equal(StmfStatus.InvalidArg, Devid.FromIscsiName("iqn." + new string('a', 220), out _));
        Assert.Equal(StmfStatus.InvalidArg, Devid.FromIscsiName("iqn." + new string('é', 110), out _));
    }

    [Fact]
    public void DevidFromWwn_EightBytes_UpperCaseText()
    {
        Assert.Equal(StmfStatus.Success, Devid.FromWwn([0x21, 0, 0, 0xE0, 0x8B, 0x94, 0x0F, 0xAC], out var devid));
        Assert.Equal("wwn.210000E08B940FAC", devid.Name);
        Assert.Equal(StmfStatus.InvalidArg, Devid.FromWwn([1, 2, 3], out _));
    }

    [Theory]
    [InlineData("IQN.2026-11.Example:Upper", "iqn.2026-11.example:upper")]
    [InlineData("wwn.210000e08b940fac", "wwn.210000E08B940FAC")]
    [InlineData("WWN.210000e08b940fac", "wwn.210000E08B940FAC")]
    [InlineData("eui.02004567a425678d", "eui.02004567a425678d")]
    [InlineData("wwn.210000e08b940fa", null)]
    [InlineData("wwn.210000e08b940fxx", null)]
    [InlineData("disk", null)]
    public void DevidOfTheCommands_AnyForm_Canonical(string text, string? expected) =>
        Assert.Equal(expected, Devid.TryParse(text, out var devid) ? devid.Name : null);

    [Theory]
    [InlineData("600144F04E086D08000058255D130003", true)]
    [InlineData("600144f04e086d08000058255d130003", true)]
    [InlineData("600144F04E086D08000058255D13000", false)]
    [InlineData("600144F04E086D08000058255D1300033", false)]
    [InlineData("600144F04E086D08000058255D13000G", false)]
    [InlineData(" 00144F04E086D08000058255D130003", false)]
    public void Guid_Text_Is32HexadecimalDigits(string text, bool valid)
    {
        Assert.Equal(valid, StmfGuid.TryParse(text, out var guid));
        if (valid) Assert.Equal(text.ToUpperInvariant(), guid.ToString());
    }

    [Theory]
    [InlineData("1", 1L)]
    [InlineData("1b", 1L)]
    [InlineData("512K", 524288L)]
    [InlineData("1.5g", 1610612736L)]
    [InlineData("7.9e", 9108079886394091110L)]
    [InlineData("8e", null)]
    [InlineData("0", null)]
    [InlineData("-1g", null)]
    [InlineData("1gg", null)]
    [InlineData("g", null)]
    [InlineData("", null)]
    public void Size_NumberAndSuffix_Bytes(string text, long? expected) =>
        Assert.Equal(expected, SizeText.TryParse(text, out var bytes) ? bytes : null);

    [Fact]
    public void Home_OptionThenVariableThenXdg_FirstWins()
    {
        var environment = new Dictionary<string, string> { ["HOME"] = "/base" };
        string Resolve(string? option) => LunetteHome.ForDaemon(option, environment.GetValueOrDefault).Path;
        Assert.Equal("/base/.local/share/lunette", Resolve(null));
        environment["XDG_DATA_HOME"] = "relative is to be ignored";
        Assert.Equal("/base/.local/share/lunette", Resolve(null));
        environment["XDG_DATA_HOME"] = "/data";
        Assert.Equal("/data/lunette", Resolve(null));
        environment["STATE_DIRECTORY"] = "/var/lib/lunette:/var/lib/other";
        Assert.Equal("/var/lib/lunette", Resolve(null));
        environment["LUNETTE_HOME"] = "/srv/lunette";
        Assert.Equal("/srv/lunette", Resolve(null));
        Assert.Equal("/chosen", Resolve("/chosen"));
    }

    [Theory]
    [InlineData(null, null, "/base/.local/share/lunette /var/lib/lunette", "/base/.local/share/lunette")]
    [InlineData(null, null, "/var/lib/lunette", "/var/lib/lunette")]
    [InlineData(null, null, "", "/base/.local/share/lunette")]
    [InlineData(null, "/named", "/var/lib/lunette", "/named")]
    [InlineData("/chosen", null, "/var/lib/lunette", "/chosen")]
    public void Home_OfACommand_TheServiceWhereNothingElseIsNamedOrServes(
        string? option, string? variable, string serving, string home)
    {
        var sockets = serving.Split(' ').Select(path => path + "/admin.sock").ToHashSet();
        string? Environment(string name) => name switch
        {
            "HOME" => "/base",
            LunetteHome.Variable => variable,
            // A program that calls the library may be a service itself.
            LunetteHome.ServiceVariable => "/var/lib/other",
            _ => null,
        };
        Assert.Equal(home, LunetteHome.ForCommands(option, Environment, sockets.Contains).Path);
    }

    [Fact]
    public void NameValueList_With_ReplacesInPlaceAndRemoves()
    {
        var list = NameValueList.Empty.With("a", "1").With("b", 2).With("a", "3");
        Assert.Equal(["a", "b"], list.Values.Select(value => value.Name));
        Assert.Equal("3", list.FindText("a"));
        Assert.Null(list.With("a", (string?)null).FindText("a"));
    }
}
