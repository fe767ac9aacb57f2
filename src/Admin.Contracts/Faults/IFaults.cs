namespace Lunette.Admin.Contracts.Faults;

/// <summary>
/// Faults put over the store of a logical unit in use, to see what its initiators and its neighbours make of them. They
/// stack, and go with the logical unit's next offline.
/// </summary>
public interface IFaults
{
    /// <summary>Puts one more on top; <see cref="StmfStatus.NotFound"/>, <see cref="StmfStatus.InvalidArg"/>, or
    /// <see cref="StmfStatus.Busy"/> where the logical unit is offline or has as many as it may.</summary>
    ValueTask<StmfResult> InjectFaultAsync(StmfGuid logicalUnit, Fault fault);

    /// <summary>What is over the store now, the lowest first.</summary>
    ValueTask<StmfResult<IReadOnlyList<string>>> GetInjectedFaultsAsync(StmfGuid logicalUnit);

    /// <summary>Takes all away; what they hold goes on.</summary>
    ValueTask<StmfResult> ClearFaultsAsync(StmfGuid logicalUnit);
}

/// <summary>The kinds of faults.</summary>
public enum FaultKind
{
    /// <summary>Every request waits <see cref="Fault.Milliseconds"/>.</summary>
    Delay,

    /// <summary>Requests stay in the store until the faults are cleared.</summary>
    Hang,

    /// <summary>The medium cannot be read or written at some blocks.</summary>
    Error,

    /// <summary>Of each longer write only the first blocks are written, and it fails.</summary>
    Torn,

    /// <summary>Of each longer read only the first blocks come.</summary>
    Short,

    /// <summary>After some bytes more there is no space for what is written.</summary>
    NoSpace,

    /// <summary>Flushes and durable writes are answered without being durable.</summary>
    LostFlush,
}

/// <summary>One fault.</summary>
/// <param name="Kind">What kind.</param>
/// <param name="Milliseconds">Of a delay.</param>
/// <param name="Lba">Of an error: the first block.</param>
/// <param name="Blocks">Of an error: how many; of torn writes and short reads: how many are kept.</param>
/// <param name="Bytes">Of no space: what may still be written.</param>
public sealed record Fault(FaultKind Kind, long Milliseconds = 0, ulong Lba = 0, uint Blocks = 1, long Bytes = 0)
{
    /// <summary>The longest delay, in milliseconds.</summary>
    public const long MillisecondsMax = 3_600_000;

    /// <summary>Whether its numbers mean something.</summary>
    public bool IsValid => Enum.IsDefined(Kind) && Milliseconds is >= 0 and <= MillisecondsMax && Bytes >= 0
        && Lba <= long.MaxValue / 2 / 32768;
}
