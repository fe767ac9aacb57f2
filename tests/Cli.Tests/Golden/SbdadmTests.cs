namespace Lunette.Cli.Tests.Golden;

/// <summary>sbdadm's labels, columns, messages and exit status.</summary>
public sealed class SbdadmTests : CommandTests
{
    private const string Table =
        "\n              GUID                    DATA SIZE           SOURCE\n"
        + "--------------------------------  -------------------  ----------------\n"
        + "60000000000000000000000000000001  42949672960          /disks/v1\n";

    [Fact]
    public async Task Disks_CreateListModifyDelete()
    {
        Assert.Equal("\nFound 0 LU(s)\n", await DoAsync("sbdadm list-lu"));
        Assert.Equal("\nCreated the following LU:\n" + Table, await DoAsync("sbdadm create-lu /disks/v1"));
        Assert.Equal("\nFound 1 LU(s)\n" + Table, await DoAsync("sbdadm list-lu"));
        await DoAsync("sbdadm modify-lu -s 1m 60000000000000000000000000000001");
        Assert.Contains("1  1048576              /disks/v1", (await DoAsync("sbdadm list-lu")).Split('\n')[^2][31..]);
        await DoAsync("sbdadm modify-lu -s 40g /disks/v1");
        Assert.Equal("", await DoAsync("sbdadm delete-lu 60000000000000000000000000000001"));
        Assert.Equal("\nImported the following LU:\n" + Table, await DoAsync("sbdadm import-lu /disks/v1"));
        await FailsAsync("sbdadm import-lu /disks/none", "sbdadm: /disks/none: meta file error");
        await FailsAsync("sbdadm delete-lu 6", "sbdadm: 6: must be 32 hexadecimal digits long");
        var stranger = new string('6', 32);
        await FailsAsync($"sbdadm delete-lu {stranger}", $"sbdadm: {stranger}: not found");
    }
}
