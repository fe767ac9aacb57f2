using System.Net.Sockets;

namespace Lunette.Libstmf.Tests;

/// <summary>
/// A C program against the library and a daemon: each scenario is a file in <c>Programs/</c>, and calls what it names
/// with right and wrong arguments. Together they call every function.
/// </summary>
public sealed class CProgramTests
{
    [Theory]
    [InlineData("identifiers")]
    [InlineData("service")]
    [InlineData("targets")]
    [InlineData("groups")]
    [InlineData("views")]
    [InlineData("units")]
    [InlineData("properties")]
    [InlineData("provider-data")]
    [InlineData("settings")]
    [InlineData("nulls")]
    [InlineData("after-a-fork")]
    [InlineData("threads")]
    [InlineData("killed-in-mid-call")]
    [InlineData("service in-a-child")]
    [InlineData("targets in-a-child")]
    [InlineData("groups in-a-child")]
    [InlineData("views in-a-child")]
    [InlineData("units in-a-child")]
    [InlineData("properties in-a-child")]
    [InlineData("provider-data in-a-child")]
    [InlineData("settings in-a-child")]
    [InlineData("nulls in-a-child")]
    public async Task CProgram_Scenario_EveryCodeAndValueAsItShouldBe(string scenario)
    {
        await CProgram.RequireAsync();
        await using var daemon = await DaemonOfTest.StartAsync();
        await CProgram.PassAsync(scenario, daemon.Environment);
    }

    [Theory]
    [InlineData("LUNETTE_HOME", "")]
    [InlineData("XDG_DATA_HOME", "lunette")]
    public async Task CProgram_NoSocketNamed_FindsItInTheHome(string variable, string below)
    {
        await CProgram.RequireAsync();
        await using var daemon = await DaemonOfTest.StartAsync();
        var folder = Directory.CreateTempSubdirectory("lunette-c-");
        // The variable names a folder, in which the daemon's lies where the rule says.
        var home = Path.Combine(folder.FullName, below);
        if (below.Length == 0) folder.Delete();
        File.CreateSymbolicLink(home, daemon.Home.Path);
        await CProgram.PassAsync("service", ("LUNETTE_SOCKET", ""), ("LUNETTE_HOME", ""), (variable, folder.FullName));
        File.Delete(home);
        if (below.Length > 0) folder.Delete();
    }

    [Fact]
    public async Task CProgram_NoDaemon_ServiceNotFoundInClearWords() =>
        await CProgram.PassAsync("nobody-there", ("LUNETTE_SOCKET", Path.Combine(Path.GetTempPath(), "no", "a.sock")));

    [Fact]
    public async Task CProgram_DaemonThatNeverAnswers_ErrorWithinTheTimeout()
    {
        var folder = Directory.CreateTempSubdirectory("lunette-c-");
        var path = Path.Combine(folder.FullName, "a.sock");
        using (var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            listener.Bind(new UnixDomainSocketEndPoint(path));
            listener.Listen();
            await CProgram.PassAsync("nobody-answers", ("LUNETTE_SOCKET", path));
        }
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("-std=c99", "-pedantic")]
    [InlineData("-std=gnu17", "-DLUNETTE_OWN_NVLIST_NAMES_ONLY")]
    public async Task Header_AsOtherProgramsIncludeIt_NoWarning(params string[] options)
    {
        await CProgram.RequireAsync();
        var folder = Directory.CreateTempSubdirectory("lunette-c-");
        var source = Path.Combine(folder.FullName, "p.c");
        await File.WriteAllTextAsync(
            source,
            """
            #include <libstmf.h>
            int main(void)
            {
                lunette_nvlist_t *list;
                return stmfGetState(0) != STMF_ERROR_INVALID_ARG || lunette_nvlist_alloc(&list, LUNETTE_UNIQUE_NAME, 0);
            }
            """,
            TestContext.Current.CancellationToken);
        var made = Path.Combine(folder.FullName, "p");
        await CProgram.CompileAsync(made, [source], options);
        var ran = await CProgram.RunAsync(made, [], [], TimeSpan.FromMinutes(5));
        Assert.Equal(0, ran.Exit);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Library_Exports_ExactlyWhatTheHeadersDeclare()
    {
        await CProgram.RequireAsync();
        var (exit, said) = await CProgram.RunAsync(
            "nm", ["-D", "--defined-only", "--format=just-symbols", CProgram.Library], [], TimeSpan.FromMinutes(5));
        Assert.True(exit == 0, said);
        var exported = said.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(symbol => symbol.Split('@')[0])
            .Where(symbol => symbol.StartsWith("stmf", StringComparison.Ordinal)
                || symbol.StartsWith("lunette", StringComparison.Ordinal));
        Assert.Equal(Header.Functions.Order(StringComparer.Ordinal), exported.Order(StringComparer.Ordinal));
    }
}
