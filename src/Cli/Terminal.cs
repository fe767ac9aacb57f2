using Lunette.Admin.Contracts;
using Lunette.Cli.Output;

namespace Lunette.Cli;

/// <summary>What a command sees of the world: where it writes, who it asks, and what time it is.</summary>
/// <param name="Output">Where results go.</param>
/// <param name="Error">Where complaints go.</param>
/// <param name="AskSecret">Asks for a secret without showing it; null where nobody can be asked.</param>
/// <param name="Time">For waiting and for local times.</param>
public sealed record Terminal(
    TextWriter Output, TextWriter Error, Func<string, string?> AskSecret, TimeProvider Time)
{
    private const int NameLengthMax = 256;      // names have 255 at most
    private const int MessageLengthMax = 1024;

    /// <summary>The name the user knows the commands by; null for each command's own.</summary>
    public string? CalledAs { get; init; }

    /// <summary>Whether the error stream is a terminal, where a progress bar can be shown.</summary>
    public bool ShowsProgress { get; init; }

    /// <summary>Asks for a line and shows it; null, or without this, nobody can be asked.</summary>
    public Func<string, string?>? AskLine { get; init; }

    /// <summary>What the user calls the program that has all commands.</summary>
    public string Program { get; init; } = CommandLine.Name;

    /// <summary>Whether it is a person's screen, which can be cleared.</summary>
    public bool IsScreen { get; init; }

    /// <summary>How many lines that screen has now; null where nobody knows.</summary>
    public Func<int>? ScreenLines { get; init; }

    /// <summary>Whether that person likes colours.</summary>
    public bool HasColors { get; init; }

    /// <summary>Asks yes or no; null where nobody can be asked.</summary>
    public bool? Confirm(string question) => AskLine?.Invoke(question)?.Trim() switch
    {
        null => null,
        var said => said.Equals("y", StringComparison.OrdinalIgnoreCase)
            || said.Equals("yes", StringComparison.OrdinalIgnoreCase),
    };

    /// <summary>Says that something failed, the way the commands always did: who, about what, why.</summary>
    /// <returns>The exit status of a failure.</returns>
    public int Fail(string command, string? subject, string message)
    {
        var name = CalledAs ?? command;
        message = Short(message, MessageLengthMax);
        Error.WriteLine(subject is null ? $"{name}: {message}" : $"{name}: {Short(subject, NameLengthMax)}: {message}");
        return ExitStatus.Failure;
    }

    /// <summary>Says that something is no GUID.</summary>
    /// <returns>The exit status of a failure.</returns>
    public int FailGuid(string command, string name) =>
        Fail(command, name, "must be 32 hexadecimal digits long");

    /// <summary>Says that a verb failed: its code's text, and below it what more is known.</summary>
    /// <returns>The exit status of a failure.</returns>
    public int Fail(string command, string? subject, StmfResult result)
    {
        Fail(command, subject, StmfStatusRow.Of(result.Status).Meaning);
        if (result.Detail is { Length: > 0 } detail
            && !(SaysItAll(result.Status) && subject is not null && detail.Contains(subject, StringComparison.Ordinal)))
            Error.WriteLine("    " + Short(detail, MessageLengthMax));
        return ExitStatus.Failure;
    }

    // What was typed comes back in complaints: not all of it, and nothing that a screen would act on.
    private static string Short(string text, int lengthMax)
    {
        var cut = text.Length <= lengthMax ? text : $"{text.AsSpan(0, lengthMax)}... ({text.Length} characters)";
        return Printable.Of(cut);
    }

    // With these the subject and the code's text leave nothing to be added, where it is the subject that is meant.
    private static bool SaysItAll(StmfStatus status) => status
        is StmfStatus.NotFound or StmfStatus.GroupNotFound or StmfStatus.MemberNotFound or StmfStatus.Exists;
}

/// <summary>How a command ends.</summary>
public static class ExitStatus
{
    /// <summary>Done.</summary>
    public const int Success = 0;

    /// <summary>Not done, or not wholly.</summary>
    public const int Failure = 1;
}
