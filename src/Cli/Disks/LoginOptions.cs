using System.CommandLine;
using Lunette.Admin.Contracts;
using Lunette.Cli.Itadm;
using static Lunette.Cli.CommandRunner;

namespace Lunette.Cli.Disks;

/// <summary>The options of every command that logs in to a target by itself.</summary>
internal sealed class LoginOptions
{
    private readonly Option<bool> _ask = Switch("--chap-secret", "-s", "ask for the CHAP secret");
    private readonly Option<string?> _file = FileName("--chap-secret-file", "-S", "read the CHAP secret from a file");
    private readonly Option<string?> _peer = Value(
        "--target-chap-user", "-t", "mutual CHAP: the name the target must give");
    private readonly Option<string?> _peerFile = FileName(
        "--target-chap-secret-file", "-f", "mutual CHAP: read the target's secret from a file");
    private readonly Option<string?> _digests = Value("--digest", "-d", "header, data or both: CRC32C is required");

    public LoginOptions() => _digests.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<string?>() is not (null or "header" or "data" or "both"))
            result.AddError("--digest is header, data or both");
    });

    public IReadOnlyList<Symbol> Symbols => [_ask, _file, _peer, _peerFile, _digests];

    public LoginWords Read(ParseResult said)
    {
        var digests = said.GetValue(_digests);
        return new(new SecretSource(said.GetValue(_ask), said.GetValue(_file)), said.GetValue(_peer),
            new SecretSource(false, said.GetValue(_peerFile)), digests is "header" or "both",
            digests is "data" or "both");
    }
}

/// <summary>How to log in, as it was said.</summary>
internal sealed record LoginWords(
    SecretSource Secret, string? TargetUser, SecretSource TargetSecret, bool HeaderDigest, bool DataDigest)
{
    /// <summary>Reads or asks for the secrets.</summary>
    public StmfResult<LoginSecrets> ReadSecrets(Terminal terminal)
    {
        var mine = Secret.Read(terminal);
        if (!mine.Succeeded) return mine.WithoutValue;
        var theirs = TargetSecret.Read(terminal);
        return theirs.Succeeded ? new LoginSecrets(mine.Value, theirs.Value) : theirs.WithoutValue;
    }
}

/// <summary>Secrets of a login; null where there is none.</summary>
internal sealed record LoginSecrets(string? Initiator, string? Target)
{
    public override string ToString() => "(secrets)";
}
