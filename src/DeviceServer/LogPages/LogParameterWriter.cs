using Lunette.Scsi;

namespace Lunette.DeviceServer.LogPages;

/// <summary>Writes the parameters of a log page from a PARAMETER POINTER on, in the order of their codes.</summary>
/// <param name="pointer">PARAMETER POINTER of LOG SENSE: parameters before it are left out.</param>
public struct LogParameterWriter(ushort pointer)
{
    /// <summary>The code of the last parameter there is, written or left out.</summary>
    public ushort LastCode { get; private set; }

    /// <summary>Writes a parameter, or leaves it out.</summary>
    public void Write(ref ParameterDataWriter data, ushort code, byte control, scoped ReadOnlySpan<byte> value)
    {
        LastCode = code;
        if (code >= pointer) LogPage.WriteParameter(ref data, code, control, value);
    }

    /// <summary>Writes a count of four bytes that is kept over the life of the logical unit, or leaves it
    /// out.</summary>
    public void WriteCount(ref ParameterDataWriter data, ushort code, uint count)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes, count);
        Write(ref data, code, LogPage.BinaryList, bytes);
    }

    /// <summary>Writes a parameter of 8-byte counters, or leaves it out.</summary>
    public void Write(
        ref ParameterDataWriter data, ushort code, byte control, params scoped ReadOnlySpan<ulong> counters)
    {
        Span<byte> bytes = stackalloc byte[counters.Length * 8];
        for (var i = 0; i < counters.Length; i++)
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes[(i * 8)..], counters[i]);
        Write(ref data, code, control, bytes);
    }
}
