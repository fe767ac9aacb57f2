using System.Text.Json;

namespace Lunette.TestRun;

/// <summary>A test that ended otherwise than passed, or passed with a warning, and what it said.</summary>
internal sealed record TestNote(string Name, string Text);

/// <summary>
/// Counts one project's results from the runner's message stream (one JSON object a line). The stream, unlike a report
/// written at the end, still says what was running when a project hangs or dies.
/// </summary>
internal sealed class Tally
{
    private readonly Dictionary<string, string> _running = [];

    public int Passed { get; private set; }
    public int Failed { get; private set; }
    public int Skipped { get; private set; }
    public bool Finished { get; private set; }
    public List<TestNote> Failures { get; } = [];

    /// <summary>What failed among the others and passed alone; counted as passed.</summary>
    public List<TestNote> Unstable { get; } = [];
    public List<TestNote> Skips { get; } = [];
    public List<TestNote> Warned { get; } = [];
    public IReadOnlyCollection<string> Running => _running.Values;

    /// <summary>A failure of the project itself: it crashed, hung or said nonsense.</summary>
    public void Fail(string name, string text)
    {
        Failed++;
        Failures.Add(new(name, text));
    }

    /// <summary>Every failure of this run passed at the second look.</summary>
    public void Forgive()
    {
        Unstable.AddRange(Failures);
        Passed += Failures.Count;
        Failed = 0;
        Failures.Clear();
    }

    /// <summary>Takes one line of output; what is not a message (a test's own printing) is passed over.</summary>
    public void Read(string line)
    {
        if (!IsMessage(line)) return;
        try
        {
            using var message = JsonDocument.Parse(line);
            Read(message.RootElement);
        }
        catch (JsonException)
        {
            // A test printed into the middle of a message. The totals at the end still count it.
        }
    }

    public static bool IsMessage(string line) => line.StartsWith("{\"$type\":", StringComparison.Ordinal);

    private void Read(JsonElement message)
    {
        switch (Text(message, "$type"))
        {
            case "test-starting":
                _running[Text(message, "TestUniqueID")] = Text(message, "TestDisplayName");
                break;
            case "test-passed":
                Passed++;
                End(message);
                break;
            case "test-failed":
                Failed++;
                Failures.Add(new(End(message), Trouble(message)));
                break;
            case "test-skipped":
                Skipped++;
                Skips.Add(new(End(message), Text(message, "Reason")));
                break;
            case "error-message":
            case "test-assembly-cleanup-failure":
            case "test-collection-cleanup-failure":
            case "test-class-cleanup-failure":
            case "test-method-cleanup-failure":
            case "test-case-cleanup-failure":
            case "test-cleanup-failure":
                Fail(Text(message, "$type"), Trouble(message));
                break;
            case "test-assembly-finished":
                Finished = true;
                Settle(message);
                break;
        }
    }

    // The runner's own totals are right even when a message was torn by a test's printing.
    private void Settle(JsonElement message)
    {
        var failed = Number(message, "TestsFailed");
        Skipped = Number(message, "TestsSkipped");
        Passed = Number(message, "TestsTotal") - failed - Skipped - Number(message, "TestsNotRun");
        if (failed > Failed) Fail("(unreadable message)", $"{failed} tests failed; the log has what this list lacks");
        Failed = Math.Max(failed, Failed);
    }

    private string End(JsonElement message)
    {
        _running.Remove(Text(message, "TestUniqueID"), out var name);
        name ??= "(unnamed test)";
        if (message.TryGetProperty("Warnings", out var warnings) && warnings.ValueKind == JsonValueKind.Array)
            foreach (var warning in warnings.EnumerateArray()) Warned.Add(new(name, warning.GetString() ?? ""));
        return name;
    }

    private static string Trouble(JsonElement message)
    {
        var text = string.Join('\n', Strings(message, "Messages"));
        var frames = string.Join('\n', Strings(message, "StackTraces")).Split('\n')
            .Where(frame => frame.Contains("Lunette.", StringComparison.Ordinal)).Take(12);
        return string.Join('\n', [text, .. frames]);
    }

    private static IEnumerable<string> Strings(JsonElement message, string name) =>
        message.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Select(item => item.GetString() ?? "")
            : [];

    private static string Text(JsonElement message, string name) =>
        message.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";

    private static int Number(JsonElement message, string name) =>
        message.TryGetProperty(name, out var value) && value.TryGetInt32(out var number) ? number : 0;
}
