using System.CommandLine;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Adapters;
using Lunette.Cli.Output;
using static Lunette.Cli.CommandRunner;

namespace Lunette.Cli.Disks;

/// <summary>The words of a command in hexadecimal, and of its data.</summary>
internal sealed class CdbOptions
{
    private const int CdbLengthMin = 6;
    private const int CdbLengthMax = 32;

    private readonly Option<int> _in = new("--in", "-n") { Description = "Data-In bytes wanted" };
    private readonly Option<string?> _out = FileName("--out", "-o", "a file whose bytes are the Data-Out Buffer");
    private readonly Option<string?> _to = FileName("--write-to", "-w", "a file that takes the Data-In bytes");

    public Argument<string[]> Bytes { get; } = Operands("bytes", "the CDB in hexadecimal", required: true);

    public IReadOnlyList<Symbol> Symbols => [_in, _out, _to];

    public string? FileOf(ParseResult said) => said.GetValue(_to);

    public StmfResult<CdbWords> Read(ParseResult said)
    {
        if (!HexDump.TryParse(said.GetRequiredValue(Bytes), out var cdb)
            || cdb.Length is < CdbLengthMin or > CdbLengthMax)
            return Wrong($"a CDB is {CdbLengthMin} to {CdbLengthMax} bytes in hexadecimal");
        var length = said.GetValue(_in);
        if (length is < 0 or > AdapterCommandArguments.DataLengthMax)
            return Wrong($"a command moves {AdapterCommandArguments.DataLengthMax} bytes at most");
        if (said.GetValue(_out) is not { } path) return new CdbWords(cdb, length, []);
        if (length > 0) return Wrong("data goes one way: --in or --out");
        try
        {
            if (new FileInfo(path).Length > AdapterCommandArguments.DataLengthMax)
                return Wrong($"a command moves {AdapterCommandArguments.DataLengthMax} bytes at most");
            return new CdbWords(cdb, 0, File.ReadAllBytes(path));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return Wrong(unreadable.Message);
        }
    }

    /// <summary>Sends it; the attention that a new session brings with it is taken.</summary>
    /// <exception cref="DiskCommandException">The words are wrong.</exception>
    public async ValueTask<PortAnswer> SendAsync(IScsiPort port, ParseResult said)
    {
        var words = Read(said);
        if (!words.Succeeded) throw new DiskCommandException(words.ToString());
        var (cdb, length, data) = words.Value!;
        return await PortDisk.TryAsync(port, cdb, length, data.Length == 0 ? null : data);
    }

    private static StmfResult Wrong(string why) => new(StmfStatus.InvalidArg, why);
}

/// <summary>A command and its data.</summary>
internal sealed record CdbWords(byte[] Cdb, int DataInLength, byte[] DataOut);
