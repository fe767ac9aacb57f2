using System.Buffers.Binary;

namespace Lunette.Adapter.Arguments;

/// <summary>How a caller's program lays its memory out.</summary>
/// <param name="PointerBytes">4 or 8.</param>
/// <param name="BigEndian">AIX is; a program on this machine may not be.</param>
public readonly record struct CallerAbi(int PointerBytes, bool BigEndian)
{
    /// <summary>A 32-bit AIX program.</summary>
    public static CallerAbi Aix32 => new(4, true);

    /// <summary>A 64-bit AIX program.</summary>
    public static CallerAbi Aix64 => new(8, true);
}

/// <summary>The caller's memory, for structures that point into it.</summary>
public interface ICallerMemory
{
    /// <summary>Finds memory; false where the caller has none there (EFAULT).</summary>
    bool TryMap(ulong address, int length, out Memory<byte> memory);
}

/// <summary>The kinds of fields an argument structure has.</summary>
public enum ArgumentFieldKind : byte
{
    /// <summary>1 byte.</summary>
    Byte,

    /// <summary>2 bytes.</summary>
    Short,

    /// <summary>4 bytes.</summary>
    Int,

    /// <summary>8 bytes.</summary>
    Long,

    /// <summary>An address in the caller's memory: as long as the caller's pointers.</summary>
    Pointer,

    /// <summary>An array of bytes.</summary>
    Bytes,
}

/// <summary>
/// The fields of one argument structure in order: offsets follow from order and natural alignment, for either
/// endianness and pointer size. A layout codes between the caller's bytes and the typed object.
/// </summary>
/// <typeparam name="T">The typed structure.</typeparam>
public sealed class ArgumentLayout<T>(string name) : IArgumentLayout where T : new()
{
    private readonly List<Field> _fields = [];

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public IEnumerable<string> FieldNames => _fields.Select(row => row.Name);

    internal ArgumentLayout<T> Byte(string field, Func<T, byte> get, Action<T, byte> set) =>
        Number(field, ArgumentFieldKind.Byte, value => get(value), (value, number) => set(value, (byte)number));

    internal ArgumentLayout<T> Short(string field, Func<T, ushort> get, Action<T, ushort> set) =>
        Number(field, ArgumentFieldKind.Short, value => get(value), (value, number) => set(value, (ushort)number));

    internal ArgumentLayout<T> Int(string field, Func<T, uint> get, Action<T, uint> set) =>
        Number(field, ArgumentFieldKind.Int, value => get(value), (value, number) => set(value, (uint)number));

    internal ArgumentLayout<T> Long(string field, Func<T, ulong> get, Action<T, ulong> set) =>
        Number(field, ArgumentFieldKind.Long, get, set);

    internal ArgumentLayout<T> Bytes(string field, int count, Func<T, byte[]> get) =>
        Add(new(field, ArgumentFieldKind.Bytes, count) { Array = get });

    /// <summary>A pointer to memory whose length another field tells.</summary>
    internal ArgumentLayout<T> Pointer(string field, Func<T, long> length, Action<T, Memory<byte>> set) =>
        Pointer(field, length, (value, memory, _) => set(value, memory));

    /// <summary>A pointer to memory that holds numbers, in the caller's order of bytes.</summary>
    internal ArgumentLayout<T> Pointer(string field, Func<T, long> length, Action<T, Memory<byte>, CallerAbi> set) =>
        Add(new(field, ArgumentFieldKind.Pointer) { Length = length, SetMemory = set });

    /// <summary>A field nobody looks at; it keeps what it holds.</summary>
    internal ArgumentLayout<T> Reserved(string field, ArgumentFieldKind kind = ArgumentFieldKind.Byte, int count = 1) =>
        Add(new(field, kind, count));

    /// <inheritdoc/>
    public int SizeFor(CallerAbi abi)
    {
        var end = 0;
        var widest = 1;
        foreach (var field in _fields)
        {
            var alignment = field.AlignmentFor(abi);
            widest = Math.Max(widest, alignment);
            end = Align(end, alignment) + field.SizeFor(abi);
        }
        return Align(end, widest);
    }

    /// <inheritdoc/>
    public int OffsetOf(string field, CallerAbi abi)
    {
        foreach (var (candidate, offset) in Places(abi))
            if (candidate.Name == field) return offset;
        throw new KeyNotFoundException($"{name} has no field {field}");
    }

