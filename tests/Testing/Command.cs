using System.Diagnostics;

namespace Lunette.Testing;

/// <summary>A program that is run to its end, within a time limit.</summary>
public static class Command
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(180);

    /// <summary>Runs a program; what it wrote and how it ended.</summary>
    public static async Task<Ran> RunAsync(string program, params IEnumerable<string> arguments)
    {
        using var process = Start(program, arguments);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(s_limit);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return new(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} did not end within {s_limit.TotalSeconds} s");
        }
    }

    /// <summary>Runs a program that must end well; what it wrote.</summary>
    public static async Task<string> DoAsync(string program, params IEnumerable<string> arguments)
    {
        var ran = await RunAsync(program, arguments);
        Assert.True(ran.Exit == 0, $"{program} ended with {ran.Exit}\n{ran.Output}\n{ran.Error}");
        return ran.Output;
    }

    /// <summary>Starts a program with nothing on its standard input; the caller ends it.</summary>
    public static Process Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        process.StandardInput.Close();
        return process;
    }

    /// <summary>How a program ended, and what it wrote.</summary>
    /// <param name="Exit">Its exit status.</param>
    /// <param name="Output">To standard output.</param>
    /// <param name="Error">To standard error.</param>
    public sealed record Ran(int Exit, string Output, string Error);
}
