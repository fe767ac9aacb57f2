using System.Diagnostics;
using Lunette.Testing;

namespace Lunette.Libstmf.Tests;

/// <summary>
/// The library as published and the C program over it: made once for all tests, with the house's own tools. Where the
/// machine lacks what that takes the tests skip; where our sources are at fault they fail.
/// </summary>
internal static class CProgram
{
    private const int MachineLacksIt = 77;
    private static readonly TimeSpan s_makingLimit = TimeSpan.FromMinutes(25);
    private static readonly TimeSpan s_runningLimit = TimeSpan.FromMinutes(5);

    private static readonly Lazy<Task<string?>> s_made = new(MakeAsync);

    public static string Folder { get; } = Path.Combine(Repository.Root, "artifacts", "libstmf");

    public static string Library { get; } = Path.Combine(Folder, "lib", "libstmf.so.1");

    private static string Program { get; } = Path.Combine(Folder, "tests", "program");

    private static string Sources { get; } = Path.Combine(Repository.Root, "tests", "Libstmf.Tests", "Programs");

    /// <summary>Makes library and program, or skips the calling test and says what this machine lacks.</summary>
    public static async Task RequireAsync()
    {
        Peer.Require("gcc");
        Peer.RequirePackage("libc6-dev");
        if (await s_made.Value is { } lacking) Assert.Skip($"the C library cannot be published here: {lacking}");
    }

    /// <summary>Compiles as the man page says: <c>cc ... -lstmf</c>, every warning an error.</summary>
    public static async Task CompileAsync(string program, IEnumerable<string> sources, params string[] options)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(program)!);
        var compiled = await RunAsync(
            "gcc",
            [
                .. options, "-Wall", "-Wextra", "-Werror", "-O1", "-pthread", "-I" + Path.Combine(Folder, "include"),
                "-o", program, .. sources, "-L" + Path.Combine(Folder, "lib"), "-lstmf",
                "-Wl,-rpath," + Path.Combine(Folder, "lib"),
            ],
            [], s_makingLimit);
        Assert.True(compiled.Exit == 0, compiled.Said);
    }

    /// <summary>Runs a scenario of the program; it says nothing but that it had no failure.</summary>
    /// <param name="scenario">Its name; behind a blank, <c>in-a-child</c> runs it in a child of a process that has
    /// called the library before.</param>
    /// <param name="environment">What it is told.</param>
    public static async Task PassAsync(string scenario, params (string Name, string Value)[] environment)
    {
        await RequireAsync();
        var ran = await RunAsync(Program, scenario.Split(' '), environment, s_runningLimit);
        Assert.True(ran.Exit == 0, ran.Said);
    }

    public static async Task<(int Exit, string Said)> RunAsync(
        string program, IEnumerable<string> arguments, (string Name, string Value)[] environment, TimeSpan limit)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(limit);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        return (process.ExitCode, await output + await error);
    }

    private static async Task<string?> MakeAsync()
    {
        var (exit, said) = await RunAsync(
            "bash", [Path.Combine(Repository.Root, "eng", "libstmf")], [], s_makingLimit);
        if (exit == MachineLacksIt) return said;
        Assert.True(exit == 0, said);
        await CompileAsync(Program, Directory.GetFiles(Sources, "*.c"), "-std=gnu11");
        return null;
    }
}
