namespace Lunette.Stmf.Transitions;

/// <summary>
/// Counts how often a target port comes online since the administrator last asked for it, and finds a port that does
/// so again and again: <see cref="TimesMin"/> times with an average interval below <see cref="IntervalMin"/>.
/// </summary>
internal sealed class FlapGuard
{
    public const int TimesMin = 4;
    public static readonly TimeSpan IntervalMin = TimeSpan.FromSeconds(30);

    private int _times;
    private DateTimeOffset _first;

    /// <summary>The administrator wants it: what was is forgotten.</summary>
    public void Reset() => _times = 0;

    /// <summary>It came online; true when it flaps.</summary>
    public bool CameOnline(DateTimeOffset now)
    {
        if (_times++ == 0) _first = now;
        return _times >= TimesMin && (now - _first) / (_times - 1) < IntervalMin;
    }
}
