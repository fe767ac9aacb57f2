using System.Runtime.Versioning;

namespace Lunette.Runtime.Sockets.Linux;

/// <summary>
/// What ends a loop's wait in time: a timer of the kernel that stays armed over many waits. A wait with a time-out of
/// its own would arm and disarm one each time, which costs a twentieth of a short command.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class EpollTimer
{
    private long _due = long.MaxValue;      // never later than what is waited for

    private EpollTimer(int descriptor) => Descriptor = descriptor;

    public int Descriptor { get; }

    /// <summary>Makes one.</summary>
    /// <returns>Null where no descriptor was left; the reason is <see cref="LibC.LastError"/>.</returns>
    public static EpollTimer? TryMake()
    {
        const int Monotonic = 1;
        var descriptor = LibC.TimerDescriptor(Monotonic, LibC.CloseOnExec | LibC.NonBlocking);
        return descriptor < 0 ? null : new EpollTimer(descriptor);
    }

    /// <summary>Has it fire so many nanoseconds from now at the latest. Where it is armed for earlier it stays so: to
    /// wake once in vain is cheaper than to arm it for each wait.</summary>
    public void FireWithin(long nanoseconds, long now)
    {
        if (_due <= now + nanoseconds) return;
        _due = now + nanoseconds;
        // struct itimerspec: an interval, of which there is none, and the time from now.
        var time = stackalloc nint[] { 0, 0, (nint)(nanoseconds / 1_000_000_000), (nint)(nanoseconds % 1_000_000_000) };
        var done = LibC.SetTimer(Descriptor, 0, time, null);
        Invariant.That(done == 0, "a timer of the kernel can be set as long as it is open");
    }

    /// <summary>It has fired.</summary>
    public void Fired() => _due = long.MaxValue;
}
