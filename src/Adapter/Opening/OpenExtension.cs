namespace Lunette.Adapter.Opening;

/// <summary>Extension parameter of <c>openx</c>.</summary>
[Flags]
public enum OpenExtension
{
    /// <summary>A plain open.</summary>
    None = 0,

    /// <summary>SC_DIAGNOSTIC: exclusive; only close and ioctl work, nothing is logged or retried.</summary>
    Diagnostic = 0x01,

    /// <summary>SC_RETAIN_RESERVATION: close does not release; ORed over all opens.</summary>
    RetainReservation = 0x02,

    /// <summary>SC_FORCED_OPEN: a foreign reservation is broken by a target reset.</summary>
    ForcedOpen = 0x04,

    /// <summary>SC_NO_RESERVE: open does not reserve.</summary>
    NoReserve = 0x08,

    /// <summary>SC_SINGLE: nobody else has it open.</summary>
    Single = 0x20,

    /// <summary>SC_FORCED_OPEN_LUN: as forced, by a logical unit reset.</summary>
    ForcedOpenLun = 0x40,

    /// <summary>SC_PR_SHARED_REGISTER: persistent reservation, shared registration.</summary>
    PrSharedRegister = 0x80,
}

/// <summary>Who opens a special file.</summary>
/// <param name="IsKernel">A kernel extension: a head driver.</param>
/// <param name="MayConfigure">Has the <c>dev_config</c> authority.</param>
public readonly record struct AdapterCaller(bool IsKernel, bool MayConfigure)
{
    /// <summary>A head driver.</summary>
    public static AdapterCaller Kernel => new(true, true);

    /// <summary>A privileged process.</summary>
    public static AdapterCaller Privileged => new(false, true);

    /// <summary>Anybody.</summary>
    public static AdapterCaller Anybody => new(false, false);
}
