using System.Collections.Immutable;
using System.Buffers.Binary;
using System.Text;
using Lunette.Adapter.Transactions;

namespace Lunette.Adapter.ErrorLog;

/// <summary>One entry of the system error log.</summary>
public sealed record ErrorEntry
{
    /// <summary>Longest detail data in bytes (ERR_REC_MAX).</summary>
    public const int DetailMax = 4096;

    /// <summary>Longest resource name in bytes, its end not counted.</summary>
    public const int ResourceNameMax = 15;

    /// <summary>Counts up by one for each entry; never reused.</summary>
    public long SequenceNumber { get; init; }

    /// <summary>When it was written.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>The label, and by its value the error id.</summary>
    public required ErrorLabel Label { get; init; }

    /// <summary>The device or adapter that wrote it, such as <c>scsi0</c>.</summary>
    public required string ResourceName { get; init; }

    /// <summary>The path, where the device has several; else 0.</summary>
    public ushort PathId { get; init; }

    /// <summary>SCSI ID of the target; of the parallel record its low byte is kept.</summary>
    public ulong ScsiId { get; init; }

    /// <summary>The logical unit's number; -1 where it has none.</summary>
    public int LogicalUnitNumber { get; init; }

    /// <summary>The CDB; empty where the error is not about a command.</summary>
    public ImmutableArray<byte> Cdb { get; init; } = [];

    /// <summary>Which of the statuses mean something; 3 is an error the driver itself detected.</summary>
    public StatusValidity StatusValidity { get; init; }

    /// <summary>SCSI status.</summary>
    public byte ScsiStatus { get; init; }

    /// <summary>The adapter's status.</summary>
    public AdapterStatus AdapterStatus { get; init; }

    /// <summary>Sense data as received.</summary>
    public ImmutableArray<byte> Sense { get; init; } = [];

    /// <summary>For people: what happened, where that helps beyond the label.</summary>
    public string? Note { get; init; }

    /// <summary>
    /// The record as <c>sc_error_log_df</c> has it, big-endian: error id, resource name, path id, command, statuses and
    /// 128 bytes of sense data. The order of fields is the header's; the offsets are computed from it.
    /// </summary>
    public byte[] ToDetailData()
    {
        var detail = new byte[DetailLength];
        BinaryPrimitives.WriteUInt32BigEndian(detail, (uint)Label);
        var name = Encoding.ASCII.GetBytes(ResourceName);
        name.AsSpan(0, Math.Min(name.Length, ResourceNameMax)).CopyTo(detail.AsSpan(4));
        BinaryPrimitives.WriteUInt16BigEndian(detail.AsSpan(20), PathId);
        var command = detail.AsSpan(CommandOffset, CommandLength);
        command[0] = (byte)Math.Min(Cdb.Length, 12);
        command[1] = (byte)ScsiId;
        Cdb.AsSpan()[..command[0]].CopyTo(command[3..]);
        if (LogicalUnitNumber is >= 0 and < 8) command[4] = (byte)(command[4] & 0x1F | LogicalUnitNumber << 5);
        detail[StatusOffset] = (byte)StatusValidity;
        detail[StatusOffset + 1] = ScsiStatus;
        detail[StatusOffset + 2] = (byte)AdapterStatus.ToGeneralCardStatus();
        Sense.AsSpan()[..Math.Min(Sense.Length, SenseLength)].CopyTo(detail.AsSpan(SenseOffset));
        return detail;
    }

    // error_id, resource_name[16], path_id | scsi_command: length, id, flags, CDB[12] | validity, status, card status,
    // reserved1 | req_sense_data[128] | reserved2, reserved3
    private const int CommandOffset = 22;
    private const int CommandLength = 15;
    private const int StatusOffset = CommandOffset + CommandLength;
    private const int SenseOffset = StatusOffset + 4;
    private const int SenseLength = 128;
    private const int DetailLength = 4 * ((SenseOffset + SenseLength + 8 + 3) / 4);
}
