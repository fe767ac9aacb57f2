using System.Buffers.Binary;
using Lunette.Backing;

namespace Lunette.Lu.Disk.Defects;

/// <summary>
/// The blocks that the store could not read, and that nobody has read or written since (SBC-5, Pending Defects log
/// page). What WRITE LONG has marked is none of them. Any loop; while there are none, a request costs one look.
/// </summary>
internal sealed class PendingDefects(DiskUnit unit)
{
    /// <summary>How many are remembered; further ones are not.</summary>
    public const int CountMax = 1024;

    private const int EntryLength = sizeof(uint) + sizeof(ulong);

    private readonly Lock _changing = new();
    private SortedList<ulong, uint> _hours = [];     // power on hours, by block; never changed, replaced

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => Volatile.Read(ref _hours).Count == 0;

    /// <summary>The blocks, each with the power on hours at which it was found.</summary>
    public IReadOnlyDictionary<ulong, uint> Blocks => Volatile.Read(ref _hours);

    /// <summary>A request has ended: a defect is found, or one is none any more.</summary>
    public void Settle(StoreRequest request)
    {
        if (request.Result == StoreResult.ReadError && request.Operation == StoreOperation.Read)
            Add((ulong)Math.Max(0, request.FailedOffset) >> unit.BlockShift);
        else if (!IsEmpty && request.Result == StoreResult.Ok && Touches(request.Operation))
            Remove(request.Offset, request.Length);
    }

    /// <summary>Blocks were reassigned.</summary>
    public void Remove(IEnumerable<ulong> blocks)
    {
        foreach (var block in blocks) Remove((long)block << unit.BlockShift, unit.BlockLengthBytes);
    }

    /// <summary>The whole medium is written anew.</summary>
    public void Clear() => Volatile.Write(ref _hours, []);

    /// <summary>The bytes to be kept.</summary>
    public byte[] Encode()
    {
        var hours = Volatile.Read(ref _hours);
        var bytes = new byte[hours.Count * EntryLength];
        var at = 0;
        foreach (var (block, found) in hours)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(at), found);
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(at + sizeof(uint)), block);
            at += EntryLength;
        }
        return bytes;
    }

    /// <summary>Takes what was kept; false where it is damaged.</summary>
    public bool TryRestore(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length % EntryLength != 0 || bytes.Length / EntryLength > CountMax) return false;
        var hours = new SortedList<ulong, uint>();
        for (; !bytes.IsEmpty; bytes = bytes[EntryLength..])
        {
            hours[BinaryPrimitives.ReadUInt64BigEndian(bytes[sizeof(uint)..])] =
                BinaryPrimitives.ReadUInt32BigEndian(bytes);
        }
        Volatile.Write(ref _hours, hours);
        return true;
    }

    private static bool Touches(StoreOperation operation) => operation is StoreOperation.Read or StoreOperation.Write
        or StoreOperation.WriteZeroes or StoreOperation.Unmap or StoreOperation.Copy;

    private void Add(ulong block)
    {
        if (block >= unit.CapacityBlocks || unit.Uncorrectable.Contains(block)) return;
        lock (_changing)
        {
            if (_hours.Count >= CountMax || _hours.ContainsKey(block)) return;
            Volatile.Write(ref _hours, new SortedList<ulong, uint>(_hours) { [block] = unit.PowerOnHours });
        }
    }

    private void Remove(long offset, long length)
    {
        var (first, end) = ((ulong)offset >> unit.BlockShift, (ulong)(offset + length) >> unit.BlockShift);
        lock (_changing)
        {
            if (!_hours.Keys.Any(block => block >= first && block < end)) return;
            var left = new SortedList<ulong, uint>();
            foreach (var (block, found) in _hours)
                if (block < first || block >= end) left.Add(block, found);
            Volatile.Write(ref _hours, left);
        }
    }
}
