namespace Lunette.Adapter.TargetMode;

/// <summary><c>tm_buf</c>: one buffer of data that an initiator has sent. It is lent to the receiver, who gives it back
/// by the free function it got from SCIOSTARTTGT.</summary>
public sealed class TargetModeBuffer
{
    internal TargetModeBuffer(TargetModeSession session, int size)
    {
        Session = session;
        Memory = new byte[size];
    }

    /// <summary>As given at the start.</summary>
    public ulong Correlator { get; internal init; }

    /// <summary><c>user_id</c>: SCSI ID of the sender.</summary>
    public ulong SenderId { get; internal init; }

    /// <summary><c>user_flag</c>.</summary>
    public TargetModeFlags Flags { get; internal set; }

    /// <summary>The data.</summary>
    public ReadOnlyMemory<byte> Data => Memory.AsMemory(0, Length);

    /// <summary>The next buffer of a chain, or null.</summary>
    public TargetModeBuffer? Next { get; internal set; }

    internal TargetModeSession Session { get; }

    internal byte[] Memory { get; }

    internal int Length { get; set; }

    internal bool IsLent { get; set; }
}

/// <summary><c>user_flag</c> of a <c>tm_buf</c>.</summary>
[Flags]
public enum TargetModeFlags
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>TM_HASDATA: the buffer holds data.</summary>
    HasData = 0x04,

    /// <summary>TM_MORE_DATA: more of the same SEND follows.</summary>
    MoreData = 0x08,

    /// <summary>TM_ERROR: this SEND ends with an error; never together with more data.</summary>
    Error = 0x8000,
}
