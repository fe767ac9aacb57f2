using Lunette.Admin.Contracts;

namespace Lunette.Cli.Itadm;

/// <summary>
/// Where a secret comes from: a prompt, or a file. Never the argument list, which every user of the machine can read.
/// </summary>
/// <param name="Prompt">Whether to ask.</param>
/// <param name="File">The file to read; null for none.</param>
internal sealed record SecretSource(bool Prompt, string? File)
{
    private const int FileBytesMax = 4096;

    /// <summary>The secret; null where none was wanted.</summary>
    public StmfResult<string?> Read(Terminal terminal)
    {
        if (Prompt && File is not null)
            return new(StmfStatus.InvalidArg, Detail: "a secret comes from a prompt or from a file, not from both");
        if (File is not null) return ReadFile(File);
        if (!Prompt) return new(StmfStatus.Success);
        var first = terminal.AskSecret("Enter secret: ");
        if (first is null)
            return new(StmfStatus.InvalidArg, Detail: "there is no terminal to ask for the secret on; use a file");
        return terminal.AskSecret("Re-enter secret: ") == first
            ? new(StmfStatus.Success, first)
            : new(StmfStatus.InvalidArg, Detail: "the two secrets are not the same");
    }

    // One line end at the end is the editor's, not the secret's.
    private static StmfResult<string?> ReadFile(string path)
    {
        try
        {
            if (new FileInfo(path).Length > FileBytesMax)
                return new(StmfStatus.InvalidArg, Detail: $"{path} is too long for a secret");
            var text = System.IO.File.ReadAllText(path);
            if (text.EndsWith('\n')) text = text[..^1];
            return new(StmfStatus.Success, text.EndsWith('\r') ? text[..^1] : text);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return new(StmfStatus.InvalidArg, Detail: unreadable.Message);
        }
    }
}
