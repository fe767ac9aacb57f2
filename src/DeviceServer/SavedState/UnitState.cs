using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Lunette.DeviceServer.SavedState;

/// <summary>
/// What a logical unit saves, as bytes: a header, then sections of (kind, length, content). Unknown kinds are kept, so
/// that a newer version's state survives an older one.
/// </summary>
/// <remarks>
/// <code>
/// +0  'L' 'U' 'S' '1'    +4  checksum: CRC-32C of what follows
/// then per section:  +0 kind   +1 reserved (3)   +4 length   +8 content
/// </code>
/// Integers are big-endian.
/// </remarks>
public sealed record UnitState
{
    private const uint Magic = 0x4C555331;
    private readonly SortedDictionary<byte, byte[]> _sections = [];

    /// <summary>Nothing saved.</summary>
    public static UnitState Empty { get; } = new();

    private UnitState()
    {
    }

    /// <summary>The content of a section; empty where there is none.</summary>
    public ReadOnlySpan<byte> this[StateSection section] => _sections.GetValueOrDefault((byte)section);

    /// <summary>The state with another content of a section; empty content takes it out.</summary>
    public UnitState With(StateSection section, ReadOnlySpan<byte> content)
    {
        var state = new UnitState();
        foreach (var (kind, bytes) in _sections) state._sections[kind] = bytes;
        if (content.IsEmpty) state._sections.Remove((byte)section);
        else state._sections[(byte)section] = content.ToArray();
        return state;
    }

    /// <summary>The bytes to be kept.</summary>
    public byte[] Encode()
    {
        var bytes = new byte[8 + _sections.Values.Sum(content => 8 + content.Length)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, Magic);
        var at = 8;
        foreach (var (kind, content) in _sections)
        {
            bytes[at] = kind;
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(at + 4), content.Length);
            content.CopyTo(bytes, at + 8);
            at += 8 + content.Length;
        }
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), Checksum(bytes.AsSpan(8)));
        return bytes;
    }

    /// <summary>Reads bytes that were kept; false where they are damaged. No bytes at all are the empty
    /// state.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out UnitState? state)
    {
        state = null;
        if (bytes.IsEmpty)
        {
            state = Empty;
            return true;
        }
        if (bytes.Length < 8 || BinaryPrimitives.ReadUInt32BigEndian(bytes) != Magic) return false;
        if (BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) != Checksum(bytes[8..])) return false;
        var decoded = new UnitState();
        for (bytes = bytes[8..]; !bytes.IsEmpty;)
        {
            if (bytes.Length < 8) return false;
            var length = BinaryPrimitives.ReadInt32BigEndian(bytes[4..]);
            if (length < 0 || length > bytes.Length - 8) return false;
            decoded._sections[bytes[0]] = bytes.Slice(8, length).ToArray();
            bytes = bytes[(8 + length)..];
        }
        state = decoded;
        return true;
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes) crc = System.Numerics.BitOperations.Crc32C(crc, value);
        return ~crc;
    }
}

/// <summary>What is saved.</summary>
public enum StateSection : byte
{
    /// <summary>Saved mode pages.</summary>
    ModePages = 1,

    /// <summary>Persistent reservations with APTPL.</summary>
    PersistentReservations = 2,

    /// <summary>Identifying information.</summary>
    IdentifyingInformation = 3,

    /// <summary>What log pages tell of its life.</summary>
    History = 4,

    /// <summary>What application clients have written into their log page.</summary>
    ApplicationClient = 5,

    /// <summary>First of the kinds that belong to the device type: what its log pages tell.</summary>
    DeviceTypeFirst = 0x80,
}
