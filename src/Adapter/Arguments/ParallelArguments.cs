using Lunette.Adapter.Events;
using Lunette.Adapter.TargetMode;
using Lunette.Adapter.Transactions;
using static Lunette.Adapter.Arguments.ArgumentFieldKind;

namespace Lunette.Adapter.Arguments;

#pragma warning disable CS1591 // The properties are the structures' fields, in the reference's words.

/// <summary>
/// Identifies a device to the parallel operations: LUN in the low byte, SCSI ID above, the rest zero.
/// </summary>
/// <param name="Value">The argument as passed.</param>
public readonly record struct IdLun(uint Value)
{
    /// <summary>Makes the argument of its parts.</summary>
    public IdLun(byte scsiId, byte lun) : this((uint)(scsiId << 8 | lun))
    {
    }

    public byte ScsiId => (byte)(Value >> 8);

    public byte LunId => (byte)Value;

    /// <summary>Whether the reserved bytes are zero.</summary>
    public bool IsLawful => Value <= 0xFFFF;
}

/// <summary>Argument of SCIOINQU.</summary>
public sealed class ScInquiry
{
    public byte ScsiId { get; set; }
    public byte LunId { get; set; }

    /// <summary>Vital product data is asked for.</summary>
    public byte GetExtended { get; set; }
    public byte InquiryLength { get; set; }
    public Memory<byte> Inquiry { get; set; }
    public byte CodePageNumber { get; set; }
    public CommandFlags Flags { get; set; }

    public static ArgumentLayout<ScInquiry> Layout { get; } = new ArgumentLayout<ScInquiry>("sc_inquiry")
        .Byte("scsi_id", a => a.ScsiId, (a, v) => a.ScsiId = v)
        .Byte("lun_id", a => a.LunId, (a, v) => a.LunId = v)
        .Byte("get_extended", a => a.GetExtended, (a, v) => a.GetExtended = v)
        .Byte("inquiry_len", a => a.InquiryLength, (a, v) => a.InquiryLength = v)
        .Pointer("inquiry_ptr", a => a.InquiryLength, (a, m) => a.Inquiry = m)
        .Byte("code_page_num", a => a.CodePageNumber, (a, v) => a.CodePageNumber = v)
        .Reserved("rsv3").Reserved("rsv4")
        .Byte("flags", a => (byte)a.Flags, (a, v) => a.Flags = (CommandFlags)v)
        .Reserved("rsv5", Int);
}

/// <summary>Argument of SCIOREAD: one block by READ (6).</summary>
public sealed class ScReadBlock
{
    public byte ScsiId { get; set; }
    public byte LunId { get; set; }
    public ushort BlockLength { get; set; }
    public uint BlockNumber { get; set; }
    public uint TimeoutSeconds { get; set; }
    public Memory<byte> Data { get; set; }
    public CommandFlags Flags { get; set; }

    public static ArgumentLayout<ScReadBlock> Layout { get; } = new ArgumentLayout<ScReadBlock>("sc_readblk")
        .Byte("scsi_id", a => a.ScsiId, (a, v) => a.ScsiId = v)
        .Byte("lun_id", a => a.LunId, (a, v) => a.LunId = v)
        .Short("blklen", a => a.BlockLength, (a, v) => a.BlockLength = v)
        .Int("blkno", a => a.BlockNumber, (a, v) => a.BlockNumber = v)
        .Int("timeout_value", a => a.TimeoutSeconds, (a, v) => a.TimeoutSeconds = v)
        .Pointer("data_ptr", a => a.BlockLength, (a, m) => a.Data = m)
        .Reserved("rsv1").Reserved("rsv2").Reserved("rsv3")
        .Byte("flags", a => (byte)a.Flags, (a, v) => a.Flags = (CommandFlags)v)
        .Reserved("rsv4", Int);
}

/// <summary>Argument of SCIOSTUNIT.</summary>
public sealed class ScStartUnit
{
    public byte ScsiId { get; set; }
    public byte LunId { get; set; }

    /// <summary>Make ready; else stop.</summary>
    public byte StartFlag { get; set; }

    /// <summary>Return as soon as the device has the command.</summary>
    public byte ImmediateFlag { get; set; }
    public uint TimeoutSeconds { get; set; }
    public CommandFlags Flags { get; set; }

    public static ArgumentLayout<ScStartUnit> Layout { get; } = new ArgumentLayout<ScStartUnit>("sc_startunit")
        .Byte("scsi_id", a => a.ScsiId, (a, v) => a.ScsiId = v)
        .Byte("lun_id", a => a.LunId, (a, v) => a.LunId = v)
        .Byte("start_flag", a => a.StartFlag, (a, v) => a.StartFlag = v)
        .Byte("immed_flag", a => a.ImmediateFlag, (a, v) => a.ImmediateFlag = v)
        .Int("timeout_value", a => a.TimeoutSeconds, (a, v) => a.TimeoutSeconds = v)
        .Reserved("rsv1").Reserved("rsv2").Reserved("rsv3")
        .Byte("flags", a => (byte)a.Flags, (a, v) => a.Flags = (CommandFlags)v)
        .Reserved("rsv4", Int);
}

/// <summary>Argument of SCIOTUR.</summary>
public sealed class ScReady
{
    public byte ScsiId { get; set; }
    public byte LunId { get; set; }
    public StatusValidity StatusValidity { get; set; }
    public byte ScsiStatus { get; set; }
    public CommandFlags Flags { get; set; }

