namespace Lunette.Cli.Tests.Golden;

/// <summary>lunette export and lunette apply.</summary>
public sealed class DocumentTests : CommandTests
{
    private const string Initiator = "iqn.2026-11.example:host";

    private readonly string _folder = Directory.CreateTempSubdirectory("lunette-cli-").FullName;

    private string FilePath => Path.Combine(_folder, "configuration.json");

    protected override void CleanUp() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Export_OneDisk_IsReadable()
    {
        await DoAsync("stmfadm create-hg hosts");
        await DoAsync($"stmfadm add-hg-member -g hosts {Initiator}");
        await DoAsync("stmfadm create-lu -p guid=60000000000000000000000000000A01 -p wp=true -s 1g /disks/a.img");
        await DoAsync("stmfadm add-view -h hosts -n 7 60000000000000000000000000000A01");
        Assert.Equal(
            """
            {
              "lunette": 1,
              "whole": false,
              "hostGroups": [
                {
                  "name": "hosts",
                  "members": [
                    "iqn.2026-11.example:host"
                  ]
                }
              ],
              "targetGroups": [],
              "disks": [
                {
                  "guid": "60000000000000000000000000000A01",
                  "file": "/disks/a.img",
                  "properties": {
                    "alias": "/disks/a.img",
                    "blk": "4096",
                    "mgmt-url": "",
                    "size": "1073741824",
                    "wp": "true"
                  },
                  "views": [
                    {
                      "hostGroup": "hosts",
                      "lun": 7
                    }
                  ]
                }
              ]
            }

            """,
            await DoAsync("export --disk 60000000000000000000000000000A01"), ignoreLineEndingDifferences: true);
    }

    [Fact]
    public async Task Apply_AFile_ShowsThePlanAndCarriesItOut()
    {
        await File.WriteAllTextAsync(
            FilePath,
            """
            {
              "lunette": 1,
              // Who may see what.
              "hostGroups": [ { "name": "hosts", "members": [ "iqn.2026-11.example:HOST" ] }, ],
            }
            """, TestContext.Current.CancellationToken);
        const string Plan = $"+ host group hosts\n+ {Initiator} in host group hosts\n";
        Assert.Equal(Plan, await DoAsync($"apply --plan {FilePath}"));
        await FailsToApplyAsync(Plan, "lunette: nothing was changed; say yes, or use --yes");
        Assert.Equal(Plan + "done: 2 changes\n", await DoAsync($"apply --yes {FilePath}"));
        Assert.Equal("nothing to change\n", await DoAsync($"apply --yes {FilePath}"));
        Assert.Equal($"Host Group: hosts\n\tMember: {Initiator}\n", await DoAsync("stmfadm list-hg -v"));
    }

    [Theory]
    [InlineData("{ \"lunette\": 1, \"hosts\": [] }", "hosts")]
    [InlineData("{ \"lunette\": 2 }", "format 2")]
    [InlineData("[", "JSON")]
    public async Task Apply_NoDocument_SaysWhatIsWrong(string text, string expected)
    {
        await File.WriteAllTextAsync(FilePath, text, TestContext.Current.CancellationToken);
        var ran = await RunAsync($"apply --yes {FilePath}");
        Assert.Equal(1, ran.Exit);
        Assert.Contains(expected, ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_WithSecrets_IntoAFileOfTheOwnersOnly()
    {
        Secrets.Enqueue("a secret of twelve");
        Secrets.Enqueue("a secret of twelve");
        await DoAsync($"itadm create-initiator -s {Initiator}");
        await FailsAsync("export --with-secrets", "lunette: secrets go into a file: name it with -o");
        Assert.DoesNotContain("a secret of twelve", await DoAsync("export"));
        await DoAsync($"export --with-secrets -o {FilePath}");
        Assert.Contains("\"value\": \"a secret of twelve\"",
            await File.ReadAllTextAsync(FilePath, TestContext.Current.CancellationToken));
        if (!OperatingSystem.IsWindows())
            Assert.Equal("600", Convert.ToString((int)File.GetUnixFileMode(FilePath), 8));
        Assert.Equal("nothing to change\n", await DoAsync($"apply --yes {FilePath}"));
    }

    private async Task FailsToApplyAsync(string output, string error)
    {
        var ran = await RunAsync($"apply {FilePath}");
        Assert.Equal((1, output, error), (ran.Exit, ran.Output, ran.Error.Split('\n')[0]));
    }
}
