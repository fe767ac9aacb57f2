using Lunette.Testing;

namespace Lunette.Cli.Tests;

/// <summary>How a command logs in by itself: words that contradict each other are said before anybody is
/// asked.</summary>
public sealed class UrlLoginTests : CommandTests
{
    private const string Nobody = "127.0.0.1:1/iqn.2026-11.example:nobody/0";

    [Theory]
    [InlineData("tur -t disk -f {0} iscsi://{1}", "name the user in the URL")]
    [InlineData("discover -t disk -f {0} iscsi://127.0.0.1:1", "name the user in the URL")]
    [InlineData("tur -S {0} -t disk -f {0} iscsi://me@{1}", "never share a secret")]
    [InlineData("copy -S {0} -t disk -f {0} iscsi://me@{1} {0}.copy", "never share a secret")]
    [InlineData("tur iscsi://me@{1}", "CHAP as me needs a secret: --chap-secret-file or -s")]
    [InlineData("tur -S {0} -t disk iscsi://me@{1}", "CHAP as disk needs a secret: --target-chap-secret-file")]
    [InlineData("tur --digest crc32c iscsi://{1}", "--digest is header, data or both")]
    public async Task Login_WordsThatContradictEachOther_SaidAtOnce(string line, string expected)
    {
        using var folder = new TestFolder();
        var file = Path.Combine(folder.Path, "secret");
        await File.WriteAllTextAsync(file, "a-secret-of-ours", TestContext.Current.CancellationToken);

        var ran = await RunAsync("disk " + string.Format(null, line, file, Nobody));

        Assert.NotEqual(0, ran.Exit);
        Assert.Contains(expected, ran.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ran.Error, StringComparison.Ordinal);
    }
}