    public static ArgumentLayout<ScReady> Layout { get; } = new ArgumentLayout<ScReady>("sc_ready")
        .Byte("scsi_id", a => a.ScsiId, (a, v) => a.ScsiId = v)
        .Byte("lun_id", a => a.LunId, (a, v) => a.LunId = v)
        .Byte("status_validity", a => (byte)a.StatusValidity, (a, v) => a.StatusValidity = (StatusValidity)v)
        .Byte("scsi_status", a => a.ScsiStatus, (a, v) => a.ScsiStatus = v)
        .Reserved("rsv1").Reserved("rsv2").Reserved("rsv3")
        .Byte("flags", a => (byte)a.Flags, (a, v) => a.Flags = (CommandFlags)v)
        .Reserved("rsv4", Int);
}

/// <summary>Argument of SCIODNLD.</summary>
public sealed class ScDownload
{
    /// <summary>1 download, 2 read the version number, 3 enable command queuing.</summary>
    public byte Option { get; set; }
    public uint MicrocodeLength { get; set; }
    public Memory<byte> Microcode { get; set; }
    public uint VersionNumber { get; set; }

    public static ArgumentLayout<ScDownload> Layout { get; } = new ArgumentLayout<ScDownload>("sc_download")
        .Byte("option", a => a.Option, (a, v) => a.Option = v)
        .Reserved("rsv1").Reserved("rsv2").Reserved("rsv3")
        .Int("microcode_len", a => a.MicrocodeLength, (a, v) => a.MicrocodeLength = v)
        .Pointer("microcode_ptr", a => a.MicrocodeLength, (a, m) => a.Microcode = m)
        .Int("version_number", a => a.VersionNumber, (a, v) => a.VersionNumber = v)
        .Reserved("rsv4", Int);
}

/// <summary>Argument of SCIODIAG. The order of fields is the header's, the size of its answer is inferred.</summary>
public sealed class ScCardDiag
{
    /// <summary>0 internal, 1 resume, 3 SCSI wrap, 4 registers, 5 POS registers, 80h bus reset.</summary>
    public byte Option { get; set; }
    public uint TimeoutSeconds { get; set; }

    /// <summary><c>diag_rc.diag_stat</c>: 1 miscompare, 2 recovered PIO, 4 unrecovered PIO.</summary>
    public byte DiagnosticStatus { get; set; }

    public static ArgumentLayout<ScCardDiag> Layout { get; } = new ArgumentLayout<ScCardDiag>("sc_card_diag")
        .Byte("option", a => a.Option, (a, v) => a.Option = v)
        .Reserved("rsv1").Reserved("rsv2").Reserved("rsv3")
        .Int("timeout_value", a => a.TimeoutSeconds, (a, v) => a.TimeoutSeconds = v)
        .Reserved("rsv4", Int)
        .Reserved("diag_validity").Reserved("ahs_validity")
        .Byte("diag_stat", a => a.DiagnosticStatus, (a, v) => a.DiagnosticStatus = v)
        .Reserved("ahs");
}

/// <summary>Argument of SCIOTRAM. The order of fields is the header's, the size of its answer is inferred.</summary>
public sealed class ScRamTest
{
    /// <summary>1 read, 2 write.</summary>
    public byte Option { get; set; }
    public uint TimeoutSeconds { get; set; }
    public uint CardBufferAddress { get; set; }
    public uint BufferLength { get; set; }
    public Memory<byte> Buffer { get; set; }

    public static ArgumentLayout<ScRamTest> Layout { get; } = new ArgumentLayout<ScRamTest>("sc_ram_test")
        .Byte("option", a => a.Option, (a, v) => a.Option = v)
        .Reserved("rsv1").Reserved("rsv2").Reserved("rsv3")
        .Int("timeout_value", a => a.TimeoutSeconds, (a, v) => a.TimeoutSeconds = v)
        .Reserved("rsv4", Int)
        .Int("card_buf_addr", a => a.CardBufferAddress, (a, v) => a.CardBufferAddress = v)
        .Int("buffer_length", a => a.BufferLength, (a, v) => a.BufferLength = v)
        .Pointer("buffer_ptr", a => a.BufferLength, (a, m) => a.Buffer = m)
        .Reserved("ram_rc", Int);
}

/// <summary>Argument of SCIOEVENT and SCIOLEVENT; kernel extensions only, so it has no byte layout.</summary>
public sealed class EventRequest
{
    public ulong ScsiId { get; set; }
    public ulong LunId { get; set; }
    public SessionMode Mode { get; set; }
    public ulong Correlator { get; set; }

    /// <summary><c>async_func</c>: called on the adapter's loop; it must not block.</summary>
    public Action<AdapterEventInfo>? Handler { get; set; }
}

/// <summary>Argument of SCIOSTARTTGT; kernel extensions only, so it has no byte layout.</summary>
public sealed class StartTargetRequest
{
    /// <summary>The initiator that will send.</summary>
    public ulong ScsiId { get; set; }

    /// <summary>Must be 0.</summary>
    public byte LunId { get; set; }
    public int BufferSize { get; set; } = 4096;
    public int BufferCount { get; set; } = 16;
    public ulong Correlator { get; set; }

    /// <summary><c>recv_func</c>: takes a chain of buffers, on the adapter's loop.</summary>
    public Action<TargetModeBuffer>? Receive { get; set; }

    /// <summary><c>free_func</c>, an output: gives buffers back; any thread.</summary>
    public Action<TargetModeBuffer>? Free { get; set; }
}

/// <summary>Argument of SCIOSTOPTGT.</summary>
public sealed class StopTargetRequest
{
    public ulong ScsiId { get; set; }
    public byte LunId { get; set; }
}
