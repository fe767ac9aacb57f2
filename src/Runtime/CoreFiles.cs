using Lunette.Runtime.Sockets.Linux;

namespace Lunette.Runtime;

/// <summary>What the system leaves of the process when it crashes.</summary>
public static class CoreFiles
{
    /// <summary>
    /// Asks the system to leave no core file, since one would hold secrets. The hard limit stays, so that whoever may
    /// look into the process can raise it again (<c>prlimit --core</c>).
    /// </summary>
    /// <returns>False where the system knows no such limit.</returns>
    public static unsafe bool Forbid()
    {
        if (!OperatingSystem.IsLinux()) return false;
        var limits = stackalloc ulong[2];
        if (LibC.GetLimit(LibC.ResourceCore, limits) != 0) return false;
        limits[0] = 0;
        return LibC.SetLimit(LibC.ResourceCore, limits) == 0;
    }
}
