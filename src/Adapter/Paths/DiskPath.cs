using Lunette.Adapter.Arguments;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Opening;
using Lunette.Scsi;

namespace Lunette.Adapter.Paths;

/// <summary>How path control chooses the path of a request.</summary>
public enum PathAlgorithm
{
    /// <summary>All on the enabled path with the lowest priority value; the next one when it fails.</summary>
    FailOver,

    /// <summary>In turn, a path as often as its priority value says.</summary>
    RoundRobin,

    /// <summary>The path with the fewest requests on it.</summary>
    ShortestQueue,
}

/// <summary>What a disk reserves at open.</summary>
public enum ReservePolicy
{
    /// <summary>no_reserve.</summary>
    None,

    /// <summary>single_path: RESERVE (6); only with fail_over.</summary>
    SinglePath,

    /// <summary>PR_exclusive: a persistent reservation, exclusive access, registrants only.</summary>
    PersistentExclusive,

    /// <summary>PR_shared: a persistent reservation, write exclusive, registrants only.</summary>
    PersistentShared,
}

/// <summary>Which paths a health check looks at.</summary>
public enum HealthCheckMode
{
    /// <summary>All enabled ones, and failed ones.</summary>
    Enabled,

    /// <summary>Failed ones.</summary>
    Failed,

    /// <summary>Failed ones, and those without a request on them now.</summary>
    Nonactive,
}

/// <summary>What a health check asks a path.</summary>
public enum HealthCheckCommand
{
    /// <summary>test_unit_rdy: the disk must be ready.</summary>
    TestUnitReady,

    /// <summary>inquiry: that the target answers is enough.</summary>
    Inquiry,
}

/// <summary>What a command that timed out means for its path; the last usable one stays as it is.</summary>
public enum TimeoutPolicy
{
    /// <summary>retry_path: it is out after two in a row, with nothing answered in between.</summary>
    RetryPath,

    /// <summary>fail_path: it is out at once, until a health check or the operator brings it back.</summary>
    FailPath,

    /// <summary>disable_path: it is out at once, and only the operator brings it back.</summary>
    DisablePath,
}

/// <summary>State of a path, as <c>lspath</c> shows it.</summary>
public enum PathState
{
    /// <summary>Usable.</summary>
    Enabled,

    /// <summary>Taken out by the operator.</summary>
    Disabled,

    /// <summary>Taken out after errors; a health check or an enable brings it back.</summary>
    Failed,
}

/// <summary>Whether somebody looks at a path.</summary>
internal enum PathCheck : byte
{
    /// <summary>Nobody.</summary>
    None,

    /// <summary>Somebody does.</summary>
    Runs,

    /// <summary>Somebody does, and will once more.</summary>
    RunsAndAgain,
}

/// <summary>A path to be made: through which adapter, to which address.</summary>
/// <param name="Adapter">The adapter.</param>
/// <param name="ScsiId">The target.</param>
/// <param name="Lun">The logical unit.</param>
/// <param name="Priority">fail_over: lowest first; round_robin: higher means more.</param>
public sealed record DiskPathOptions(ScsiAdapter Adapter, ulong ScsiId, Lun Lun, int Priority = 1);

/// <summary>One path of a disk; it changes under the disk's lock.</summary>
public sealed class DiskPath
{
    internal DiskPath(int id, DiskPathOptions options, AdapterFile file)
    {
        Id = id;
        Options = options;
        File = file;
    }

    /// <summary><c>path_id</c>.</summary>
    public int Id { get; }

    /// <summary>Through which adapter, to which address.</summary>
    public DiskPathOptions Options { get; }

    /// <summary>Its state.</summary>
    public PathState State { get; internal set; }

    /// <summary>Its target port's asymmetric access; optimized where the device has none.</summary>
    public AsymmetricAccessState Access { get; internal set; } = AsymmetricAccessState.ActiveOptimized;

    /// <summary>Requests on it now.</summary>
    public int InFlight { get; internal set; }

    /// <summary>Errors the path was blamed for.</summary>
    public long Errors { get; internal set; }

    /// <summary>Requests it has carried.</summary>
    public long Requests { get; internal set; }

    internal AdapterFile File { get; }

    internal int Credit { get; set; }

    internal int TimeoutsInARow { get; set; }

    internal bool IsStarted { get; private set; }

    internal PathCheck Check { get; set; }

    internal async Task<Errno> StartAsync()
    {
        var error = await File.IoctlAsync(IoctlNumber.SCIOLSTART, Argument()).ConfigureAwait(false);
        IsStarted = error == Errno.None;
        return error;
    }

    internal Task<Errno> StopAsync()
    {
        IsStarted = false;
        return File.IoctlAsync(IoctlNumber.SCIOLSTOP, Argument());
    }

    internal Task<Errno> ResetAsync(bool logicalUnitOnly) => File.IoctlAsync(IoctlNumber.SCIOLRESET,
        Argument(logicalUnitOnly ? ScsiSciolst.LunReset : (byte)0));

    private ScsiSciolst Argument(byte flags = 0) =>
        new() { ScsiId = Options.ScsiId, LunId = Options.Lun.Wire, Flags = flags };
}
