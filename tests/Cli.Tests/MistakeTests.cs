namespace Lunette.Cli.Tests;

/// <summary>What is said of words that mean nothing, and of files that cannot be had: one line that names the word, and
/// never the trace of an exception.</summary>
public sealed class MistakeTests : CommandTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lunette-cli-").FullName;

    [Theory]
    [InlineData("adapter start scsi0 x 0", "lunette adapter start: x is no number for <scsi-id>")]
    [InlineData("trace -n many", "lunette trace: many is no number for --count")]
    [InlineData("capture --session 1 --seconds -1 file", "lunette capture: --seconds is 1 to 86400")]
    [InlineData("errclear 99999999", "lunette: an age is 0 to 36500 days")]
    [InlineData("host-group", "lunette host-group: a command is missing: list, create, delete, add, remove")]
    [InlineData("completion csh",
        "lunette completion: Argument 'csh' not recognized. Must be one of: 'bash' 'zsh' 'fish'")]
    [InlineData("disk create ", "lunette disk create: <file> is empty")]
    [InlineData("stmfadm delete-lu ", "lunette stmfadm delete-lu: <lu-name> is empty")]
    [InlineData("export -o ", "lunette export: --output is empty")]
    [InlineData("itadm create-initiator iqn.2026-11.example:i -S ",
        "lunette itadm create-initiator: --chap-secret-file is empty")]
    [InlineData("export --disk first", "lunette: first: must be 32 hexadecimal digits long")]
    [InlineData("inject 6024C500000000000000000000000001 delay", "lunette: delay: say how long with --ms")]
    [InlineData("itadm create-tpg front 192.0.2", "itadm: front: invalid argument")]
    [InlineData("inject first list", "lunette: first: must be 32 hexadecimal digits long")]
    [InlineData("disk bench --seconds 0 file", "lunette: file: --seconds is more than 0, 86400 at most")]
    public Task Words_ThatMeanNothing_AreNamed(string line, string expected) => FailsAsync(line, expected);

    [Fact]
    public async Task File_ThatCannotBeMade_IsNamed()
    {
        var file = Path.Combine(_folder, "none", "data");
        await FailsAsync($"adapter receive -o {file} vscsi0 1",
            $"lunette adapter receive: Could not find a part of the path '{file}'.");
    }

    [Fact]
    public async Task Blocks_BehindTheEnd_AreNotRead()
    {
        var file = Path.Combine(_folder, "disk");
        await File.WriteAllBytesAsync(file, new byte[512], TestContext.Current.CancellationToken);

        Assert.StartsWith("00000000  00", await DoAsync($"disk read {file} 0 512"), StringComparison.Ordinal);
        await FailsAsync($"disk read {file} 1 512",
            $"lunette: {file}: 512 blocks from 1 on are not there: it has 512 of 1 bytes");
        await FailsAsync($"disk read {file} 9223372036854775807",
            $"lunette: {file}: 1 blocks from 9223372036854775807 on are not there: it has 512 of 1 bytes");
    }

    [Fact]
    public async Task Export_OverAFileBehindALink_TheLinkStaysAndNothingElseIsLeft()
    {
        var file = Path.Combine(_folder, "all.json");
        var link = Path.Combine(_folder, "latest");
        await File.WriteAllTextAsync(file, "before", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(link, file);

        await DoAsync($"export -o {link}");

        Assert.Equal(await DoAsync("export"), await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.Equal(file, File.ResolveLinkTarget(link, returnFinalTarget: false)?.FullName);
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public async Task Export_ToADevice_IsWrittenToIt()
    {
        if (!File.Exists("/dev/null")) Assert.Skip("there is no /dev/null here");
        await DoAsync("export -o /dev/null");
        Assert.Equal("", await File.ReadAllTextAsync("/dev/null", TestContext.Current.CancellationToken));
    }

    protected override void CleanUp() => Directory.Delete(_folder, recursive: true);
}
