namespace Lunette.Runtime.Loops;

/// <summary>
/// Decides whether a loop polls for a while before it sleeps. Waking a sleeping core costs more than a command does, so
/// a short spin pays while answers come quickly; it is given up where they do not, and tried again now and then. All
/// loops of a process share one count, so that they never keep more cores busy than there are.
/// </summary>
public sealed class SpinGovernor
{
    /// <summary>How long one spin lasts at most, in nanoseconds.</summary>
    public const long LimitNanoseconds = 50_000;

    private const int ScoreMax = 1024;
    private const int ScoreToSpin = ScoreMax / 4;
    private const int TryAgainAfter = 32;

    private readonly SpinBudget? _budget;
    private int _score = ScoreMax;
    private int _skipped;

    /// <summary>Makes the governor of one loop.</summary>
    /// <param name="budget">Shared by the loops of a process; null switches spinning off.</param>
    public SpinGovernor(SpinBudget? budget) => _budget = budget;

    /// <summary>Share of recent spins that found work, 0 to 1; for status.</summary>
    public double SuccessRate => (double)Volatile.Read(ref _score) / ScoreMax;

    internal void Awake() => _budget?.Enter();

    internal void Asleep() => _budget?.Leave();

    internal bool Begin()
    {
        if (_budget is null || !_budget.HasFreeCore) return false;
        if (_score >= ScoreToSpin) return true;
        if (++_skipped < TryAgainAfter) return false;
        _skipped = 0;
        return true;
    }

    internal void End(bool succeeded) => _score += ((succeeded ? ScoreMax : 0) - _score) / 8;
}

/// <summary>How many loops of a process are awake, against the cores there are.</summary>
/// <param name="cores">Cores the process may use.</param>
public sealed class SpinBudget(int cores)
{
    private int _awake;

    // The spinner itself is awake, and one core is left to whoever it waits for.
    internal bool HasFreeCore => Volatile.Read(ref _awake) < cores;

    internal void Enter() => Interlocked.Increment(ref _awake);

    internal void Leave() => Interlocked.Decrement(ref _awake);
}
