using System.Buffers.Binary;
using Lunette.Scsi;

namespace Lunette.Cli.Disks;

/// <summary>A disk behind a port that takes commands one after another.</summary>
internal sealed class PortDisk : IBlocks
{
    private const int AttemptsMax = 5;

    private readonly IScsiPort _port;
    private readonly ReadCapacityData _capacity;

    private PortDisk(IScsiPort port, ReadCapacityData capacity)
    {
        _port = port;
        _capacity = capacity;
    }

    public long LengthBytes => (long)(_capacity.LastLba + 1) * BlockLengthBytes;

    public int BlockLengthBytes => (int)_capacity.BlockLength;

    public bool IsZeroed => false;

    /// <summary>Takes a port and asks for the capacity.</summary>
    /// <exception cref="DiskCommandException">It cannot be used; the message says why.</exception>
    public static async Task<PortDisk> OpenAsync(IScsiPort port)
    {
        try
        {
            return new(port, await ReadCapacityAsync(port));
        }
        catch (DiskCommandException)
        {
            await port.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks a port for its capacity.</summary>
    /// <exception cref="DiskCommandException">It tells none, or one that cannot be.</exception>
    public static async Task<ReadCapacityData> ReadCapacityAsync(IScsiPort port)
    {
        const int LengthMax = 1 << 20;
        byte[] sixteen = [0x9E, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ReadCapacityData.Length16, 0, 0];
        var answer = await TryAsync(port, sixteen, ReadCapacityData.Length16, null);
        var capacity = answer.Succeeded ? ReadCapacityData.Parse16(answer.Data) : null;
        if (capacity is null)
        {
            answer = await TryAsync(port, [0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0], ReadCapacityData.Length10, null);
            if (!answer.Succeeded) throw new DiskCommandException(answer.Failure!);
            capacity = ReadCapacityData.Parse10(answer.Data);
        }
        if (capacity is null || capacity.BlockLength is < 256 or > LengthMax
            || capacity.LastLba >= (ulong)long.MaxValue / capacity.BlockLength)
            throw new DiskCommandException("what it says of its capacity cannot be");
        return capacity;
    }

    /// <summary>Carries out a command; unit attentions are taken.</summary>
    public static async ValueTask<PortAnswer> TryAsync(IScsiPort port, byte[] cdb, int dataInLength, byte[]? dataOut)
    {
        for (var attempt = 1; ; attempt++)
        {
            var answer = await port.ExecuteAsync(cdb, dataInLength, dataOut);
            if (!answer.IsUnitAttention || attempt == AttemptsMax) return answer;
        }
    }

    public async ValueTask ReadAsync(long offset, Memory<byte> to)
    {
        while (!to.IsEmpty)
        {
            var part = to[..Math.Min(to.Length, _port.DataLengthMax)];
            var answer = await TryAsync(_port, Cdb(0x88, offset, part.Length), part.Length, null);
            if (!answer.Succeeded || answer.Data.Length != part.Length)
                throw new IOException(answer.Failure ?? "the device sent too little");
            answer.Data.CopyTo(part);
            to = to[part.Length..];
            offset += part.Length;
        }
    }

    public async ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> from)
    {
        while (!from.IsEmpty)
        {
            var part = from[..Math.Min(from.Length, _port.DataLengthMax)];
            var answer = await TryAsync(_port, Cdb(0x8A, offset, part.Length), 0, part.ToArray());
            if (!answer.Succeeded) throw new IOException(answer.Failure);
            from = from[part.Length..];
            offset += part.Length;
        }
    }

    public async ValueTask FlushAsync()
    {
        var answer = await TryAsync(_port, [0x91, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 0, null);
        if (!answer.Succeeded) throw new IOException(answer.Failure);
    }

    public ValueTask DisposeAsync() => _port.DisposeAsync();

    private byte[] Cdb(byte code, long offset, int length)
    {
        var cdb = new byte[16];
        cdb[0] = code;
        BinaryPrimitives.WriteInt64BigEndian(cdb.AsSpan(2), offset / BlockLengthBytes);
        BinaryPrimitives.WriteInt32BigEndian(cdb.AsSpan(10), length / BlockLengthBytes);
        return cdb;
    }
}
