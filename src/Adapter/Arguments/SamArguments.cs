using Lunette.Adapter.Transactions;

namespace Lunette.Adapter.Arguments;

#pragma warning disable CS1591 // The properties are the structures' fields, in the reference's words.

/// <summary>What the SAM family's arguments have in common: who is meant, and how it ended.</summary>
public abstract class SamArgument
{
    /// <summary>SC_AUTOSENSE_DATA_VALID of <see cref="AdapterSetFlags"/>.</summary>
    public const byte AutosenseDataValid = 0x01;

    public ushort Version { get; set; } = 2;
    public ulong ScsiId { get; set; }
    public ulong LunId { get; set; }
    public ulong WorldWideName { get; set; }
    public ulong NodeName { get; set; }
    public StatusValidity StatusValidity { get; set; }
    public byte ScsiStatus { get; set; }
    public AdapterStatus AdapterStatus { get; set; }
    public byte Flags { get; set; }

    /// <summary>1: autosense data are valid.</summary>
    public byte AdapterSetFlags { get; set; }
    public ushort AutosenseLength { get; set; }
    public Memory<byte> AutosenseBuffer { get; set; }
}

/// <summary>Argument of SCIOLSTART, SCIOLSTOP, SCIOLHALT and SCIOLRESET: its head; the unions are the
/// transport's.</summary>
public sealed class ScsiSciolst
{
    /// <summary>ISSUE_LOGIN.</summary>
    public const byte IssueLogin = 0x01;

    /// <summary>FORCED: login even where others are started there.</summary>
    public const byte Forced = 0x02;

    /// <summary>SCIOLRESET_LUN_RESET.</summary>
    public const byte LunReset = 0x20;

    /// <summary>WWN_VALID of <see cref="AdapterSetFlags"/>.</summary>
    public const byte WorldWideNameValid = 0x01;

    /// <summary>SCSI_DEV_STARTED of <see cref="AdapterSetFlags"/>: it was started already; do not stop it.</summary>
    public const byte DeviceStarted = 0x10;

    /// <summary>SCIOL_RET_ID_ALIAS of <see cref="AdapterSetFlags"/>: the SCSI ID is the one of the name now.</summary>
    public const byte IdReturned = 0x20;

    public ushort Version { get; set; } = 1;
    public byte Flags { get; set; }
    public byte AdapterSetFlags { get; set; }
    public byte AdditionalDeviceFlags { get; set; }
    public byte DeviceFlags { get; set; }
    public ushort DefaultSetting { get; set; }
    public uint SettingMask { get; set; }
    public ulong WorldWideName { get; set; }
    public ulong NodeName { get; set; }
    public ulong Password { get; set; }
    public ulong ScsiId { get; set; }
    public ulong LunId { get; set; }

    public static ArgumentLayout<ScsiSciolst> Layout { get; } = new ArgumentLayout<ScsiSciolst>("scsi_sciolst")
        .Short("version", a => a.Version, (a, v) => a.Version = v)
        .Byte("flags", a => a.Flags, (a, v) => a.Flags = v)
        .Byte("adap_set_flags", a => a.AdapterSetFlags, (a, v) => a.AdapterSetFlags = v)
        .Byte("add_dev_flags", a => a.AdditionalDeviceFlags, (a, v) => a.AdditionalDeviceFlags = v)
        .Byte("device_flags", a => a.DeviceFlags, (a, v) => a.DeviceFlags = v)
        .Short("dflt_setting", a => a.DefaultSetting, (a, v) => a.DefaultSetting = v)
        .Int("setting_mask", a => a.SettingMask, (a, v) => a.SettingMask = v)
        .Long("world_wide_name", a => a.WorldWideName, (a, v) => a.WorldWideName = v)
        .Long("node_name", a => a.NodeName, (a, v) => a.NodeName = v)
        .Long("password", a => a.Password, (a, v) => a.Password = v)
        .Long("scsi_id", a => a.ScsiId, (a, v) => a.ScsiId = v)
        .Long("lun_id", a => a.LunId, (a, v) => a.LunId = v);
}