    /// <summary>Reads the caller's structure.</summary>
    /// <param name="bytes">The structure, at least its size long.</param>
    /// <param name="abi">The caller's.</param>
    /// <param name="memory">The caller's memory.</param>
    /// <param name="value">The typed structure.</param>
    /// <returns>False (EFAULT) where it is cut, or points to memory the caller does not have.</returns>
    public bool TryDecode(ReadOnlySpan<byte> bytes, CallerAbi abi, ICallerMemory memory, out T value)
    {
        value = new T();
        if (bytes.Length < SizeFor(abi)) return false;
        foreach (var (field, offset) in Places(abi))
        {
            if (field.Set is { } set) set(value, Read(bytes[offset..], field.SizeFor(abi), abi.BigEndian));
            if (field.Array is { } array) bytes.Slice(offset, field.Count).CopyTo(array(value));
        }
        // Pointers last: the fields that tell how much they point to may stand behind them.
        foreach (var (field, offset) in Places(abi))
        {
            if (field.SetMemory is not { } set) continue;
            var address = Read(bytes[offset..], abi.PointerBytes, abi.BigEndian);
            var length = field.Length!(value);
            if (address == 0 || length == 0) continue;
            if (length > int.MaxValue || !memory.TryMap(address, (int)length, out var mapped)) return false;
            set(value, mapped, abi);
        }
        return true;
    }

    /// <summary>Writes the fields back over the caller's structure; pointers and reserved fields stay as they
    /// are.</summary>
    public void Encode(T value, Span<byte> bytes, CallerAbi abi)
    {
        foreach (var (field, offset) in Places(abi))
        {
            if (field.Get is { } get) Write(bytes[offset..], field.SizeFor(abi), get(value), abi.BigEndian);
            if (field.Array is { } array) array(value).AsSpan(0, field.Count).CopyTo(bytes[offset..]);
        }
    }

    bool IArgumentLayout.TryDecode(ReadOnlySpan<byte> bytes, CallerAbi abi, ICallerMemory memory, out object value)
    {
        var decoded = TryDecode(bytes, abi, memory, out var typed);
        value = typed!;
        return decoded;
    }

    void IArgumentLayout.Encode(object value, Span<byte> bytes, CallerAbi abi) => Encode((T)value, bytes, abi);

    private ArgumentLayout<T> Number(string field, ArgumentFieldKind kind, Func<T, ulong> get, Action<T, ulong> set) =>
        Add(new(field, kind) { Get = get, Set = set });

    private ArgumentLayout<T> Add(Field field)
    {
        _fields.Add(field);
        return this;
    }

    private IEnumerable<(Field Field, int Offset)> Places(CallerAbi abi)
    {
        var at = 0;
        foreach (var field in _fields)
        {
            at = Align(at, field.AlignmentFor(abi));
            yield return (field, at);
            at += field.SizeFor(abi);
        }
    }

    private static int Align(int offset, int alignment) => (offset + alignment - 1) / alignment * alignment;

    private static ulong Read(ReadOnlySpan<byte> from, int size, bool bigEndian) => (size, bigEndian) switch
    {
        (1, _) => from[0],
        (2, true) => BinaryPrimitives.ReadUInt16BigEndian(from),
        (2, false) => BinaryPrimitives.ReadUInt16LittleEndian(from),
        (4, true) => BinaryPrimitives.ReadUInt32BigEndian(from),
        (4, false) => BinaryPrimitives.ReadUInt32LittleEndian(from),
        (_, true) => BinaryPrimitives.ReadUInt64BigEndian(from),
        _ => BinaryPrimitives.ReadUInt64LittleEndian(from),
    };

    private static void Write(Span<byte> to, int size, ulong value, bool bigEndian)
    {
        for (var i = 0; i < size; i++) to[i] = (byte)(value >> 8 * (bigEndian ? size - 1 - i : i));
    }

    private sealed record Field(string Name, ArgumentFieldKind Kind, int Count = 1)
    {
        public Func<T, ulong>? Get { get; init; }
        public Action<T, ulong>? Set { get; init; }
        public Func<T, byte[]>? Array { get; init; }
        public Func<T, long>? Length { get; init; }
        public Action<T, Memory<byte>, CallerAbi>? SetMemory { get; init; }

        public int AlignmentFor(CallerAbi abi) => Kind switch
        {
            ArgumentFieldKind.Short => 2,
            ArgumentFieldKind.Int => 4,
            ArgumentFieldKind.Long => 8,
            ArgumentFieldKind.Pointer => abi.PointerBytes,
            _ => 1,
        };

        public int SizeFor(CallerAbi abi) => AlignmentFor(abi) * Count;
    }
}

/// <summary>A layout whose typed structure is not known at compile time.</summary>
public interface IArgumentLayout
{
    /// <summary>The structure's name, such as <c>sc_inquiry</c>.</summary>
    string Name { get; }

    /// <summary>Its fields in order.</summary>
    IEnumerable<string> FieldNames { get; }

    /// <summary>Bytes it takes.</summary>
    int SizeFor(CallerAbi abi);

    /// <summary>Where a field stands.</summary>
    /// <exception cref="KeyNotFoundException">There is no such field.</exception>
    int OffsetOf(string field, CallerAbi abi);

    /// <summary>Reads the caller's structure; false is EFAULT.</summary>
    bool TryDecode(ReadOnlySpan<byte> bytes, CallerAbi abi, ICallerMemory memory, out object value);

    /// <summary>Writes the fields back.</summary>
    void Encode(object value, Span<byte> bytes, CallerAbi abi);
}
