using Lunette.Scsi;

namespace Lunette.Adapter.Transactions;

/// <summary>The parallel family's transaction, <c>sc_buf</c>.</summary>
public class ScBuf : Transaction
{
    private readonly byte[] _cdb = new byte[16];
    private int _length;

    /// <summary><c>scsi_command.scsi_id</c>.</summary>
    public byte ScsiId { get; set; }

    /// <summary><c>lun</c>, 0 to 255. The CDB's old LUN bits are never looked at: commands have other things there
    /// now.</summary>
    public byte LogicalUnitNumber { get; set; }

    /// <summary><c>general_card_status</c>.</summary>
    public GeneralCardStatus GeneralCardStatus => AdapterStatus.ToGeneralCardStatus();

    /// <summary>Sets the CDB: 6, 10 or 12 bytes, or 16 with SC_SCSI_CDB16; empty for none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is longer than 16 bytes.</exception>
    public void SetCommand(ReadOnlySpan<byte> cdb)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cdb.Length, _cdb.Length);
        cdb.CopyTo(_cdb);
        _length = cdb.Length;
    }

    internal override ulong TargetId => ScsiId;

    internal override Lun UnitNumber => Lun.FromNumber(LogicalUnitNumber);

    internal override ReadOnlySpan<byte> Cdb => _cdb.AsSpan(0, _length);

    internal override bool IsWellFormed => _length is 0 or 6 or 10 or 12 or 16;
}

/// <summary>The SAM family's transaction, <c>scsi_buf</c> version 2.</summary>
public class ScsiBuf : Transaction
{
    private byte[] _cdb = new byte[16];
    private int _length;

    /// <summary><c>scsi_id</c>, 64 bits.</summary>
    public ulong ScsiId { get; set; }

    /// <summary><c>lun_id</c>, the eight bytes of the LUN structure.</summary>
    public ulong LunId { get; set; }

    /// <summary><c>add_adap_status</c>: what else a head driver should know of an adapter error.</summary>
    public byte AdditionalAdapterStatus { get; internal set; }

    /// <summary>Sets the CDB, up to 260 bytes (a long one is the variable CDB); empty for none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is longer.</exception>
    public void SetCommand(ReadOnlySpan<byte> cdb)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cdb.Length, Transports.TransportCommand.CdbLengthMax);
        if (_cdb.Length < cdb.Length) _cdb = new byte[Transports.TransportCommand.CdbLengthMax];
        cdb.CopyTo(_cdb);
        _length = cdb.Length;
    }

    internal override ulong TargetId => ScsiId;

    internal override Lun UnitNumber => Lun.FromWire(LunId);

    internal override ReadOnlySpan<byte> Cdb => _cdb.AsSpan(0, _length);

    internal override bool IsWellFormed => _length is 0 or >= Transports.TransportCommand.CdbLengthMin;
}
