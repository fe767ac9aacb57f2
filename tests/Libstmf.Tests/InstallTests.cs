using Lunette.Testing;

namespace Lunette.Libstmf.Tests;

/// <summary>
/// <c>./lunette install --prefix</c>, with the programs that lie beside the tests in place of those it would build.
/// </summary>
public sealed class InstallTests : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lunette-install-");

    private string Prefix => Path.Combine(_folder.FullName, "prefix");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Install_IntoAPrefix_CommandsLibraryHeaderAndPagesWork()
    {
        await CProgram.RequireAsync();
        // Twice: the second finds what the first left.
        await InstallAsync("--prefix", Prefix);
        await InstallAsync("--prefix=" + Prefix);
        await using var daemon = await DaemonOfTest.StartAsync();
        (string, string)[] home = [("LUNETTE_HOME", daemon.Home.Path)];
        var listed = await CProgram.RunAsync(Path.Combine(Prefix, "bin", "stmfadm"), ["list-target"], home, s_limit);
        Assert.Equal((0, $"Target: {DaemonOfTest.Target}\n"), listed);
        var asLunette = await CProgram.RunAsync(
            Path.Combine(Prefix, "bin", "lunette"), ["stmfadm", "list-target"], home, s_limit);
        Assert.Equal(listed, asLunette);
        var serve = await CProgram.RunAsync(Path.Combine(Prefix, "bin", "lunette"), ["serve", "--help"], [], s_limit);
        Assert.Contains("--portal", serve.Said, StringComparison.Ordinal);
        Assert.Contains("lunette serve", serve.Said, StringComparison.Ordinal);
        // An installed command calls itself what it is called.
        var mistyped = await CProgram.RunAsync(Path.Combine(Prefix, "bin", "stmfadm"), ["list-targets"], home, s_limit);
        Assert.Contains("did you mean 'stmfadm list-target'?", mistyped.Said, StringComparison.Ordinal);
        // LUNETTE_SOCKET names the socket itself, for commands as for programs.
        (string, string)[] socket = [("LUNETTE_HOME", _folder.FullName), ("LUNETTE_SOCKET", daemon.Home.SocketPath)];
        Assert.Equal(listed, await CProgram.RunAsync(
            Path.Combine(Prefix, "bin", "stmfadm"), ["list-target"], socket, s_limit));

        var program = Path.Combine(_folder.FullName, "program");
        await CompileAgainstPrefixAsync(program);
        var ran = await CProgram.RunAsync(program, [], home, s_limit);
        Assert.True(ran.Exit == 0, ran.Said);
    }

    [Fact]
    public async Task Install_Unit_IsOneThatSystemdTakes()
    {
        await CProgram.RequireAsync();
        await InstallAsync("--prefix", Prefix);
        var unit = Path.Combine(Prefix, "lib", "systemd", "system", "lunette.service");
        var text = await File.ReadAllTextAsync(unit, TestContext.Current.CancellationToken);
        Assert.Contains($"ExecStart={Prefix}/bin/lunette serve", text, StringComparison.Ordinal);
        Assert.DoesNotContain("@", text, StringComparison.Ordinal);
        Assert.Contains("LimitCORE=0", text, StringComparison.Ordinal);     // a core would hold secrets
        var verified = await CProgram.RunAsync(
            Peer.Require("systemd-analyze"), ["verify", "--man=no", unit], [], s_limit);
        Assert.True(verified.Exit == 0, verified.Said);
        Assert.DoesNotContain("lunette.service:", verified.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Install_Pages_OneForEachCommandAndFunction()
    {
        await CProgram.RequireAsync();
        await InstallAsync("--prefix", Prefix);
        var man = Path.Combine(Prefix, "share", "man");
        foreach (var name in Header.Functions.Where(name => !name.StartsWith("lunette_nv", StringComparison.Ordinal)))
            Assert.True(File.Exists(Path.Combine(man, "man3", name + ".3")), name);
        foreach (var name in new[] { "lunette", "stmfadm", "sbdadm", "itadm" })
            Assert.True(File.Exists(Path.Combine(man, "man8", name + ".8")), name);
        var page = await File.ReadAllTextAsync(
            Path.Combine(man, "man3", "libstmf.3"), TestContext.Current.CancellationToken);
        foreach (var name in Header.Functions.Where(name => name.StartsWith("stmf", StringComparison.Ordinal)))
        {
            var told = name.Replace("HostGroup", "TargetGroup", StringComparison.Ordinal);
            Assert.Contains(told, page, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData]
    [InlineData("--prefix")]
    [InlineData("--prefix=")]
    [InlineData("--perfix", "x")]
    public async Task Install_WithoutAPrefix_SaysHow(params string[] words)
    {
        var said = await RunInstallAsync(words);
        Assert.Equal((2, "usage: ./lunette install --prefix DIR\n"), said);
    }

    private async Task InstallAsync(params string[] words)
    {
        var (exit, said) = await RunInstallAsync(words);
        Assert.True(exit == 0, said);
    }

    private Task<(int Exit, string Said)> RunInstallAsync(string[] words)
    {
        var app = Directory.CreateDirectory(Path.Combine(_folder.FullName, "app")).FullName;
        foreach (var program in new[] { "Daemon", "Cli" })
        {
            var link = Path.Combine(app, program);
            if (!Path.Exists(link)) Directory.CreateSymbolicLink(link, AppContext.BaseDirectory);
        }
        const string Script =
            """set -u; me=lunette; . "$root/eng/dotnet.sh"; . "$root/eng/install.sh"; install_all "$@" """;
        return CProgram.RunAsync(
            "bash", ["-c", Script, "lunette", .. words], [("root", Repository.Root), ("app", app)], s_limit);
    }

    private async Task CompileAgainstPrefixAsync(string program)
    {
        var source = program + ".c";
        await File.WriteAllTextAsync(
            source,
            """
            #include <libstmf.h>
            int main(void)
            {
                stmfDevidList *targets;
                int status = stmfGetTargetList(&targets);
                if (status != STMF_STATUS_SUCCESS || targets->cnt != 1) return 1;
                stmfFreeMemory(targets);
                return 0;
            }
            """,
            TestContext.Current.CancellationToken);
        var (exit, said) = await CProgram.RunAsync(
            "gcc",
            [
                source, "-o", program, "-I" + Path.Combine(Prefix, "include"), "-L" + Path.Combine(Prefix, "lib"),
                "-lstmf", "-Wl,-rpath," + Path.Combine(Prefix, "lib"),
            ],
            [], s_limit);
        Assert.True(exit == 0, said);
    }
}
