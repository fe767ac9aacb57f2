using System.Buffers.Binary;
using Lunette.Scsi;

namespace Lunette.Iscsi;

/// <summary>
/// The 48 bytes every PDU begins with (RFC 7143 section 11.2.1), as a view: it owns nothing and allocates nothing. Made
/// over a <see cref="Span{T}"/> it reads and writes; made over a <see cref="ReadOnlySpan{T}"/> it only reads, and a
/// setter throws <see cref="ArgumentOutOfRangeException"/>, which is a bug of ours and never a peer's doing.
/// <code>
/// byte  0        1         2         3
///  0  |.|I| opcode |F| opcode-specific ...       |
///  4  | TotalAHSLength | DataSegmentLength       |
///  8  | LUN or opcode-specific                   |
/// 16  | Initiator Task Tag                       |
/// 20  | opcode-specific ... to 47                |
/// </code>
/// </summary>
public readonly ref struct BasicHeaderSegment
{
    /// <summary>Length of a basic header segment, in bytes.</summary>
    public const int Length = 48;

    /// <summary>The most a DataSegmentLength can state, in bytes.</summary>
    public const int DataSegmentLengthMax = 0xFF_FFFF;

    private readonly ReadOnlySpan<byte> _read;
    private readonly Span<byte> _write;

    /// <summary>Reads and writes.</summary>
    public BasicHeaderSegment(Span<byte> bytes)
    {
        _write = bytes[..Length];
        _read = _write;
    }

    /// <summary>Only reads.</summary>
    public BasicHeaderSegment(ReadOnlySpan<byte> bytes) => _read = bytes[..Length];

    /// <summary>Reads and writes.</summary>
    public static implicit operator BasicHeaderSegment(Span<byte> bytes) => new(bytes);

    /// <summary>Only reads.</summary>
    public static implicit operator BasicHeaderSegment(ReadOnlySpan<byte> bytes) => new(bytes);

    /// <summary>The 48 bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _read;

    /// <summary>Which PDU this is; a value without a member is representable.</summary>
    public PduOpCode OpCode => (PduOpCode)(_read[0] & 0x3F);

    /// <summary>I bit: delivered at once, outside the command order.</summary>
    public bool Immediate => GetBit(0, 0x40);

    /// <summary>F bit, in the PDUs that have one; T in a login.</summary>
    public bool Final => GetBit(1, 0x80);

    /// <summary>Length of all additional header segments, in bytes; at most 1,020.</summary>
    public int TotalAhsLength => _read[4] * 4;

    /// <summary>Length of the data segment without padding, in bytes.</summary>
    public int DataSegmentLength => (int)(GetUInt32(4) & DataSegmentLengthMax);

    /// <summary>Logical unit number, in the PDUs that have one.</summary>
    public Lun Lun => Lun.Parse(_read[8..]);

    /// <summary>Initiator Task Tag.</summary>
    public InitiatorTaskTag InitiatorTaskTag => new(GetUInt32(16));

    internal void SetTotalAhsLength(int value) => _write[4] = checked((byte)(value / 4));

    internal void SetDataSegmentLength(int value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)value, (uint)DataSegmentLengthMax, nameof(value));
        _write[5] = (byte)(value >> 16);
        _write[6] = (byte)(value >> 8);
        _write[7] = (byte)value;
    }

    internal void SetLun(Lun value) => value.Write(_write[8..]);

    internal byte GetByte(int at) => _read[at];

    internal void SetByte(int at, byte value) => _write[at] = value;

    internal bool GetBit(int at, byte mask) => (_read[at] & mask) != 0;

    internal void SetBit(int at, byte mask, bool value) =>
        _write[at] = (byte)(value ? _write[at] | mask : _write[at] & ~mask);

    internal byte GetBits(int at, byte mask) => (byte)(_read[at] & mask);

    internal void SetBits(int at, byte mask, byte value) => _write[at] = (byte)(_write[at] & ~mask | value & mask);

    internal ushort GetUInt16(int at) => BinaryPrimitives.ReadUInt16BigEndian(_read[at..]);

    internal void SetUInt16(int at, ushort value) => BinaryPrimitives.WriteUInt16BigEndian(_write[at..], value);

    internal uint GetUInt32(int at) => BinaryPrimitives.ReadUInt32BigEndian(_read[at..]);

    internal void SetUInt32(int at, uint value) => BinaryPrimitives.WriteUInt32BigEndian(_write[at..], value);

    internal ReadOnlySpan<byte> GetSpan(int at, int length) => _read.Slice(at, length);

    internal Span<byte> SetSpan(int at, int length) => _write.Slice(at, length);
}
