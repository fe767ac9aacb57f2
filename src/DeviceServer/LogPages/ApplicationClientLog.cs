using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Lunette.DeviceServer.LogPages;

/// <summary>
/// What application clients have written into the Application Client log page (SPC-6): general usage parameters, zeros
/// where nothing was. One never changes; a change makes another.
/// </summary>
internal sealed class ApplicationClientLog
{
    /// <summary>How many parameters there are, as few as the standard allows.</summary>
    public const int ParametersCount = 0x40;

    /// <summary>Length of the general usage bytes of one.</summary>
    public const int ValueLength = 0xFC;

    private readonly SortedDictionary<ushort, byte[]> _values = [];

    private ApplicationClientLog()
    {
    }

    /// <summary>Nothing was written.</summary>
    public static ApplicationClientLog Empty { get; } = new();

    /// <summary>The general usage bytes of a parameter; none where nothing was written.</summary>
    public ReadOnlySpan<byte> this[ushort code] => _values.GetValueOrDefault(code);

    /// <summary>The same with other bytes of one parameter.</summary>
    public ApplicationClientLog With(ushort code, ReadOnlySpan<byte> value)
    {
        var log = new ApplicationClientLog();
        foreach (var (known, bytes) in _values) log._values[known] = bytes;
        if (value.ContainsAnyExcept((byte)0)) log._values[code] = value.ToArray();
        else log._values.Remove(code);
        return log;
    }

    /// <summary>The bytes to be kept: per parameter its code and its general usage bytes.</summary>
    public byte[] Encode()
    {
        List<byte> bytes = [];
        foreach (var (code, value) in _values) bytes.AddRange([(byte)(code >> 8), (byte)code, .. value]);
        return [.. bytes];
    }

    /// <summary>Reads what was kept; false where it is none.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out ApplicationClientLog? log)
    {
        log = null;
        if (bytes.Length % (2 + ValueLength) != 0) return false;
        var read = new ApplicationClientLog();
        for (; !bytes.IsEmpty; bytes = bytes[(2 + ValueLength)..])
        {
            var code = BinaryPrimitives.ReadUInt16BigEndian(bytes);
            if (code >= ParametersCount) return false;
            read._values[code] = bytes.Slice(2, ValueLength).ToArray();
        }
        log = read;
        return true;
    }
}
