using System.Collections.Immutable;
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

    /// <summary>SCSI ID of the target; the parallel record has its low byte.</summary>
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

    /// <summary>Which family's record its detail data is.</summary>
    public ErrorRecordType RecordType { get; init; }

    /// <summary>The detail data, big-endian, as the family's record has it.</summary>
    public byte[] ToDetailData() => ErrorDetail.Write(this);
}

/// <summary>The two records that drivers write; of an entry that says nothing it is the parallel one.</summary>
public enum ErrorRecordType : byte
{
    /// <summary><c>sc_error_log_df</c>: CDBs of 12 bytes, <c>general_card_status</c>.</summary>
    Parallel,

    /// <summary><c>scsi_error_log_df</c>: CDBs of 16 bytes, <c>adapter_status</c>.</summary>
    Sam,
}
