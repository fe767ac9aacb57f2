using System.Diagnostics;

namespace Lunette.TestRun;

/// <summary>Runs one test project in its own process, within a time limit, keeping all it prints in a log.</summary>
internal static class TestProcess
{
    /// <param name="project">Whose tests.</param>
    /// <param name="methods">Which, by full name, with * for anything; none for all.</param>
    /// <param name="limit">When it is stopped.</param>
    /// <param name="log">The file that keeps what it prints.</param>
    public static Tally Run(TestProject project, IReadOnlyList<string> methods, TimeSpan limit, string log)
    {
        var tally = new Tally();
        using var process = Start(project, methods);
        process.StandardInput.Close();
        var exited = Copy(process, tally, log, limit);
        if (!exited)
        {
            var running = tally.Running.Count == 0 ? "no test" : string.Join(", ", tally.Running);
            tally.Fail(project.Name, $"stopped: not finished after {limit.TotalMinutes:0.##} minutes. "
                + $"Still running: {running}. Its output: {log}");
        }
        else if (!tally.Finished || (process.ExitCode != 0 && tally.Failed == 0))
        {
            tally.Fail(project.Name, $"ended with exit status {process.ExitCode} and no failed test. "
                + $"Running at the end: {string.Join(", ", tally.Running)}. The last lines of {log}:\n"
                + string.Join('\n', File.ReadLines(log).Where(line => !Tally.IsMessage(line)).TakeLast(15)));
        }
        return tally;
    }

    private static Process Start(TestProject project, IReadOnlyList<string> methods)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            WorkingDirectory = Path.GetDirectoryName(project.Assembly)!,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { project.Assembly, "-reporter", "json", "-noColor" },
        };
        foreach (var method in methods)
        {
            start.ArgumentList.Add("-method");
            start.ArgumentList.Add(method);
        }
        return Process.Start(start)!;
    }

    private static bool Copy(Process process, Tally tally, string log, TimeSpan limit)
    {
        using var writer = new StreamWriter(log);
        var gate = new Lock();
        var drained = new CountdownEvent(2);
        var closed = false;
        void Take(object sender, DataReceivedEventArgs line)
        {
            lock (gate)
            {
                if (closed) return;
                if (line.Data is null)
                {
                    drained.Signal();
                    return;
                }
                writer.WriteLine(line.Data);
                tally.Read(line.Data);
            }
        }
        process.OutputDataReceived += Take;
        process.ErrorDataReceived += Take;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var exited = process.WaitForExit(limit);
        if (!exited) process.Kill(entireProcessTree: true);
        // The last lines may still be on their way. A peer that outlived its test holds the pipe open: not for ever.
        drained.Wait(TimeSpan.FromSeconds(5));
        lock (gate) closed = true;
        return exited;
    }
}
