using Lunette.Scsi;

namespace Lunette.Iscsi;

/// <summary>
/// Task Management Function Request (RFC 7143 section 11.5). Asks the task manager for one function.
/// <code>
/// byte  1  F=1 Function
/// byte  8  LUN             byte 16  Initiator Task Tag   byte 20  Referenced Task Tag
/// byte 24  CmdSN           byte 28  ExpStatSN
/// byte 32  RefCmdSN        byte 36  ExpDataSN
/// </code>
/// </summary>
public readonly ref struct TaskManagementRequest : IPdu<TaskManagementRequest>
{
    private readonly BasicHeaderSegment _bhs;

    private TaskManagementRequest(BasicHeaderSegment bhs) => _bhs = bhs;

    /// <inheritdoc/>
    public static PduOpCode OpCode => PduOpCode.TaskManagementRequest;

    /// <inheritdoc/>
    public static TaskManagementRequest Over(BasicHeaderSegment bhs) => new(bhs);

    /// <summary>I bit: delivered at once, outside the command order.</summary>
    public bool Immediate { get => _bhs.GetBit(0, 0x40); set => _bhs.SetBit(0, 0x40, value); }

    /// <summary>Function.</summary>
    public TaskManagementFunctionCode Function
    {
        get => (TaskManagementFunctionCode)_bhs.GetBits(1, 0x7F);
        set => _bhs.SetBits(1, 0x7F, (byte)value);
    }

    /// <summary>Logical unit number.</summary>
    public Lun Lun { get => _bhs.Lun; set => _bhs.SetLun(value); }

    /// <summary>Initiator Task Tag.</summary>
    public InitiatorTaskTag InitiatorTaskTag { get => new(_bhs.GetUInt32(16)); set => _bhs.SetUInt32(16, value.Value); }

    /// <summary>The task to abort, query or reassign; else FFFFFFFFh.</summary>
    public InitiatorTaskTag ReferencedTaskTag
    {
        get => new(_bhs.GetUInt32(20));
        set => _bhs.SetUInt32(20, value.Value);
    }

    /// <summary>CmdSN.</summary>
    public CmdSn CmdSn { get => new(_bhs.GetUInt32(24)); set => _bhs.SetUInt32(24, value.Value); }

    /// <summary>ExpStatSN: every status before it has arrived.</summary>
    public StatSn ExpStatSn { get => new(_bhs.GetUInt32(28)); set => _bhs.SetUInt32(28, value.Value); }

    /// <summary>RefCmdSN: CmdSN of the task to abort.</summary>
    public CmdSn RefCmdSn { get => new(_bhs.GetUInt32(32)); set => _bhs.SetUInt32(32, value.Value); }

    /// <summary>ExpDataSN: the next DataSN or R2TSN expected; TASK REASSIGN only.</summary>
    public DataSn ExpDataSn { get => new(_bhs.GetUInt32(36)); set => _bhs.SetUInt32(36, value.Value); }
}
