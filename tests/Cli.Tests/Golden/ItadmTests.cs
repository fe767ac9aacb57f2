namespace Lunette.Cli.Tests.Golden;

/// <summary>itadm's labels, columns, messages and exit status.</summary>
public sealed class ItadmTests : CommandTests
{
    private const string Target = "iqn.2010-08.org.example:02:demo";

    [Fact]
    public async Task ListTarget_Verbose_Columns()
    {
        Assert.Equal(
            "TARGET NAME                                                  STATE    SESSIONS \n",
            await DoAsync("itadm list-target"));
        Assert.Equal($"Target {Target} successfully created\n", await DoAsync($"itadm create-target -n {Target}"));
        await Kit.Framework.WaitForTargetAsync(Target, online: true, TestContext.Current.CancellationToken);
        Assert.Equal(
            "TARGET NAME                                                  STATE    SESSIONS \n"
            + "iqn.2010-08.org.example:02:demo                              online   0        \n"
            + "\talias:             \t-\n"
            + "\tauth:              \tnone (defaults)\n"
            + "\ttargetchapuser:    \t-\n"
            + "\ttargetchapsecret:  \tunset\n"
            + "\ttpg-tags:          \tdefault\n", await DoAsync("itadm list-target -v"));
        Assert.Equal($"{Target}\tonline\t0\n", await DoAsync($"itadm list-target -p {Target}"));
        await FailsAsync("itadm list-target iqn.2010-08.org.example:x", "itadm: iqn.2010-08.org.example:x: not found");
    }

    [Fact]
    public async Task CreateTarget_AllOptions_ListedWithThem()
    {
        await DoAsync("itadm create-tpg front 192.0.2.1 [2001:db8::1]:3261");
        Secrets.Enqueue("a secret of 12+");
        Secrets.Enqueue("a secret of 12+");
        await DoAsync($"itadm create-target -a chap -s -u me -n {Target} -l disks -t front");
        var listed = await DoAsync("itadm list-target -v");
        Assert.EndsWith(
            "\talias:             \tdisks\n"
            + "\tauth:              \tchap\n"
            + "\ttargetchapuser:    \tme\n"
            + "\ttargetchapsecret:  \tset\n"
            + "\ttpg-tags:          \tfront = 2\n", listed, StringComparison.Ordinal);
        Assert.Equal(
            "TARGET PORTAL GROUP           PORTAL COUNT\nfront                         2        \n",
            await DoAsync("itadm list-tpg"));
        Assert.EndsWith(
            "    portals:    192.0.2.1:3260,[2001:db8::1]:3261\n", await DoAsync("itadm list-tpg -v"),
            StringComparison.Ordinal);
        await FailsAsync(
            "itadm delete-tpg front", $"itadm: front: target portal group front is in use by target {Target}");
        await DoAsync("itadm delete-tpg -f front");
    }

    [Fact]
    public async Task CreateTarget_Mistakes_Messages()
    {
        await DoAsync($"itadm create-target -n {Target}");
        await FailsAsync($"itadm create-target -n {Target}", $"itadm: {Target}: already exists");
        await FailsAsync("itadm create-target -n disk", "itadm: disk: invalid argument");
        await FailsAsync("itadm create-target -a magic", "itadm: invalid argument");
        await FailsAsync("itadm create-target -s", "itadm: invalid argument");
        Secrets.Enqueue("a secret of 12+");
        Secrets.Enqueue("another secret!");
        await FailsAsync("itadm create-target -s", "itadm: invalid argument");
    }

    [Fact]
    public async Task DeleteTarget_Online_BusyUnlessForced()
    {
        await DoAsync($"itadm create-target -n {Target}");
        await Kit.Framework.WaitForTargetAsync(Target, online: true, TestContext.Current.CancellationToken);
        await FailsAsync($"itadm delete-target {Target}", $"itadm: {Target}: resource busy");
        Assert.Equal("", await DoAsync($"itadm delete-target -f {Target}"));
    }

    [Fact]
    public async Task Initiators_SecretFromAFile_NeverShown()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "a secret of 12+\n", TestContext.Current.CancellationToken);
            await DoAsync($"itadm create-initiator -S {file} -u client iqn.1991-05.com.example:client");
            Assert.Equal(
                "INITIATOR NAME                                               CHAPUSER  SECRET\n"
                + "iqn.1991-05.com.example:client                               client    set\n",
                await DoAsync("itadm list-initiator"));
            await DoAsync("itadm delete-initiator iqn.1991-05.com.example:client");
            await FailsAsync(
                "itadm modify-initiator -u x iqn.1991-05.com.example:client",
                "itadm: iqn.1991-05.com.example:client: not found");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Defaults_ModifiedAndListed()
    {
        Assert.Equal(
            "iSCSI Target Default Properties:\n\n"
            + "alias:             \t<none>\n"
            + "auth:              \t<none>\n"
            + "radiusserver:      \t<none>\n"
            + "radiussecret:      \tunset\n"
            + "isns:              \tdisabled\n"
            + "isnsserver:        \t<none>\n", await DoAsync("itadm list-defaults"));
        await DoAsync("itadm modify-defaults -a chap -i enable -I 192.0.2.8,192.0.2.9");
        Assert.Equal(
            "alias\t<none>\nauth\tchap\nradiusserver\t<none>\nradiussecret\tunset\nisns\tenabled\n"
            + "isnsserver\t192.0.2.8,192.0.2.9\n", await DoAsync("itadm list-defaults -p"));
        await FailsAsync("itadm modify-defaults -i perhaps", "itadm: perhaps: iSNS is enable or disable");
    }
}
