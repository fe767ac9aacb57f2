using Lunette.Testing;

namespace Lunette.EndToEnd;

/// <summary>Who may administer, who may look, and who may neither, as users of the system.</summary>
public sealed class AuthorisationTests : EndToEndTests
{
    private const string Administrators = "54321";
    private const string Observers = "54322";
    private const string Nobody = "65534";

    [Fact]
    public async Task Groups_OfTheCaller_DecideWhatItMayDo()
    {
        var user = await Command.DoAsync("id", "-u");
        Assert.SkipUnless(user.Trim() == "0", "only the superuser can become somebody else");
        var program = CopyOfTheCommands();
        await using var daemon = await RunningDaemon.StartAsync(
            Home, "--admin-group", Administrators, "--read-group", Observers);

        await SucceedsAsync(Administrators, "", "stmfadm create-hg g");
        await SucceedsAsync(Nobody, Administrators, "stmfadm create-hg h");
        await SucceedsAsync(Observers, "", "stmfadm list-hg");
        await IsRefusedAsync(Observers, "stmfadm create-hg i");
        await IsRefusedAsync(Nobody, "stmfadm list-hg");
        Assert.Equal("Host Group: g\nHost Group: h\n", await daemon.DoAsync("stmfadm list-hg"));

        async Task SucceedsAsync(string group, string others, string line)
        {
            var ran = await RunAsync(group, others, line);
            Assert.True(ran.Exit == 0, $"{group} {line}: {ran.Error}\n{daemon.Said}");
        }

        async Task IsRefusedAsync(string group, string line)
        {
            var ran = await RunAsync(group, "", line);
            Assert.Equal(1, ran.Exit);
            Assert.Contains("permission denied", ran.Error);
        }

        Task<Command.Ran> RunAsync(string group, string others, string line) => Command.RunAsync(
            "setpriv",
            [
                "--reuid", Nobody, "--regid", group, .. (string[])(others.Length > 0
                    ? ["--groups", others] : ["--clear-groups"]),
                "dotnet", program, .. line.Split(' '), "--home", Home,
            ]);
    }

    // Where the tree lies, others may not be able to read.
    private string CopyOfTheCommands()
    {
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException();
        const UnixFileMode ForAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        File.SetUnixFileMode(Folder, ForAll);
        var to = Directory.CreateDirectory(Path.Combine(Folder, "cli"), ForAll).FullName;
        string[] patterns = ["Lunette.*.dll", "Lunette.Cli*.json", "System.CommandLine*.dll", "Spectre*.dll"];
        foreach (var pattern in patterns)
        {
            foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory, pattern))
                File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
        }
        return Path.Combine(to, Path.GetFileName(RunningDaemon.CliPath));
    }
}
