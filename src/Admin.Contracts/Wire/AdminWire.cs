using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Lunette.Admin.Contracts.Wire;

/// <summary>
/// The administrator's socket: each message is its length in four bytes, big-endian, and as much UTF-8 JSON. A
/// connection carries one call at a time, as many as it likes.
/// </summary>
public static class AdminWire
{
    /// <summary>The version of the wire form; a daemon answers a newer caller with its own and an error.</summary>
    public const int Version = 1;

    /// <summary>Bytes a message may have at most, without its length.</summary>
    public const int MessageLengthMax = 32 << 20;

    private const int LengthBytes = 4;
    private const int FirstBufferBytes = 64 << 10;

    /// <summary>Writes one message.</summary>
    /// <exception cref="IOException">The other side is gone.</exception>
    public static async ValueTask WriteAsync<T>(
        Stream to, T message, JsonTypeInfo<T> info, CancellationToken stop)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        buffer.GetSpan(LengthBytes)[..LengthBytes].Clear();
        buffer.Advance(LengthBytes);
        using (var writer = new Utf8JsonWriter(buffer)) JsonSerializer.Serialize(writer, message, info);
        var bytes = new byte[buffer.WrittenCount];
        buffer.WrittenSpan.CopyTo(bytes);
        BinaryPrimitives.WriteInt32BigEndian(bytes, bytes.Length - LengthBytes);
        await to.WriteAsync(bytes, stop).ConfigureAwait(false);
        await to.FlushAsync(stop).ConfigureAwait(false);
    }

    /// <summary>
    /// Reads one message; null where the other side closed the connection between two.
    /// </summary>
    /// <exception cref="InvalidDataException">The length is out of bounds, or the bytes are not the message
    /// expected.</exception>
    /// <exception cref="IOException">The other side is gone in the middle of a message.</exception>
    public static async ValueTask<T?> ReadAsync<T>(Stream from, JsonTypeInfo<T> info, CancellationToken stop)
        where T : class
    {
        var prefix = new byte[LengthBytes];
        var got = await from.ReadAtLeastAsync(prefix, LengthBytes, throwOnEndOfStream: false, stop)
            .ConfigureAwait(false);
        if (got == 0) return null;
        if (got < LengthBytes) throw new EndOfStreamException("the connection ended inside a message");
        var length = BinaryPrimitives.ReadInt32BigEndian(prefix);
        if (length is <= 0 or > MessageLengthMax)
            throw new InvalidDataException($"a message of {length} bytes; 1 to {MessageLengthMax} are allowed");
        var bytes = await ReadBodyAsync(from, length, stop).ConfigureAwait(false);
        try
        {
            return JsonSerializer.Deserialize(bytes.Span, info)
                ?? throw new InvalidDataException("a message that is null");
        }
        catch (JsonException malformed)
        {
            throw new InvalidDataException("a message that is not what was expected: " + malformed.Message, malformed);
        }
    }

    // The buffer grows with what has come, not with what was announced: a peer cannot make us allocate by promising.
    private static async ValueTask<ReadOnlyMemory<byte>> ReadBodyAsync(Stream from, int length, CancellationToken stop)
    {
        var buffer = new byte[Math.Min(length, FirstBufferBytes)];
        var filled = 0;
        while (true)
        {
            var space = buffer.AsMemory(filled);
            await from.ReadExactlyAsync(space, stop).ConfigureAwait(false);
            filled = buffer.Length;
            if (filled == length) return buffer;
            Array.Resize(ref buffer, (int)Math.Min(length, (long)buffer.Length * 2));
        }
    }
}
