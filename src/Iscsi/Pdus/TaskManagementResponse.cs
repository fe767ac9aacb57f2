namespace Lunette.Iscsi;

/// <summary>
/// Task Management Function Response (RFC 7143 section 11.6). What became of a task management function.
/// <code>
/// byte  1  F=1             byte  2  Response
/// byte  8  Additional Response Information (3)
/// byte 16  Initiator Task Tag
/// byte 24  StatSN          byte 28  ExpCmdSN             byte 32  MaxCmdSN
/// </code>
/// </summary>
public readonly ref struct TaskManagementResponse : IPdu<TaskManagementResponse>
{
    private readonly BasicHeaderSegment _bhs;

    private TaskManagementResponse(BasicHeaderSegment bhs) => _bhs = bhs;

    /// <inheritdoc/>
    public static PduOpCode OpCode => PduOpCode.TaskManagementResponse;

    /// <inheritdoc/>
    public static TaskManagementResponse Over(BasicHeaderSegment bhs) => new(bhs);

    /// <summary>Response.</summary>
    public TaskManagementResponseCode Response
    {
        get => (TaskManagementResponseCode)_bhs.GetByte(2);
        set => _bhs.SetByte(2, (byte)value);
    }

    /// <summary>Additional response information, 24 bits (RFC 7144): what QUERY ASYNCHRONOUS EVENT found.</summary>
    public int AdditionalResponseInformation
    {
        get => (int)(_bhs.GetUInt32(8) >> 8);
        set => _bhs.SetUInt32(8, (uint)value << 8 | _bhs.GetByte(11));
    }

    /// <summary>Initiator Task Tag.</summary>
    public InitiatorTaskTag InitiatorTaskTag { get => new(_bhs.GetUInt32(16)); set => _bhs.SetUInt32(16, value.Value); }

    /// <summary>StatSN.</summary>
    public StatSn StatSn { get => new(_bhs.GetUInt32(24)); set => _bhs.SetUInt32(24, value.Value); }

    /// <summary>ExpCmdSN: the next command expected.</summary>
    public CmdSn ExpCmdSn { get => new(_bhs.GetUInt32(28)); set => _bhs.SetUInt32(28, value.Value); }

    /// <summary>MaxCmdSN: the last command accepted.</summary>
    public CmdSn MaxCmdSn { get => new(_bhs.GetUInt32(32)); set => _bhs.SetUInt32(32, value.Value); }
}
