using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Lunette.Lu.Disk.Medium;

/// <summary>The last format operation, as the Format Status log page tells it (SBC-5).</summary>
/// <param name="List">The parameter list of the command that asked for it; null where none is known to have
/// succeeded.</param>
/// <param name="Minutes">Minutes in service when it had.</param>
internal sealed record FormatRecord(byte[]? List, long Minutes)
{
    private const int HeaderLength = 1 + sizeof(long);

    /// <summary>It was never formatted, or not with success.</summary>
    public static FormatRecord None { get; } = new(null, 0);

    /// <summary>The bytes to be kept, at the beginning of others.</summary>
    public byte[] Encode()
    {
        var bytes = new byte[HeaderLength + (List?.Length ?? 0)];
        bytes[0] = (byte)(List?.Length ?? 0);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(1), Minutes);
        List?.CopyTo(bytes, HeaderLength);
        return bytes;
    }

    /// <summary>Reads what was kept, and says how long it is; false where it is none.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out FormatRecord? record, out int length)
    {
        record = null;
        length = 0;
        if (bytes.Length < HeaderLength || bytes.Length < HeaderLength + bytes[0]) return false;
        length = HeaderLength + bytes[0];
        var list = bytes[0] == 0 ? null : bytes[HeaderLength..length].ToArray();
        record = new FormatRecord(list, BinaryPrimitives.ReadInt64BigEndian(bytes[1..]));
        return true;
    }
}
