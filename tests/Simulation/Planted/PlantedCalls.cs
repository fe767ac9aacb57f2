namespace Lunette.Simulation.Planted;

/// <summary>What planted mistakes call instead of what they should.</summary>
public static class PlantedCalls
{
    private const int NanosecondsPerTick = 100;

    /// <summary>The time of day, where the time that has passed is meant.</summary>
    public static long WallClock(TimeProvider time) =>
        (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * NanosecondsPerTick;
}
