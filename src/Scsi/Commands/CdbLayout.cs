using System.Buffers.Binary;
using System.Numerics;

namespace Lunette.Scsi;

/// <summary>
/// The fields of one CDB, in the standard's words. Everything else about its shape is derived. A layout never changes:
/// each verb that adds or removes a field makes a new one.
/// </summary>
public sealed class CdbLayout
{
    /// <summary>OPERATION CODE of the variable length CDB format.</summary>
    public const byte VariableLength = 0x7F;

    /// <summary>The longest CDB that any row here describes, in bytes.</summary>
    public const int LengthMax = 32;

    private readonly byte[] _usage;
    private readonly CdbField[] _fields;
    private readonly ulong _unusedFirst;        // bits nobody looks at in bytes 0 to 7 and 8 to 15, as loaded
    private readonly ulong _unusedSecond;

    /// <summary>Begins a layout that has an operation code and nothing else.</summary>
    /// <param name="operationCode">The OPERATION CODE.</param>
    /// <param name="length">Length of the CDB in bytes.</param>
    public CdbLayout(byte operationCode, int length)
        : this([operationCode, .. new byte[length - 1]],
            [new CdbField("OPERATION CODE", 0, 1, 0xFF) { FixedValue = operationCode }])
    {
    }

    private CdbLayout(byte[] usage, CdbField[] fields)
    {
        _usage = usage;
        _fields = fields;
        Span<byte> first = stackalloc byte[16];
        usage.AsSpan(0, Math.Min(16, usage.Length)).CopyTo(first);
        first[0] = 0xFF;                        // the operation code is what led here
        first[Math.Min(16, usage.Length)..].Fill(0xFF);
        _unusedFirst = ~BinaryPrimitives.ReadUInt64LittleEndian(first);
        _unusedSecond = ~BinaryPrimitives.ReadUInt64LittleEndian(first[8..]);
    }

    /// <summary>The begin of a variable length CDB: control byte, additional length and service action.</summary>
    /// <param name="serviceAction">SERVICE ACTION, bytes 8 and 9.</param>
    /// <param name="length">Length of the whole CDB in bytes.</param>
    public static CdbLayout Variable(ushort serviceAction, int length) =>
        new CdbLayout(VariableLength, length)
            .Control()
            .Add(new("ADDITIONAL CDB LENGTH", 7, 1, 0xFF) { FixedValue = (ulong)(length - 8) })
            .Add(new("SERVICE ACTION", 8, 2, 0xFF) { FixedValue = serviceAction });

    /// <summary>OPERATION CODE.</summary>
    public byte OperationCode => _usage[0];

    /// <summary>Length of the CDB in bytes.</summary>
    public int Length => _usage.Length;

    /// <summary>SERVICE ACTION, where the command has one.</summary>
    public ushort? ServiceAction => (ushort?)Find("SERVICE ACTION")?.FixedValue;

    /// <summary>
    /// CDB USAGE DATA as REPORT SUPPORTED OPERATION CODES answers it: the operation code and the service action as
    /// they are, and a one for each other bit that is looked at.
    /// </summary>
    public ReadOnlySpan<byte> UsageMap => _usage;

    /// <summary>The fields in the order in which the row names them.</summary>
    public IReadOnlyList<CdbField> Fields => _fields;

    /// <summary>A field inside one byte.</summary>
    public CdbLayout Bits(string name, int index, byte mask) => Add(new(name, index, Count: 1, mask));

    /// <summary>A field of whole bytes.</summary>
    public CdbLayout Bytes(string name, int first, int count) => Add(new(name, first, count, Mask: 0xFF));

    /// <summary>A field of several bytes of which the first is shared.</summary>
    public CdbLayout Bytes(string name, int first, int count, byte firstMask) =>
        Add(new(name, first, count, firstMask));

    /// <summary>The SERVICE ACTION in the low five bits of byte 1.</summary>
    public CdbLayout Action(byte serviceAction) =>
        Add(new("SERVICE ACTION", 1, 1, 0x1F) { FixedValue = serviceAction });

    /// <summary>The CONTROL byte with its NACA bit: byte 1 of a variable length CDB, else the last byte.</summary>
    public CdbLayout Control() => Bits("CONTROL", OperationCode == VariableLength ? 1 : Length - 1, 0x04);

    /// <summary>A layout that lacks the named fields, for a device server that does not support them.</summary>
    /// <exception cref="ArgumentException">There is no such field.</exception>
    public CdbLayout Without(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (Find(name) is null) throw new ArgumentException("the layout has no field " + name, nameof(names));
        }

        var kept = new CdbLayout(OperationCode, Length);
        foreach (var field in _fields.AsSpan(1))
        {
            if (!names.Contains(field.Name)) kept = kept.Add(field);
        }

        return kept;
    }

    /// <summary>The field of that name, or null.</summary>
    public CdbField? Find(string name)
    {
        foreach (var field in _fields)
        {
            if (field.Name == name) return field;
        }

        return null;
    }

    /// <summary>The field of that name, which the row is known to have.</summary>
    /// <exception cref="KeyNotFoundException">It has not.</exception>
    public CdbField this[string name] =>
        Find(name) ?? throw new KeyNotFoundException("the layout has no field " + name);

    /// <summary>Points at the highest bit the initiator set and nobody looks at; null when the CDB is clean.</summary>
    /// <param name="cdb">At least <see cref="Length"/> bytes; what follows the command is not looked at.</param>
    public Sense? FindStrayBit(ReadOnlySpan<byte> cdb)
    {
        // 16 bytes are what transports deliver; two loads tell that such a CDB is clean.
        if (_usage.Length <= 16 && cdb.Length >= 16)
        {
            var stray = BinaryPrimitives.ReadUInt64LittleEndian(cdb) & _unusedFirst
                | BinaryPrimitives.ReadUInt64LittleEndian(cdb[8..]) & _unusedSecond;
            if (stray == 0) return null;
        }

        return FindStrayBitSlowly(cdb);
    }

    private Sense? FindStrayBitSlowly(ReadOnlySpan<byte> cdb)
    {
        for (var i = 1; i < _usage.Length; i++)
        {
            var stray = (uint)(cdb[i] & ~_usage[i]);
            if (stray != 0) return Sense.InvalidFieldInCdb(byteIndex: i, bit: BitOperations.Log2(stray));
        }

        return null;
    }

    private CdbLayout Add(CdbField field)
    {
        var usage = _usage.ToArray();
        foreach (var other in _fields)
        {
            if (Overlap(field, other))
                throw new ArgumentException($"{field.Name} lies over {other.Name}", nameof(field));
        }

        for (var i = 0; i < field.Count; i++) usage[field.Index + i] |= i == 0 ? field.Mask : (byte)0xFF;
        if (field.FixedValue is { } value)
        {
            usage[field.Index] &= (byte)~field.Mask;
            field.Set(usage, value);
        }

        return new CdbLayout(usage, [.. _fields, field]);
    }

    private static bool Overlap(CdbField one, CdbField other)
    {
        var end = Math.Min(one.Index + one.Count, other.Index + other.Count);
        for (var i = Math.Max(one.Index, other.Index); i < end; i++)
        {
            var mine = i == one.Index ? one.Mask : (byte)0xFF;
            var theirs = i == other.Index ? other.Mask : (byte)0xFF;
            if ((mine & theirs) != 0) return true;
        }

        return false;
    }
}
