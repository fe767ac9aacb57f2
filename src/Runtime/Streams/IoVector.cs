using System.Runtime.InteropServices;

namespace Lunette.Runtime.Streams;

/// <summary>A piece of memory to receive into or to send from: POSIX <c>struct iovec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct IoVector(nint address, nint length)
{
    /// <summary>First byte.</summary>
    public nint Address = address;

    /// <summary>Bytes.</summary>
    public nint Length = length;
}
