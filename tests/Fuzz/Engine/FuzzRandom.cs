namespace Lunette.Fuzz.Engine;

/// <summary>Seeded chance with the shapes a mutator wants. The same seed gives the same run.</summary>
internal sealed class FuzzRandom(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>0 to one less than the bound; 0 for a bound of 0.</summary>
    public int Below(int bound) => bound <= 1 ? 0 : _random.Next(bound);

    /// <summary>True once in so many times.</summary>
    public bool OneIn(int times) => _random.Next(times) == 0;

    /// <summary>Any byte.</summary>
    public byte Byte() => (byte)_random.Next(256);

    /// <summary>One of a list.</summary>
    public T Of<T>(IReadOnlyList<T> list) => list[Below(list.Count)];

    /// <summary>Random bytes.</summary>
    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>
    /// A number of so many bits: small, at an end, a power of two or one beside it, or anything. Bounds break there.
    /// </summary>
    public ulong Number(int bits)
    {
        var max = bits >= 64 ? ulong.MaxValue : (1UL << bits) - 1;
        var near = (ulong)Below(3) - 1;
        return max & Below(6) switch
        {
            0 => 0,
            1 => max - (ulong)Below(3),
            2 => (1UL << Below(Math.Min(bits, 63))) + near,
            3 => (ulong)_random.NextInt64() << 1,
            _ => (ulong)Below(40),
        };
    }
}
