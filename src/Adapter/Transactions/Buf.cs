namespace Lunette.Adapter.Transactions;

/// <summary>AIX's <c>struct buf</c>, as far as a block request needs it: one contiguous piece of memory.</summary>
public sealed class Buf
{
    /// <summary><c>b_flags</c>: direction, and after the end done and error.</summary>
    public BufFlags Flags { get; set; }

    /// <summary><c>b_un.b_addr</c> with its memory.</summary>
    public Memory<byte> Memory { get; set; }

    /// <summary><c>b_bcount</c>: bytes wanted.</summary>
    public int Count { get; set; }

    /// <summary><c>b_error</c>, meaningful with <see cref="BufFlags.Error"/>.</summary>
    public Errno Error { get; set; }

    /// <summary><c>b_resid</c>: bytes that were not transferred; meaningful without an error too.</summary>
    public int Residual { get; set; }

    /// <summary><c>av_forw</c>: the next of a chain.</summary>
    public Buf? Next { get; set; }

    /// <summary>Whether data comes from the device.</summary>
    public bool IsRead => (Flags & BufFlags.Read) != 0;

    /// <summary>Whether it ended with an error.</summary>
    public bool HasError => (Flags & BufFlags.Error) != 0;
}
