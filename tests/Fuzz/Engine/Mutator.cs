namespace Lunette.Fuzz.Engine;

/// <summary>
/// Changes inputs: bits, bytes, numbers of two to eight bytes, lengths that lie, words, pieces moved, doubled and taken
/// out, and halves of two inputs joined. Where a target has layouts, whole inputs are made from them too.
/// </summary>
internal sealed class Mutator(FuzzTarget target, FuzzRandom random, IReadOnlyList<byte[]> words)
{
    private const int ChangesMax = 8;

    /// <summary>The next input, from what is in the corpus.</summary>
    public byte[] Next(IReadOnlyList<byte[]> corpus)
    {
        var made = target.Make is { } make && random.OneIn(corpus.Count < 8 ? 2 : 4) ? make(random) : null;
        if (made is not null && random.OneIn(3)) return Cut(made);
        List<byte> bytes = [.. made ?? Choose(corpus)];
        if (random.OneIn(10)) Splice(bytes, Choose(corpus));
        for (var changes = 1 + random.Below(random.OneIn(2) ? 2 : ChangesMax); changes > 0; changes--) Change(bytes);
        return Cut([.. bytes]);
    }

    // Newcomers lead on to newcomers, so half of the choices are among the last ones.
    private byte[] Choose(IReadOnlyList<byte[]> corpus) => random.OneIn(2)
        ? random.Of(corpus)
        : corpus[^(1 + random.Below(Math.Min(corpus.Count, 1 + corpus.Count / 4)))];

    private byte[] Cut(byte[] bytes) => bytes.Length <= target.LengthMax ? bytes : bytes[..target.LengthMax];

    private void Change(List<byte> bytes)
    {
        switch (random.Below(bytes.Count == 0 ? 2 : 11))
        {
            case 0:
                Insert(bytes, random.Bytes(1 + random.Below(8)));
                break;
            case 1:
                Insert(bytes, Word());
                break;
            case 2:
                bytes[random.Below(bytes.Count)] ^= (byte)(1 << random.Below(8));
                break;
            case 3:
                bytes[random.Below(bytes.Count)] = random.Byte();
                break;
            case 4:
                bytes[random.Below(bytes.Count)] += (byte)(random.Below(9) - 4);
                break;
            case 5:
                PutNumber(bytes, random.Number(64));
                break;
            case 6:
                // A length is most often how much follows, give or take a little.
                PutNumber(bytes, (ulong)Math.Max(0, bytes.Count - random.Below(bytes.Count) + random.Below(5) - 2));
                break;
            case 7:
                Overwrite(bytes, Word());
                break;
            case 8:
                var from = random.Below(bytes.Count);
                bytes.RemoveRange(from, 1 + random.Below(Math.Min(16, bytes.Count - from)));
                break;
            case 9:
                var start = random.Below(bytes.Count);
                Insert(bytes, [.. bytes.GetRange(start, 1 + random.Below(Math.Min(32, bytes.Count - start)))]);
                break;
            default:
                var kept = bytes.Count - random.Below(Math.Min(16, bytes.Count));
                bytes.RemoveRange(kept, bytes.Count - kept);
                break;
        }
    }

    private void Splice(List<byte> bytes, byte[] other)
    {
        var kept = random.Below(bytes.Count + 1);
        bytes.RemoveRange(kept, bytes.Count - kept);
        if (other.Length > 0) bytes.AddRange(other.AsSpan(random.Below(other.Length)));
    }

    private byte[] Word() => (target.Words.Count, words.Count) switch
    {
        (0, 0) => random.Bytes(4),
        (0, _) => random.Of(words),
        (_, 0) => random.Of(target.Words),
        _ => random.OneIn(4) ? random.Of(words) : random.Of(target.Words),
    };

    private void Insert(List<byte> bytes, byte[] piece) => bytes.InsertRange(random.Below(bytes.Count + 1), piece);

    private void Overwrite(List<byte> bytes, byte[] piece)
    {
        var at = random.Below(bytes.Count);
        for (var i = 0; i < piece.Length && at + i < bytes.Count; i++) bytes[at + i] = piece[i];
    }

    private void PutNumber(List<byte> bytes, ulong number)
    {
        var width = 1 << random.Below(4);
        if (width == 4 && random.OneIn(4)) width = 3;
        var at = random.Below(bytes.Count);
        for (var i = width - 1; i >= 0; i--, number >>= 8)
            if (at + i < bytes.Count) bytes[at + i] = (byte)number;
    }
}
