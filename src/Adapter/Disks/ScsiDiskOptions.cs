using Lunette.Adapter.Paths;

namespace Lunette.Adapter.Disks;

/// <summary>Attributes of a disk, as <c>chdev</c> sets them.</summary>
public sealed record ScsiDiskOptions
{
    /// <summary>Its name, such as <c>hdisk0</c>; the resource name of its log entries.</summary>
    public string Name { get; init; } = "hdisk0";

    /// <summary><c>queue_depth</c>: commands at the disk at once, counted over all paths.</summary>
    public int QueueDepth { get; init; } = 32;

    /// <summary>Requests that may wait behind those; one more is refused with ENOMEM.</summary>
    public int WaitingMax { get; init; } = 4096;

    /// <summary><c>rw_timeout</c>: seconds a data command may take.</summary>
    public int ReadWriteTimeoutSeconds { get; init; } = 30;

    /// <summary><c>start_timeout</c>: seconds the disk may take to become ready at open.</summary>
    public int StartTimeoutSeconds { get; init; } = 60;

    /// <summary>How often a command is sent again before its error is the caller's.</summary>
    public int RetriesMax { get; init; } = 5;

    /// <summary>How long a disk that is busy or becoming ready is left alone.</summary>
    public TimeSpan BusyDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary><c>algorithm</c>.</summary>
    public PathAlgorithm Algorithm { get; init; } = PathAlgorithm.FailOver;

    /// <summary><c>reserve_policy</c>.</summary>
    public ReservePolicy ReservePolicy { get; init; } = ReservePolicy.None;

    /// <summary><c>PR_key_value</c>; wanted by the persistent policies.</summary>
    public ulong ReservationKey { get; init; }

    /// <summary><c>hcheck_interval</c>; zero: no health checks.</summary>
    public TimeSpan HealthCheckInterval { get; init; }

    /// <summary><c>hcheck_mode</c>.</summary>
    public HealthCheckMode HealthCheckMode { get; init; } = HealthCheckMode.Nonactive;

    /// <summary><c>hcheck_cmd</c>.</summary>
    public HealthCheckCommand HealthCheckCommand { get; init; } = HealthCheckCommand.TestUnitReady;

    /// <summary><c>timeout_policy</c>.</summary>
    public TimeoutPolicy TimeoutPolicy { get; init; } = TimeoutPolicy.FailPath;

    /// <summary>Awaiting code goes on inside the adapter's loop; it must not block there.</summary>
    public bool InlineContinuations { get; init; }

    /// <summary>The clock of the health checks.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
