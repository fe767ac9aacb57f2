using System.Buffers.Binary;
using System.Text;
using Lunette.Adapter.Transactions;
using Lunette.Scsi;

namespace Lunette.Adapter.ErrorLog;

/// <summary>
/// The detail data of entries. The order of fields and the lengths of arrays are the headers'; the width of reserved
/// fields, and the offsets that follow from it, are inferred.
/// <code>
///          sc_error_log_df                          scsi_error_log_df
///   0      error_id                                 error_id
///   4      resource_name[16]                        resource_name[16]
///  20      path_id                                  path_id
///  22      length, id, flags, CDB[12]               length, flags, CDB[16]
///  37      validity, status, card status            (40) reserved, validity, status, adapter status, reserved3
///  41      req_sense_data[128]                      (45) req_sense_data[168]
///          reserved2, reserved3                     (216) dd1..dd8: SCSI ID and LUN, 64 bits each; the rest is 0
/// </code>
/// </summary>
internal static class ErrorDetail
{
    private const int NameOffset = 4;
    private const int PathOffset = 20;
    private const int CommandOffset = 22;

    public static byte[] Write(ErrorEntry entry)
    {
        var detail = new byte[entry.RecordType == ErrorRecordType.Sam ? SamLength : ParallelLength];
        BinaryPrimitives.WriteUInt32BigEndian(detail, (uint)entry.Label);
        var name = Encoding.ASCII.GetBytes(entry.ResourceName);
        name.AsSpan(0, Math.Min(name.Length, ErrorEntry.ResourceNameMax)).CopyTo(detail.AsSpan(NameOffset));
        BinaryPrimitives.WriteUInt16BigEndian(detail.AsSpan(PathOffset), entry.PathId);
        if (entry.RecordType == ErrorRecordType.Sam) WriteSam(entry, detail);
        else WriteParallel(entry, detail);
        return detail;
    }

    private const int ParallelCdbLength = 12;
    private const int ParallelStatusOffset = CommandOffset + 3 + ParallelCdbLength;
    private const int ParallelSenseOffset = ParallelStatusOffset + 4;
    private const int ParallelSenseLength = 128;
    private const int ParallelLength = 4 * ((ParallelSenseOffset + ParallelSenseLength + 8 + 3) / 4);

    private static void WriteParallel(ErrorEntry entry, Span<byte> detail)
    {
        var command = detail[CommandOffset..ParallelStatusOffset];
        command[0] = (byte)Math.Min(entry.Cdb.Length, ParallelCdbLength);
        command[1] = (byte)entry.ScsiId;
        entry.Cdb.AsSpan()[..command[0]].CopyTo(command[3..]);
        if (entry.LogicalUnitNumber is >= 0 and < 8)
            command[4] = (byte)(command[4] & 0x1F | entry.LogicalUnitNumber << 5);
        detail[ParallelStatusOffset] = (byte)entry.StatusValidity;
        detail[ParallelStatusOffset + 1] = entry.ScsiStatus;
        detail[ParallelStatusOffset + 2] = (byte)entry.AdapterStatus.ToGeneralCardStatus();
        CopySense(entry, detail.Slice(ParallelSenseOffset, ParallelSenseLength));
    }

    private const int SamCdbLength = 16;
    private const int SamStatusOffset = CommandOffset + 2 + SamCdbLength + 1;
    private const int SamSenseOffset = SamStatusOffset + 4;
    private const int SamSenseLength = 168;
    private const int SamDataOffset = 4 * ((SamSenseOffset + SamSenseLength + 3) / 4);
    private const int SamLength = SamDataOffset + (8 * 4);

    private static void WriteSam(ErrorEntry entry, Span<byte> detail)
    {
        var length = Math.Min(entry.Cdb.Length, SamCdbLength);
        detail[CommandOffset] = (byte)length;
        entry.Cdb.AsSpan()[..length].CopyTo(detail[(CommandOffset + 2)..]);
        detail[SamStatusOffset] = (byte)entry.StatusValidity;
        detail[SamStatusOffset + 1] = entry.ScsiStatus;
        detail[SamStatusOffset + 2] = (byte)entry.AdapterStatus;
        CopySense(entry, detail.Slice(SamSenseOffset, SamSenseLength));
        BinaryPrimitives.WriteUInt64BigEndian(detail[SamDataOffset..], entry.ScsiId);
        if (entry.LogicalUnitNumber is >= 0 and <= Lun.NumberMax)
        {
            BinaryPrimitives.WriteUInt64BigEndian(
                detail[(SamDataOffset + 8)..], Lun.FromNumber(entry.LogicalUnitNumber).Wire);
        }
    }

    private static void CopySense(ErrorEntry entry, Span<byte> to) =>
        entry.Sense.AsSpan()[..Math.Min(entry.Sense.Length, to.Length)].CopyTo(to);
}