/// <summary>Argument of SCIOLINQU.</summary>
public sealed class ScsiInquiry : SamArgument
{
    public byte GetExtended { get; set; }
    public byte InquiryLength { get; set; }
    public Memory<byte> Inquiry { get; set; }
    public byte CodePageNumber { get; set; }
    public ulong Residual { get; set; }

    public static ArgumentLayout<ScsiInquiry> Layout { get; } = new ArgumentLayout<ScsiInquiry>("scsi_inquiry")
        .Short("version", a => a.Version, (a, v) => a.Version = v)
        .Byte("get_extended", a => a.GetExtended, (a, v) => a.GetExtended = v)
        .Byte("inquiry_len", a => a.InquiryLength, (a, v) => a.InquiryLength = v)
        .Pointer("inquiry_ptr", a => a.InquiryLength, (a, m) => a.Inquiry = m)
        .Byte("code_page_num", a => a.CodePageNumber, (a, v) => a.CodePageNumber = v)
        .Statuses().Byte("flags", a => a.Flags, (a, v) => a.Flags = v)
        .Byte("adap_set_flags", a => a.AdapterSetFlags, (a, v) => a.AdapterSetFlags = v)
        .Autosense().Names()
        .Long("residual", a => a.Residual, (a, v) => a.Residual = v);
}

/// <summary>Argument of SCIOLREAD: one block by READ (10).</summary>
public sealed class ScsiReadBlock : SamArgument
{
    public ushort BlockLength { get; set; }
    public ulong BlockNumber { get; set; }
    public uint TimeoutSeconds { get; set; }
    public Memory<byte> Data { get; set; }
    public ulong Residual { get; set; }

    public static ArgumentLayout<ScsiReadBlock> Layout { get; } = new ArgumentLayout<ScsiReadBlock>("scsi_readblk")
        .Short("version", a => a.Version, (a, v) => a.Version = v)
        .Short("blklen", a => a.BlockLength, (a, v) => a.BlockLength = v)
        .Long("blkno", a => a.BlockNumber, (a, v) => a.BlockNumber = v)
        .Int("timeout_value", a => a.TimeoutSeconds, (a, v) => a.TimeoutSeconds = v)
        .Pointer("data_ptr", a => a.BlockLength, (a, m) => a.Data = m)
        .Statuses().Byte("flags", a => a.Flags, (a, v) => a.Flags = v)
        .Byte("adap_set_flags", a => a.AdapterSetFlags, (a, v) => a.AdapterSetFlags = v)
        .Autosense().Names()
        .Long("residual", a => a.Residual, (a, v) => a.Residual = v);
}

/// <summary>Argument of SCIOLSTUNIT.</summary>
public sealed class ScsiStartUnit : SamArgument
{
    public byte StartFlag { get; set; }
    public byte ImmediateFlag { get; set; }
    public uint TimeoutSeconds { get; set; }

    public static ArgumentLayout<ScsiStartUnit> Layout { get; } = new ArgumentLayout<ScsiStartUnit>("scsi_startunit")
        .Short("version", a => a.Version, (a, v) => a.Version = v)
        .Byte("start_flag", a => a.StartFlag, (a, v) => a.StartFlag = v)
        .Byte("immed_flag", a => a.ImmediateFlag, (a, v) => a.ImmediateFlag = v)
        .Int("timeout_value", a => a.TimeoutSeconds, (a, v) => a.TimeoutSeconds = v)
        .Statuses().Byte("flags", a => a.Flags, (a, v) => a.Flags = v)
        .Byte("adap_set_flags", a => a.AdapterSetFlags, (a, v) => a.AdapterSetFlags = v)
        .Autosense().Names();
}

/// <summary>Argument of SCIOLTUR.</summary>
public sealed class ScsiReady : SamArgument
{
    public static ArgumentLayout<ScsiReady> Layout { get; } = new ArgumentLayout<ScsiReady>("scsi_ready")
        .Short("version", a => a.Version, (a, v) => a.Version = v)
        .Statuses().Byte("flags", a => a.Flags, (a, v) => a.Flags = v)
        .Byte("adap_set_flags", a => a.AdapterSetFlags, (a, v) => a.AdapterSetFlags = v)
        .Autosense().Names();
}

