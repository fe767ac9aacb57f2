using System.Text.RegularExpressions;
using Lunette.Testing;

namespace Lunette.EndToEnd;

/// <summary>What the commands write where a person reads it, and where a program does.</summary>
public sealed partial class TerminalTests : EndToEndTests
{
    // A terminal of the system's: what a person would see, escape sequences and all.
    [Fact]
    public async Task List_OnATerminal_HasColoursUnlessThePersonDoesNotLikeThem()
    {
        Peer.Require("script");
        await using var daemon = await RunningDaemon.StartAsync(Home);
        var coloured = await OnATerminalAsync("TERM=xterm", "target list");
        Assert.Matches(Colour(), coloured);
        Assert.Contains(daemon.Target, coloured, StringComparison.Ordinal);

        var plain = await daemon.DoAsync("target list");
        Assert.DoesNotMatch(Colour(), plain);
        Assert.Equal(Normal(plain), Normal(await OnATerminalAsync("TERM=xterm NO_COLOR=1", "target list")));
        Assert.Equal(Normal(plain), Normal(await OnATerminalAsync("TERM=dumb", "target list")));

        // What programs read by label is the same everywhere.
        Assert.DoesNotMatch(Colour(), await OnATerminalAsync("TERM=xterm", "stmfadm list-target -v"));
        Assert.DoesNotMatch(Colour(), await OnATerminalAsync("TERM=xterm", "target list --json"));
    }

    private Task<string> OnATerminalAsync(string environment, string line)
    {
        var command = $"env -u NO_COLOR {environment} dotnet {RunningDaemon.CliPath} {line} --home {Home}";
        return Command.DoAsync("script", "-qec", command, "/dev/null");
    }

    // A terminal ends lines its own way, and the runtime tells it how to send keys.
    private static string Normal(string text) => KeyModes().Replace(text, "").ReplaceLineEndings("\n").Trim();

    [GeneratedRegex(@"\u001b\[[0-9;]*m")]
    private static partial Regex Colour();

    [GeneratedRegex(@"\u001b(\[\?[0-9]+[hl]|[=>])")]
    private static partial Regex KeyModes();
}
