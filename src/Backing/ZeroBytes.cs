using System.Runtime.InteropServices;
using Lunette.Runtime.Buffers;

namespace Lunette.Backing;

/// <summary>A region of zeros that is only read: what holes are sent from and what zeroing writes. It lives as long as
/// the process; nobody gives it back.</summary>
internal static unsafe class ZeroBytes
{
    public const int Length = 1 << 20;

    private const nint Alignment = 4096;

    // Never written, so the system backs all of it with its one page of zeros.
    private static readonly nint s_first =
        ((nint)NativeMemory.AllocZeroed((nuint)(Length + Alignment)) + Alignment - 1) & ~(Alignment - 1);

    /// <summary>A lease of zeros that nobody takes back.</summary>
    public static Lease Lease(int length) => new(s_first, length, owner: null, token: 0);

    public static ReadOnlySpan<byte> Span(int length) => new((void*)s_first, length);

    public static nint Address => s_first;
}