/// <summary>Argument of SCIOLCMD: any CDB.</summary>
public sealed class ScsiIocmd : SamArgument
{
    public Memory<byte> Buffer { get; set; }
    public uint TimeoutSeconds { get; set; }
    public byte AdditionalDeviceStatus { get; set; }
    public AdapterQueueStatus AdapterQueueStatus { get; set; }
    public QueueTag Tag { get; set; }
    public TransactionFlags QueueFlags { get; set; }
    public byte CommandLength { get; set; }
    public byte[] ScsiCdb { get; } = new byte[16];
    public ulong DataLength { get; set; }
    public uint VariableCdbLength { get; set; }
    public Memory<byte> VariableCdb { get; set; }
    public ulong Residual { get; set; }

    public static ArgumentLayout<ScsiIocmd> Layout { get; } = new ArgumentLayout<ScsiIocmd>("scsi_iocmd")
        .Short("version", a => a.Version, (a, v) => a.Version = v)
        .Pointer("buffer", a => (long)Math.Min(a.DataLength, int.MaxValue), (a, m) => a.Buffer = m)
        .Int("timeout_value", a => a.TimeoutSeconds, (a, v) => a.TimeoutSeconds = v)
        .Statuses()
        .Byte("adap_set_flags", a => a.AdapterSetFlags, (a, v) => a.AdapterSetFlags = v)
        .Byte("add_device_status", a => a.AdditionalDeviceStatus, (a, v) => a.AdditionalDeviceStatus = v)
        .Byte("adap_q_status", a => (byte)a.AdapterQueueStatus, (a, v) => a.AdapterQueueStatus = (AdapterQueueStatus)v)
        .Byte("q_tag_msg", a => (byte)a.Tag, (a, v) => a.Tag = (QueueTag)v)
        .Byte("flags", a => a.Flags, (a, v) => a.Flags = v)
        .Byte("q_flags", a => (byte)a.QueueFlags, (a, v) => a.QueueFlags = (TransactionFlags)v)
        .Short("autosense_length", a => a.AutosenseLength, (a, v) => a.AutosenseLength = v)
        .Byte("command_length", a => a.CommandLength, (a, v) => a.CommandLength = v)
        .Bytes("scsi_cdb", 16, a => a.ScsiCdb)
        .Pointer("autosense_buffer_ptr", a => a.AutosenseLength, (a, m) => a.AutosenseBuffer = m)
        .Long("data_length", a => a.DataLength, (a, v) => a.DataLength = v)
        .Names()
        .Int("variable_cdb_length", a => a.VariableCdbLength, (a, v) => a.VariableCdbLength = v)
        .Pointer("variable_cdb_ptr", a => a.VariableCdbLength, (a, m) => a.VariableCdb = m)
        .Long("residual", a => a.Residual, (a, v) => a.Residual = v);
}

/// <summary>Argument of SCIOLNMSRV: the SCSI IDs that are bound.</summary>
public sealed class ScsiNameServer
{
    /// <summary>SCSI_NM_LIST_SHORT of <see cref="AdapterSetFlags"/>.</summary>
    public const byte ListShort = 0x01;

    public ushort Version { get; set; } = 1;
    public byte Flags { get; set; }
    public byte AdapterSetFlags { get; set; }
    public AdapterStatus AdapterStatus { get; set; }

    /// <summary>Bytes of one ID in the list.</summary>
    public byte SizeOfScsiId { get; set; }
    public uint TimeoutSeconds { get; set; }

    /// <summary>Bytes of the list; where it is too short, what it should be.</summary>
    public uint ListLength { get; set; }
    public uint NumberOfIds { get; set; }

    /// <summary>Where the IDs go, 64 bits each.</summary>
    public Memory<byte> ScsiIdList { get; set; }

