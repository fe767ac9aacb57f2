using Lunette.Adapter.Transactions;

namespace Lunette.Adapter.Arguments;

#pragma warning disable CS1591 // The properties are the structure's fields, in the reference's words.

/// <summary>
/// Argument of a head driver's diagnostic command (<c>sc_iocmd</c>, <c>sc_iocmd16cdb</c>): any CDB of 12 bytes, or of
/// 16 in the longer structure.
/// </summary>
public sealed class ScIocmd
{
    public uint DataLength { get; set; }
    public Memory<byte> Buffer { get; set; }
    public uint TimeoutSeconds { get; set; }
    public StatusValidity StatusValidity { get; set; }
    public byte ScsiBusStatus { get; set; }

    /// <summary>In the parallel family's words.</summary>
    public GeneralCardStatus AdapterStatus { get; set; }
    public AdapterQueueStatus AdapterQueueStatus { get; set; }
    public QueueTag Tag { get; set; }

    /// <summary>B_READ (1) or B_WRITE (0), SC_NODISC, SC_ASYNC.</summary>
    public byte Flags { get; set; }
    public TransactionFlags QueueFlags { get; set; }
    public byte Lun { get; set; }
    public byte CommandLength { get; set; }
    public byte[] ScsiCdb { get; } = new byte[16];

    /// <summary>Sets the CDB.</summary>
    public void SetCdb(ReadOnlySpan<byte> cdb)
    {
        cdb.CopyTo(ScsiCdb);
        CommandLength = (byte)cdb.Length;
    }

    public static ArgumentLayout<ScIocmd> Layout { get; } = Rows("sc_iocmd", 12);

    public static ArgumentLayout<ScIocmd> Layout16 { get; } = Rows("sc_iocmd16cdb", 16);

    private static ArgumentLayout<ScIocmd> Rows(string name, int cdbLength) => new ArgumentLayout<ScIocmd>(name)
        .Int("data_length", a => a.DataLength, (a, v) => a.DataLength = v)
        .Pointer("buffer", a => a.DataLength, (a, m) => a.Buffer = m)
        .Int("timeout_value", a => a.TimeoutSeconds, (a, v) => a.TimeoutSeconds = v)
        .Byte("status_validity", a => (byte)a.StatusValidity, (a, v) => a.StatusValidity = (StatusValidity)v)
        .Byte("scsi_bus_status", a => a.ScsiBusStatus, (a, v) => a.ScsiBusStatus = v)
        .Byte("adapter_status", a => (byte)a.AdapterStatus, (a, v) => a.AdapterStatus = (GeneralCardStatus)v)
        .Reserved("resvd1").Reserved("resvd2")
        .Byte("adap_q_status", a => (byte)a.AdapterQueueStatus, (a, v) => a.AdapterQueueStatus = (AdapterQueueStatus)v)
        .Byte("q_tag_msg", a => (byte)a.Tag, (a, v) => a.Tag = (QueueTag)v)
        .Byte("flags", a => a.Flags, (a, v) => a.Flags = v)
        .Byte("q_flags", a => (byte)a.QueueFlags, (a, v) => a.QueueFlags = (TransactionFlags)v)
        .Byte("lun", a => a.Lun, (a, v) => a.Lun = v)
        .Reserved("resvd3")
        .Byte("command_length", a => a.CommandLength, (a, v) => a.CommandLength = v)
        .Bytes("scsi_cdb", cdbLength, a => a.ScsiCdb);
}
