using Lunette.Adapter.Transactions;

namespace Lunette.Adapter.Arguments;

#pragma warning disable CS1591 // The properties are the structure's fields, in the reference's words.

/// <summary>Argument of SCIOCMD and of the head drivers' pass-through: any CDB.</summary>
public sealed class ScPassthru
{
    public ushort Version { get; set; } = 2;
    public StatusValidity StatusValidity { get; set; }
    public byte ScsiBusStatus { get; set; }

    /// <summary>1: <see cref="AdapterStatus"/> is of the parallel set, 2: of the SAM set.</summary>
    public byte AdapterStatusType { get; set; }
    public byte AdapterStatus { get; set; }

    /// <summary>1: autosense data are valid, 2: the SCSI ID was updated.</summary>
    public byte AdapterSetFlags { get; set; }
    public byte AdditionalDeviceStatus { get; set; }
    public AdapterQueueStatus AdapterQueueStatus { get; set; }
    public QueueTag Tag { get; set; }

    /// <summary>B_READ (1) or B_WRITE (0), SC_NODISC, SC_ASYNC.</summary>
    public byte Flags { get; set; }

    /// <summary>0 SC_QUIESCE_IO, 1 SC_MIX_IO; head drivers only.</summary>
    public byte DeviceFlags { get; set; }
    public TransactionFlags QueueFlags { get; set; }
    public ushort CommandLength { get; set; }

    /// <summary>With EINVAL: which field is invalid; 0 says nothing.</summary>
    public EinvalArgument EinvalArgument { get; set; }
    public ushort AutosenseLength { get; set; }
    public uint TimeoutSeconds { get; set; }
    public ulong DataLength { get; set; }
    public ulong ScsiId { get; set; }
    public ulong LunId { get; set; }
    public Memory<byte> Buffer { get; set; }
    public Memory<byte> AutosenseBuffer { get; set; }
    public byte[] ScsiCdb { get; } = new byte[64];
    public ulong WorldWideName { get; set; }
    public ulong NodeName { get; set; }
    public uint VariableCdbLength { get; set; }
    public Memory<byte> VariableCdb { get; set; }
    public ulong Residual { get; set; }

    /// <summary>Sets the CDB, the long way where it does not fit the array.</summary>
    public void SetCdb(ReadOnlySpan<byte> cdb)
    {
        if (cdb.Length <= ScsiCdb.Length)
        {
            cdb.CopyTo(ScsiCdb);
            CommandLength = (ushort)cdb.Length;
            return;
        }
        VariableCdb = cdb.ToArray();
        VariableCdbLength = (uint)cdb.Length;
    }

    public static ArgumentLayout<ScPassthru> Layout { get; } = new ArgumentLayout<ScPassthru>("sc_passthru")
        .Short("version", a => a.Version, (a, v) => a.Version = v)
        .Byte("status_validity", a => (byte)a.StatusValidity, (a, v) => a.StatusValidity = (StatusValidity)v)
        .Byte("scsi_bus_status", a => a.ScsiBusStatus, (a, v) => a.ScsiBusStatus = v)
        .Byte("adap_status_type", a => a.AdapterStatusType, (a, v) => a.AdapterStatusType = v)
        .Byte("adapter_status", a => a.AdapterStatus, (a, v) => a.AdapterStatus = v)
        .Byte("adap_set_flags", a => a.AdapterSetFlags, (a, v) => a.AdapterSetFlags = v)
        .Byte("add_device_status", a => a.AdditionalDeviceStatus, (a, v) => a.AdditionalDeviceStatus = v)
        .Byte("adap_q_status", a => (byte)a.AdapterQueueStatus, (a, v) => a.AdapterQueueStatus = (AdapterQueueStatus)v)
        .Byte("q_tag_msg", a => (byte)a.Tag, (a, v) => a.Tag = (QueueTag)v)
        .Byte("flags", a => a.Flags, (a, v) => a.Flags = v)
        .Byte("devflags", a => a.DeviceFlags, (a, v) => a.DeviceFlags = v)
        .Byte("q_flags", a => (byte)a.QueueFlags, (a, v) => a.QueueFlags = (TransactionFlags)v)
        .Reserved("reserved1")
        .Short("command_length", a => a.CommandLength, (a, v) => a.CommandLength = v)
        .Short("einval_arg", a => (ushort)a.EinvalArgument, (a, v) => a.EinvalArgument = (EinvalArgument)v)
        .Short("autosense_length", a => a.AutosenseLength, (a, v) => a.AutosenseLength = v)
        .Int("timeout_value", a => a.TimeoutSeconds, (a, v) => a.TimeoutSeconds = v)
        .Long("data_length", a => a.DataLength, (a, v) => a.DataLength = v)
        .Long("scsi_id", a => a.ScsiId, (a, v) => a.ScsiId = v)
        .Long("lun_id", a => a.LunId, (a, v) => a.LunId = v)
        .Pointer("buffer", a => (long)Math.Min(a.DataLength, int.MaxValue), (a, m) => a.Buffer = m)
        .Pointer("autosense_buffer_ptr", a => a.AutosenseLength, (a, m) => a.AutosenseBuffer = m)
        .Bytes("scsi_cdb", 64, a => a.ScsiCdb)
        .Long("world_wide_name", a => a.WorldWideName, (a, v) => a.WorldWideName = v)
        .Long("node_name", a => a.NodeName, (a, v) => a.NodeName = v)
        .Int("variable_cdb_length", a => a.VariableCdbLength, (a, v) => a.VariableCdbLength = v)
        .Pointer("variable_cdb_ptr", a => a.VariableCdbLength, (a, m) => a.VariableCdb = m)
        .Long("residual", a => a.Residual, (a, v) => a.Residual = v);
}

/// <summary>Codes of <c>einval_arg</c>: a table of its own, from 16 on not the field's position.</summary>
public enum EinvalArgument : ushort
{
    None = 0,
    Version = 1,
    Tag = 9,
    Flags = 10,
    DeviceFlags = 11,
    QueueFlags = 12,
    CommandLength = 13,
    AutosenseLength = 15,
    ScsiCdb = 16,
    TimeoutValue = 17,
    DataLength = 18,
    ScsiId = 19,
    LunId = 20,
    Buffer = 21,
    AutosenseBuffer = 22,
    VariableCdbLength = 23,
    VariableCdb = 24,
}
