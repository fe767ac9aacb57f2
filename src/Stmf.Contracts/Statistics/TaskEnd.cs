using Lunette.Scsi;

namespace Lunette.Stmf.Contracts.Statistics;

/// <summary>Which way a task moved data.</summary>
public enum TaskDirection : byte
{
    /// <summary>To the initiator.</summary>
    In,

    /// <summary>From the initiator.</summary>
    Out,

    /// <summary>No way.</summary>
    None,
}

/// <summary>How a task ended: what is counted of it.</summary>
/// <param name="Direction">Which way data went.</param>
/// <param name="Status">Its status; <see cref="ScsiStatus.TaskAborted"/> also where the initiator was told
/// nothing.</param>
/// <param name="Error">What went wrong, as <see cref="TaskError"/> writes it; 0 for nothing.</param>
/// <param name="Bytes">Bytes moved.</param>
/// <param name="Nanoseconds">From its arrival to its answer being given to the transport.</param>
public readonly record struct TaskEnd(
    TaskDirection Direction, ScsiStatus Status, uint Error, long Bytes, long Nanoseconds);

/// <summary>
/// What went wrong with a task in one number: the status in the highest byte, and below it sense key, additional sense
/// code and qualifier where there is sense data.
/// </summary>
public static class TaskError
{
    /// <summary>Of an ended task: 0 for GOOD or CONDITION MET without sense data.</summary>
    public static uint Of(ScsiStatus status, ReadOnlySpan<byte> sense)
    {
        if (status is ScsiStatus.Good or ScsiStatus.ConditionMet && sense.IsEmpty) return 0;
        var error = (uint)status << 24;
        if (sense.Length < 4) return error;
        // SPC-6, Sense data: descriptor format has the codes in bytes 1 to 3, fixed format in 2, 12 and 13.
        var descriptor = (sense[0] & 0x7F) is 0x72 or 0x73;
        if (descriptor) return error | Codes(sense[1], sense[2], sense[3]);
        return sense.Length < 14 ? error | Codes(sense[2], 0, 0) : error | Codes(sense[2], sense[12], sense[13]);
    }

    /// <summary>For people, such as <c>ILLEGAL REQUEST, INVALID FIELD IN CDB</c> or <c>RESERVATION
    /// CONFLICT</c>.</summary>
    public static string Describe(uint error)
    {
        var status = (ScsiStatus)(error >> 24);
        if (status != ScsiStatus.CheckCondition && (error & 0xFF_FFFF) == 0) return Words(status);
        var key = ((SenseKey)((error >> 16) & 0x0F)).Describe();
        var code = (AdditionalSense)(ushort)error;
        return (ushort)error == 0 ? key : $"{key}, {code.Describe()}";
    }

    private static string Words(ScsiStatus status) => status switch
    {
        ScsiStatus.Busy => "BUSY",
        ScsiStatus.ReservationConflict => "RESERVATION CONFLICT",
        ScsiStatus.TaskSetFull => "TASK SET FULL",
        ScsiStatus.AcaActive => "ACA ACTIVE",
        ScsiStatus.TaskAborted => "TASK ABORTED",
        ScsiStatus.CheckCondition => "CHECK CONDITION",
        _ => status.ToString(),
    };

    private static uint Codes(byte key, byte code, byte qualifier) =>
        ((uint)(key & 0x0F) << 16) | ((uint)code << 8) | qualifier;
}