    /// <summary>Whether the caller's numbers have their high byte first.</summary>
    public bool IsBigEndian { get; set; } = true;

    public static ArgumentLayout<ScsiNameServer> Layout { get; } = new ArgumentLayout<ScsiNameServer>("scsi_nmserv")
        .Short("version", a => a.Version, (a, v) => a.Version = v)
        .Byte("flags", a => a.Flags, (a, v) => a.Flags = v)
        .Byte("adap_set_flags", a => a.AdapterSetFlags, (a, v) => a.AdapterSetFlags = v)
        .Byte("adapter_status", a => (byte)a.AdapterStatus, (a, v) => a.AdapterStatus = (AdapterStatus)v)
        .Byte("size_scsi_id", a => a.SizeOfScsiId, (a, v) => a.SizeOfScsiId = v)
        .Int("timeout_value", a => a.TimeoutSeconds, (a, v) => a.TimeoutSeconds = v)
        .Int("list_len", a => a.ListLength, (a, v) => a.ListLength = v)
        .Int("num_ids", a => a.NumberOfIds, (a, v) => a.NumberOfIds = v)
        .Pointer("scsi_id_list", a => a.ListLength,
            (a, m, abi) => (a.ScsiIdList, a.IsBigEndian) = (m, abi.BigEndian));
}

/// <summary>Argument of SCIOLQWWN: the SCSI ID of a world wide name.</summary>
public sealed class ScsiQueryName
{
    public ushort Version { get; set; } = 1;
    public byte Flags { get; set; }
    public byte AdapterSetFlags { get; set; }
    public AdapterStatus AdapterStatus { get; set; }
    public ulong ScsiId { get; set; }
    public ulong WorldWideName { get; set; }

    public static ArgumentLayout<ScsiQueryName> Layout { get; } = new ArgumentLayout<ScsiQueryName>("scsi_qry_wwn")
        .Short("version", a => a.Version, (a, v) => a.Version = v)
        .Byte("flags", a => a.Flags, (a, v) => a.Flags = v)
        .Byte("adap_set_flags", a => a.AdapterSetFlags, (a, v) => a.AdapterSetFlags = v)
        .Byte("adapter_status", a => (byte)a.AdapterStatus, (a, v) => a.AdapterStatus = (AdapterStatus)v)
        .Long("scsi_id", a => a.ScsiId, (a, v) => a.ScsiId = v)
        .Long("world_wide_name", a => a.WorldWideName, (a, v) => a.WorldWideName = v);
}

/// <summary>Runs of fields that stand in the same order in several structures of the SAM family.</summary>
internal static class SamFields
{
    public static ArgumentLayout<T> Statuses<T>(this ArgumentLayout<T> layout) where T : SamArgument, new() => layout
        .Byte("status_validity", a => (byte)a.StatusValidity, (a, v) => a.StatusValidity = (StatusValidity)v)
        .Byte("scsi_status", a => a.ScsiStatus, (a, v) => a.ScsiStatus = v)
        .Byte("adapter_status", a => (byte)a.AdapterStatus, (a, v) => a.AdapterStatus = (AdapterStatus)v);

    public static ArgumentLayout<T> Autosense<T>(this ArgumentLayout<T> layout) where T : SamArgument, new() => layout
        .Short("autosense_length", a => a.AutosenseLength, (a, v) => a.AutosenseLength = v)
        .Pointer("autosense_buffer_ptr", a => a.AutosenseLength, (a, m) => a.AutosenseBuffer = m);

    public static ArgumentLayout<T> Names<T>(this ArgumentLayout<T> layout) where T : SamArgument, new() => layout
        .Long("scsi_id", a => a.ScsiId, (a, v) => a.ScsiId = v)
        .Long("lun_id", a => a.LunId, (a, v) => a.LunId = v)
        .Long("world_wide_name", a => a.WorldWideName, (a, v) => a.WorldWideName = v)
        .Long("node_name", a => a.NodeName, (a, v) => a.NodeName = v);
}
