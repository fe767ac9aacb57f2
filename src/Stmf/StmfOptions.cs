namespace Lunette.Stmf;

/// <summary>Times and bounds of the framework.</summary>
public sealed record StmfOptions
{
    /// <summary>How long initiators have to log out when a target goes offline and the request says nothing.</summary>
    public TimeSpan TargetOfflineDeadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How much longer than its deadline a target may take before the framework ends its wait, too.
    /// </summary>
    public TimeSpan TargetOfflineGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a logical unit may take to let its tasks go and close its store.</summary>
    public TimeSpan LogicalUnitOfflineDeadline { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a port or logical unit may take to come online.</summary>
    public TimeSpan OnlineDeadline { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Target ports registered at once.</summary>
    public int TargetPortsMax { get; init; } = 4096;

    /// <summary>Logical units registered at once.</summary>
    public int LogicalUnitsMax { get; init; } = 65536;

    /// <summary>Sessions open at once.</summary>
    public int SessionsMax { get; init; } = 65536;

    /// <summary>Events kept for one subscriber that does not read; the oldest give way and are counted.</summary>
    public int EventsKept { get; init; } = 4096;

    /// <summary>Tasks each loop keeps while tasks are traced.</summary>
    public int TasksTraced { get; init; } = 4096;

    /// <summary>From when on a command is slow, until somebody says otherwise.</summary>
    public TimeSpan SlowThreshold { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Slow commands kept; the oldest give way.</summary>
    public int SlowCommandsKept { get; init; } = 256;

    /// <summary>Initiators without a session whose counts are remembered.</summary>
    public int InitiatorsKept { get; init; } = 1024;

    /// <summary>Loops without a session whose trace and counts stand by themselves.</summary>
    public int IdleLoopsKept { get; init; } = 64;
}
