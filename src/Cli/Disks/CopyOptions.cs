using System.CommandLine;
using System.Globalization;
using static Lunette.Cli.CommandRunner;

namespace Lunette.Cli.Disks;

/// <summary>The options of copy and compare, in dd's words.</summary>
internal sealed class CopyOptions
{
    /// <summary>Accesses at once, at most.</summary>
    public const int DepthMax = 256;

    /// <summary>Bytes of one access, at most.</summary>
    public const int PieceMax = 8 << 20;

    private readonly Option<string?> _piece = Value("--bs", "-b", "bytes moved at a time, with k or m (64k)");
    private readonly Option<string?> _skip = Value("--skip", "-k", "where to begin in the first, in bytes, k, m, g");
    private readonly Option<string?> _seek = Value("--seek", "-K", "where to begin in the second");
    private readonly Option<string?> _length = Value("--length", "-l", "how much; all of the first where not said");
    private readonly Option<int> _depth = new("--depth", "-q")
    {
        Description = "pieces under way at once (32)",
        DefaultValueFactory = _ => 32,
    };

    public IReadOnlyList<Symbol> Symbols => [_piece, _skip, _seek, _length, _depth];

    /// <exception cref="DiskCommandException">It is none.</exception>
    public int Depth(ParseResult said) => said.GetValue(_depth) is var depth and >= 1 and <= DepthMax
        ? depth
        : throw new DiskCommandException($"a depth is 1 to {DepthMax}");

    /// <exception cref="DiskCommandException">It is none.</exception>
    public long Seek(ParseResult said) => Size(said, _seek, 0);

    /// <exception cref="DiskCommandException">There is not as much.</exception>
    public long Length(ParseResult said, IBlocks from)
    {
        var rest = from.LengthBytes - Size(said, _skip, 0);
        var length = Size(said, _length, rest);
        return length <= rest ? length : throw new DiskCommandException("the first is not as long");
    }

    /// <exception cref="DiskCommandException">It does not fit, or cuts blocks.</exception>
    public CopyPlan Judge(ParseResult said, IBlocks from, IBlocks to, long length)
    {
        var piece = Size(said, _piece, 64 << 10);
        var (skip, seek) = (Size(said, _skip, 0), Size(said, _seek, 0));
        var unit = Math.Max(from.BlockLengthBytes, to.BlockLengthBytes);
        if (piece is < 1 or > PieceMax || piece % unit != 0)
            throw new DiskCommandException($"--bs is a multiple of {unit}, {PieceMax} at most");
        if (skip % from.BlockLengthBytes != 0 || seek % to.BlockLengthBytes != 0 || length % from.BlockLengthBytes != 0)
            throw new DiskCommandException("--skip, --seek and --length are made of whole blocks");
        if (to.LengthBytes - seek < length && to.BlockLengthBytes > 1)
            throw new DiskCommandException($"the second has {to.LengthBytes} bytes, {seek + length} are needed");
        return new(skip, seek, length, (int)piece, Depth(said));
    }

    /// <summary>Reads a number with k, m, g or t.</summary>
    public static bool TrySize(string word, out long size)
    {
        var unit = word.Length > 0 ? "kmgt".IndexOf(char.ToLowerInvariant(word[^1]), StringComparison.Ordinal) : -1;
        var digits = unit < 0 ? word : word[..^1];
        var shift = (unit + 1) * 10;
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out size)
            && size <= long.MaxValue >> shift && (size <<= shift) >= 0;
    }

    private static long Size(ParseResult said, Option<string?> option, long otherwise)
    {
        if (said.GetValue(option) is not { } word) return otherwise;
        return TrySize(word, out var size) ? size : throw new DiskCommandException($"{word} is no size");
    }
}
