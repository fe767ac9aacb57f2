using Lunette.Scsi;

namespace Lunette.Adapter.Transports;

/// <summary>
/// One command as a transport sees it: a CDB, where its data lies, and room for the answer. The object belongs to its
/// transaction and is used again with it. Before it is completed the transport sets <see cref="Status"/>,
/// <see cref="SenseLength"/> and <see cref="TransferredBytes"/>.
/// </summary>
public sealed class TransportCommand : TransportRequest
{
    /// <summary>The shortest CDB, in bytes.</summary>
    public const int CdbLengthMin = 6;

    /// <summary>The longest CDB, in bytes.</summary>
    public const int CdbLengthMax = 260;

    /// <summary>The longest sense data, in bytes.</summary>
    public const int SenseLengthMax = 252;

    private readonly Action _ended;
    private readonly Action? _endedLate;
    private byte[] _cdb = new byte[16];
    private byte[]? _sense;

    internal TransportCommand(Action ended, Action? endedLate = null)
    {
        _ended = ended;
        _endedLate = endedLate;
    }

    /// <summary>The CDB.</summary>
    public ReadOnlySpan<byte> Cdb => _cdb.AsSpan(0, CdbLength);

    /// <summary>Length of the CDB in bytes.</summary>
    public int CdbLength { get; private set; }

    /// <summary>The CDB, for transports that keep it beyond a call; it changes when the object is used again.</summary>
    public ReadOnlyMemory<byte> CdbMemory => _cdb.AsMemory(0, CdbLength);

    /// <summary>Which way data goes, seen from the initiator.</summary>
    public TransferDirection Direction { get; internal set; }

    /// <summary>The data's memory, in order; its length is the expected data transfer length.</summary>
    public TransferMemory Data { get; } = new();

    /// <summary>Task attribute.</summary>
    public TaskAttribute Attribute { get; internal set; }

    /// <summary>Status the device gave.</summary>
    public ScsiStatus Status { get; set; }

    /// <summary>Room for sense data.</summary>
    public Span<byte> SenseBuffer => _sense ??= new byte[SenseLengthMax];

    /// <summary>Bytes of sense data in <see cref="SenseBuffer"/>; zero where none came with the status.</summary>
    public int SenseLength { get; set; }

    /// <summary>Bytes of the data that were moved.</summary>
    public int TransferredBytes { get; set; }

    /// <summary>The sense data that came with the status.</summary>
    public ReadOnlySpan<byte> Sense => _sense is null ? [] : _sense.AsSpan(0, SenseLength);

    /// <summary>Takes sense data; what does not fit is dropped.</summary>
    public void SetSense(ReadOnlySpan<byte> sense)
    {
        SenseLength = Math.Min(sense.Length, SenseLengthMax);
        sense[..SenseLength].CopyTo(SenseBuffer);
    }

    internal void SetCdb(ReadOnlySpan<byte> cdb)
    {
        if (_cdb.Length < cdb.Length) _cdb = new byte[CdbLengthMax];
        cdb.CopyTo(_cdb);
        CdbLength = cdb.Length;
        Status = ScsiStatus.Good;
        SenseLength = 0;
        TransferredBytes = 0;
    }

    private protected override void Ended() => _ended();

    private protected override void EndedLate() => _endedLate?.Invoke();
}

/// <summary>Which way data goes, seen from the initiator.</summary>
public enum TransferDirection : byte
{
    /// <summary>None.</summary>
    None,

    /// <summary>From the device.</summary>
    In,

    /// <summary>To the device.</summary>
    Out,
}
