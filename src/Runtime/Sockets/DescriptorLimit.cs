using Lunette.Runtime.Sockets.Linux;

namespace Lunette.Runtime.Sockets;

/// <summary>How many descriptors the process may have open.</summary>
public static class DescriptorLimit
{
    /// <summary>
    /// Raises the limit as far as the system permits without privileges, and says what it is now; 0 where there is no
    /// such limit to be known.
    /// </summary>
    public static unsafe long Raise()
    {
        if (!OperatingSystem.IsLinux()) return 0;
        var limits = stackalloc ulong[2];
        if (LibC.GetLimit(LibC.ResourceDescriptors, limits) != 0) return 0;
        var before = limits[0];
        limits[0] = limits[1];
        if (LibC.SetLimit(LibC.ResourceDescriptors, limits) != 0) limits[0] = before;
        return (long)Math.Min(limits[0], long.MaxValue);
    }
}
