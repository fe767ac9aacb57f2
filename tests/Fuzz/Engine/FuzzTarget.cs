namespace Lunette.Fuzz.Engine;

/// <summary>Feeds one input to the product. Whatever it throws is a defect.</summary>
internal delegate void FuzzAction(ReadOnlySpan<byte> input);

/// <summary>One fuzz target as a row.</summary>
/// <param name="Name">What it is called on the command line and in <c>corpus/</c>.</param>
/// <param name="What">What it feeds, and what it checks beyond the bounds below.</param>
/// <param name="Fuzz">Feeds one input.</param>
/// <param name="Seeds">Inputs to begin from: our golden bytes.</param>
internal sealed record FuzzTarget(string Name, string What, FuzzAction Fuzz, Func<IEnumerable<byte[]>> Seeds)
{
    /// <summary>
    /// Makes an input that is nearly right, from the product's own layouts; null where there is none.
    /// </summary>
    public Func<FuzzRandom, byte[]>? Make { get; init; }

    /// <summary>Words that mutations put in, besides those found in the product's code.</summary>
    public IReadOnlyList<byte[]> Words { get; init; } = [];

    /// <summary>The longest input, in bytes.</summary>
    public int LengthMax { get; init; } = 4096;

    /// <summary>Bytes an execution may allocate, whatever its input.</summary>
    public long AllocationBase { get; init; } = 64 << 10;

    /// <summary>Bytes it may allocate besides for each byte of input.</summary>
    public int AllocationPerByte { get; init; } = 64;

    /// <summary>Branches it may take, whatever its input; counted over instrumented assemblies only.</summary>
    public long StepsBase { get; init; } = 2_000_000;

    /// <summary>Branches it may take besides for each byte of input.</summary>
    public int StepsPerByte { get; init; } = 2_000;

    /// <summary>How long an execution may take where nothing counts its branches.</summary>
    public TimeSpan TimeMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Random executions of the short run in <c>./test</c>.</summary>
    public int ShortRun { get; init; } = 3_000;

    /// <summary>The allocation bound for an input, in bytes.</summary>
    public long AllocationMax(int length) => AllocationBase + (long)AllocationPerByte * length;

    /// <summary>The step bound for an input.</summary>
    public long StepsMax(int length) => StepsBase + (long)StepsPerByte * length;
}
