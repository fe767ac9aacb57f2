using Lunette.Scsi;

namespace Lunette.Adapter.Paths;

/// <summary>
/// The path control module: chooses paths and keeps their states. It decides and does no I/O; its disk calls it under
/// its own lock.
/// </summary>
internal sealed class PathControl(PathAlgorithm algorithm, IReadOnlyList<DiskPath> paths)
{
    private int _turn;

    public IReadOnlyList<DiskPath> Paths => paths;

    /// <summary>The path for the next request; null when no path is enabled.</summary>
    public DiskPath? Choose() => algorithm switch
    {
        PathAlgorithm.RoundRobin => ChooseInTurn(),
        PathAlgorithm.ShortestQueue => ChooseLeast(static path => path.InFlight),
        _ => ChooseLeast(static path => path.Options.Priority),
    };

    /// <summary>
    /// Blames a path. The last usable one is not marked failed, whatever happens on it: there would be nothing left.
    /// </summary>
    /// <returns>Whether it is failed now, and was not before.</returns>
    public bool Fail(DiskPath path)
    {
        path.Errors++;
        if (path.State != PathState.Enabled) return false;
        if (paths.Count(other => other.State == PathState.Enabled) == 1) return false;
        path.State = PathState.Failed;
        return true;
    }

    /// <summary>A command timed out on a path.</summary>
    /// <returns>Whether it is failed or disabled now, and was not before.</returns>
    public bool TimeOut(DiskPath path, TimeoutPolicy policy)
    {
        path.TimeoutsInARow++;
        switch (policy)
        {
            case TimeoutPolicy.RetryPath when path.TimeoutsInARow < 2:
                path.Errors++;
                return false;
            case TimeoutPolicy.DisablePath:
                path.Errors++;
                return path.State == PathState.Enabled && TrySetEnabled(path, enabled: false);
            default:
                return Fail(path);
        }
    }

    /// <summary>Brings a failed path back.</summary>
    public static void Recover(DiskPath path)
    {
        if (path.State == PathState.Failed) path.State = PathState.Enabled;
    }

    /// <summary><c>chpath -s</c>; false where it would disable the last enabled path.</summary>
    public bool TrySetEnabled(DiskPath path, bool enabled)
    {
        if (enabled)
        {
            path.TimeoutsInARow = 0;
            path.State = PathState.Enabled;
            return true;
        }
        if (path.State == PathState.Enabled && paths.Count(other => other.State == PathState.Enabled) == 1)
            return false;
        path.State = PathState.Disabled;
        return true;
    }

    /// <summary>A path is to be looked at: whether by whoever asks. Where one looks already it looks once more, for it
    /// may have seen too early.</summary>
    public static bool TryBeginCheck(DiskPath path)
    {
        if (path.Check == PathCheck.None)
        {
            path.Check = PathCheck.Runs;
            return true;
        }
        path.Check = PathCheck.RunsAndAgain;
        return false;
    }

    /// <summary>Whoever looked at a path has done so: whether once more.</summary>
    public static bool GoesOnChecking(DiskPath path)
    {
        path.Check = path.Check == PathCheck.RunsAndAgain ? PathCheck.Runs : PathCheck.None;
        return path.Check == PathCheck.Runs;
    }

    /// <summary>Whether a health check looks at a path now.</summary>
    public static bool IsChecked(DiskPath path, HealthCheckMode mode) => path.State switch
    {
        PathState.Failed => true,
        PathState.Enabled => mode == HealthCheckMode.Enabled
            || mode == HealthCheckMode.Nonactive && path.InFlight == 0,
        _ => false,
    };

    // Paths with the best access there is among the enabled: unoptimized ones only where there is no optimized one.
    private bool IsUsable(DiskPath path) => path.State == PathState.Enabled && RankOf(path) == BestRank();

    private int BestRank()
    {
        var best = int.MaxValue;
        for (var i = 0; i < paths.Count; i++)
            if (paths[i].State == PathState.Enabled) best = Math.Min(best, RankOf(paths[i]));
        return best;
    }

    private static int RankOf(DiskPath path) => path.Access switch
    {
        AsymmetricAccessState.ActiveOptimized => 0,
        AsymmetricAccessState.ActiveNonOptimized => 1,
        _ => 2,
    };

    private DiskPath? ChooseLeast(Func<DiskPath, int> measure)
    {
        DiskPath? least = null;
        for (var i = 0; i < paths.Count; i++)
        {
            var path = paths[i];
            if (IsUsable(path) && (least is null || measure(path) < measure(least))) least = path;
        }
        return least;
    }

    // Each path has as many turns as its priority says; then all get new ones.
    private DiskPath? ChooseInTurn()
    {
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < paths.Count; i++)
            {
                var path = paths[(_turn + i) % paths.Count];
                if (path.Credit <= 0 || !IsUsable(path)) continue;
                path.Credit--;
                _turn = (_turn + i + 1) % paths.Count;
                return path;
            }
            for (var i = 0; i < paths.Count; i++) paths[i].Credit = Math.Max(1, paths[i].Options.Priority);
        }
        return null;
    }
}
