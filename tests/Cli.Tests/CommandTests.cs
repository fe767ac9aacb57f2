using Lunette.Admin.Contracts.Wire;
using Lunette.Testing.Admin;

namespace Lunette.Cli.Tests;

/// <summary>Commands as a shell runs them, against a running administrator on a socket.</summary>
public abstract class CommandTests : IAsyncLifetime
{
    private protected AdminKit Kit { get; private set; } = null!;

    private protected Queue<string> Secrets { get; } = [];

    public async ValueTask InitializeAsync() => Kit = await AdminKit.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await Kit.DisposeAsync();
        CleanUp();
        GC.SuppressFinalize(this);
    }

    /// <summary>Takes away what a test left in files.</summary>
    protected virtual void CleanUp()
    {
    }

    /// <summary>Runs one command line; words are separated by single spaces.</summary>
    private protected async Task<Ran> RunAsync(string line, TimeProvider? time = null)
    {
        var output = new StringWriter { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal(
            output, error, _ => Secrets.TryDequeue(out var secret) ? secret : null, time ?? TimeProvider.System);
        var exit = await CommandLine.RunAsync(
            "lunette", line.Split(' '), terminal, _ => RemoteAdmin.OverUnixSocket(Kit.SocketPath));
        return new(exit, output.ToString(), error.ToString());
    }

    /// <summary>Runs a command that must succeed and say nothing on the error stream.</summary>
    private protected async Task<string> DoAsync(string line, TimeProvider? time = null)
    {
        var ran = await RunAsync(line, time);
        Assert.Equal((0, ""), (ran.Exit, ran.Error));
        return ran.Output;
    }

    /// <summary>Runs a command that must fail with one first line on the error stream, and nothing else.</summary>
    private protected async Task FailsAsync(string line, string expected)
    {
        var ran = await RunAsync(line);
        Assert.Equal((1, "", expected), (ran.Exit, ran.Output, ran.Error.Split('\n')[0]));
    }

    internal sealed record Ran(int Exit, string Output, string Error);
}
