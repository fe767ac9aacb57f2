using Lunette.Adapter.Transactions;

namespace Lunette.Adapter.Disks;

#pragma warning disable CS1591 // The properties are the structures' fields.

/// <summary>Argument of DKIORDSE, DKIOWRSE and their kin (<c>sc_rdwrt</c>): a read or write that tells sense
/// data.</summary>
public sealed class DiskReadWrite
{
    /// <summary>32 bits; all 64 for the operations with 16 in their name.</summary>
    public ulong LogicalBlockAddress { get; set; }
    public Memory<byte> Buffer { get; set; }
    public AdapterQueueStatus AdapterQueueStatus { get; set; }
    public Memory<byte> RequestSense { get; set; }
    public uint TimeoutSeconds { get; set; } = 30;
    public StatusValidity StatusValidity { get; set; }
    public byte ScsiBusStatus { get; set; }
    public AdapterStatus AdapterStatus { get; set; }

    /// <summary>SC_NO_Q is sent as SC_SIMPLE_Q, as all of the disk's commands are.</summary>
    public QueueTag Tag { get; set; }

    /// <summary>SC_CLEAR_ACA; the disk clears and resumes its queue by itself.</summary>
    public TransactionFlags QueueFlags { get; set; }
}

/// <summary>Argument of the persistent reservation operations; status and sense come back in it.</summary>
public sealed class DiskReservation
{
    public ulong Key { get; set; }

    /// <summary>The key preempted, or the one registered.</summary>
    public ulong ActionKey { get; set; }
    public byte Type { get; set; }

    /// <summary>READ KEYS and READ RESERVATION: where the parameter data goes.</summary>
    public Memory<byte> Data { get; set; }
    public byte ScsiStatus { get; set; }
    public byte SenseKey { get; set; }
    public byte AdditionalSenseCode { get; set; }
    public byte AdditionalSenseCodeQualifier { get; set; }
}

/// <summary>Argument of DKFORMAT (<c>format_op</c>), as far as FORMAT UNIT without a parameter list has it.</summary>
public sealed class DiskFormat
{
    /// <summary>Seconds it may take.</summary>
    public uint TimeoutSeconds { get; set; } = 24 * 3600;
}

/// <summary>Argument of DK_RWBUFFER (<c>sc_rwbuffer</c>): microcode by WRITE BUFFER, in fragments.</summary>
public sealed class DiskWriteBuffer
{
    /// <summary>MODE of WRITE BUFFER, 4 to 7: download microcode.</summary>
    public byte Mode { get; set; } = 5;
    public byte BufferId { get; set; }
    public uint Offset { get; set; }
    public ReadOnlyMemory<byte> Buffer { get; set; }

    /// <summary>Bytes of one command; zero: as much as the adapter carries.</summary>
    public int FragmentLength { get; set; }
    public WriteBufferFlags DeviceFlags { get; set; }
    public uint TimeoutSeconds { get; set; } = 60;
    public StatusValidity StatusValidity { get; set; }
    public byte ScsiStatus { get; set; }
    public AdapterStatus AdapterStatus { get; set; }

    /// <summary>Bytes that the device has taken.</summary>
    public int Written { get; set; }
}

/// <summary><c>devflags</c> of <see cref="DiskWriteBuffer"/>.</summary>
[Flags]
public enum WriteBufferFlags : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The unit is stopped and started afterwards.</summary>
    StopStart = 1,

    /// <summary>Each fragment has the next buffer ID.</summary>
    NextBufferId = 2,

    /// <summary>Each fragment has the offset after the last.</summary>
    NextOffset = 4,
}

/// <summary>Argument of DKLOGSENSE and DKLOGSELECT (<c>sc_log_sense</c>, <c>sc_log_select</c>).</summary>
public sealed class DiskLog
{
    public byte PageCode { get; set; }
    public byte SubpageCode { get; set; }

    /// <summary>PC: 0 threshold, 1 cumulative, 2 default threshold, 3 default cumulative.</summary>
    public byte PageControl { get; set; } = 1;

    /// <summary>PCR: reset all parameters; DKLOGSELECT only.</summary>
    public bool ParameterCodeReset { get; set; }

    /// <summary>SP: save the parameters.</summary>
    public bool SaveParameters { get; set; }
    public ushort ParameterPointer { get; set; }

    /// <summary>Where the page goes, or what is selected.</summary>
    public Memory<byte> Data { get; set; }

    /// <summary>Bytes that came.</summary>
    public int Length { get; set; }
    public byte ScsiStatus { get; set; }
    public byte SenseKey { get; set; }
    public byte AdditionalSenseCode { get; set; }
    public byte AdditionalSenseCodeQualifier { get; set; }
}

/// <summary>Argument of the operations on one path (<c>pathiocmd_t</c>).</summary>
/// <param name="PathId"><c>path_id</c>.</param>
/// <param name="Argument">What the operation without a path takes.</param>
public sealed record DiskPathArgument(int PathId, object Argument);

/// <summary>Answer of IOCINFO (<c>devinfo</c>) for a disk.</summary>
/// <param name="DeviceType">DD_SCDISK.</param>
/// <param name="Subtype">DS_PV.</param>
/// <param name="Flags">What is valid and what it is.</param>
/// <param name="BlockLength"><c>blksize</c>.</param>
/// <param name="BlockCount"><c>numblks</c>; in two words where DF_LGDSK is set.</param>
/// <param name="MaxRequestBytes"><c>max_request</c>.</param>
public sealed record DiskInfo(char DeviceType, char Subtype, DiskInfoFlags Flags, int BlockLength, ulong BlockCount,
    int MaxRequestBytes)
{
    /// <summary>DD_SCDISK.</summary>
    public const char ScsiDisk = 'r';

    /// <summary>DS_PV.</summary>
    public const char PhysicalVolume = 'p';
}

/// <summary><c>flags</c> of a disk's <c>devinfo</c>.</summary>
[Flags]
public enum DiskInfoFlags : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>DF_LGDSK: more blocks than 32 bits count.</summary>
    LargeDisk = 0x10,

    /// <summary>DF_IVAL: the flags are valid.</summary>
    Valid = 0x20,
}
