using System.CommandLine;
using Lunette.Admin.Contracts.Adapters;
using static Lunette.Cli.CommandRunner;

namespace Lunette.Cli.Disks;

/// <summary>Opens what operands name; its options are those of every disk command.</summary>
internal sealed class DeviceAccess
{
    public const string LocationSummary =
        "iscsi://[user@]host[:port]/target/lun, or adapter/scsi-id/lun of an adapter of the daemon";

    private readonly LoginOptions _login = new();
    private readonly Option<string?> _initiator = Value(
        "--initiator-name", "-i", "the iSCSI name this process logs in with");

    public IReadOnlyList<Symbol> Symbols => [_initiator, .. _login.Symbols];

    /// <summary>How to log in, with the secrets read or asked for.</summary>
    /// <exception cref="DiskCommandException">Something is wrong with it.</exception>
    public UrlLogin Login(ParseResult said, Terminal terminal)
    {
        var words = _login.Read(said);
        var secrets = words.ReadSecrets(terminal);
        return secrets.Succeeded
            ? UrlLogin.Make(said.GetValue(_initiator), words, secrets.Value!)
            : throw new DiskCommandException(secrets.ToString());
    }

    /// <summary>Opens a port to a logical unit.</summary>
    /// <exception cref="DiskCommandException">It cannot.</exception>
    public static async Task<IScsiPort> OpenPortAsync(IAdapters adapters, string word, UrlLogin login) =>
        Parse(word) switch
        {
            DeviceLocation.Url url => await UrlPort.OpenAsync(login, url.At),
            DeviceLocation.Hosted hosted => await HostedPort.OpenAsync(adapters, hosted),
            _ => throw new DiskCommandException($"{word} is no device: {LocationSummary}"),
        };

    /// <summary>Opens a disk, or a file to read from.</summary>
    /// <exception cref="DiskCommandException">It cannot.</exception>
    public static async Task<IBlocks> OpenBlocksAsync(IAdapters adapters, string word, UrlLogin login, int depth) =>
        Parse(word) switch
        {
            DeviceLocation.Url url => await UrlDisk.OpenAsync(login, url.At, depth),
            DeviceLocation.Hosted hosted => await PortDisk.OpenAsync(await HostedPort.OpenAsync(adapters, hosted)),
            _ => FileBlocks.OpenToRead(word),
        };

    /// <summary>Opens a disk, or a file to write so much to.</summary>
    /// <exception cref="DiskCommandException">It cannot.</exception>
    public static async Task<IBlocks> OpenToWriteAsync(
        IAdapters adapters, string word, UrlLogin login, int depth, long length) =>
        Parse(word) is DeviceLocation.LocalFile
            ? FileBlocks.OpenToWrite(word, length)
            : await OpenBlocksAsync(adapters, word, login, depth);

    private static DeviceLocation Parse(string word)
    {
        var parsed = DeviceLocation.Parse(word);
        return parsed.Succeeded ? parsed.Value! : throw new DiskCommandException(parsed.ToString());
    }
}
