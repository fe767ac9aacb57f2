using System.Numerics;
using System.Runtime.InteropServices;

namespace Lunette.Runtime.Buffers;

/// <summary>
/// Native, page-aligned memory in power-of-two levels from <see cref="SmallestBytes"/> to <see cref="LargestBytes"/>,
/// bounded in total. A dry pool says no; it never allocates past its bound and never waits. Memory given back is kept
/// for the next lease.
/// </summary>
public sealed unsafe class BufferPool : ILeaseOwner, IDisposable
{
    /// <summary>The smallest buffer, in bytes.</summary>
    public const int SmallestBytes = 4096;

    /// <summary>The largest buffer, in bytes.</summary>
    public const int LargestBytes = 1 << 20;

    private const int Levels = 9;
    private const nuint Alignment = 4096;

    private readonly Lock _gate = new();
    private readonly Stack<int>[] _free = new Stack<int>[Levels];
    private readonly List<Slot> _slots = [];
    private readonly Stack<int> _gone = new();      // slots whose memory went back to the system
    private readonly long _boundBytes;
    private long _allocatedBytes;
    private long _leasedBytes;
    private long _refusals;

    /// <summary>Makes a pool.</summary>
    /// <param name="boundBytes">How much memory it may hold in all.</param>
    public BufferPool(long boundBytes)
    {
        _boundBytes = boundBytes;
        for (var i = 0; i < Levels; i++) _free[i] = new Stack<int>();
    }

    /// <summary>Bytes out on lease now.</summary>
    public long LeasedBytes
    {
        get
        {
            lock (_gate) return _leasedBytes;
        }
    }

    /// <summary>Bytes taken from the system so far.</summary>
    public long AllocatedBytes
    {
        get
        {
            lock (_gate) return _allocatedBytes;
        }
    }

    /// <summary>How often it was dry.</summary>
    public long Refusals
    {
        get
        {
            lock (_gate) return _refusals;
        }
    }

    /// <summary>The bound the pool was made with, in bytes.</summary>
    public long BoundBytes => _boundBytes;

    /// <summary>
    /// Leases a buffer of exactly <paramref name="length"/> usable bytes (at most <see cref="LargestBytes"/>). Its
    /// content is whatever it was: whoever fills it knows what it covered.
    /// </summary>
    /// <param name="length">Bytes wanted, 1 to <see cref="LargestBytes"/>.</param>
    /// <param name="purpose">What for; shown by <see cref="DescribeLeases"/>.</param>
    /// <param name="lease">The buffer.</param>
    /// <returns>False when the pool is dry.</returns>
    public bool TryLease(int length, string purpose, out Lease lease)
    {
        Invariant.That(length is > 0 and <= LargestBytes, "a buffer's length lies within the pool's levels");
        var level = LevelOf(length);
        lock (_gate)
        {
            if (!_free[level].TryPop(out var index) && !TryGrow(level, out index) && !TryTakeLarger(level, out index))
            {
                _refusals++;
                lease = default;
                return false;
            }
            var slots = CollectionsMarshal.AsSpan(_slots);
            ref var slot = ref slots[index];
            slot.Purpose = purpose;
            _leasedBytes += SmallestBytes << slot.Level;
            lease = new Lease(slot.Address, length, this, index);
            return true;
        }
    }

    /// <summary>
    /// Leases as many buffers as a transfer needs and appends them; all or nothing.
    /// </summary>
    /// <returns>False when the pool is dry; nothing was appended.</returns>
    public bool TryLease(int length, string purpose, LeaseList into)
    {
        var before = into.Count;
        var left = length;
        while (left > 0)
        {
            var piece = Math.Min(left, LargestBytes);
            if (!TryLease(piece, purpose, out var lease))
            {
                Invariant.That(before == 0, "a transfer's buffers are leased into an empty list");
                into.Release();
                return false;
            }
            into.Add(lease);
            left -= piece;
        }
        return true;
    }

    /// <inheritdoc/>
    public void Release(nint token)
    {
        lock (_gate)
        {
            var slots = CollectionsMarshal.AsSpan(_slots);
            ref var slot = ref slots[(int)token];
            Invariant.That(slot.Purpose is not null, "a buffer is given back once");
            slot.Purpose = null;
            _leasedBytes -= SmallestBytes << slot.Level;
            _free[slot.Level].Push((int)token);
        }
    }

    /// <summary>What is out on lease, by purpose with counts; for tests, faults and status.</summary>
    public IReadOnlyDictionary<string, int> DescribeLeases()
    {
        lock (_gate)
        {
            return _slots.Where(s => s.Purpose is not null).GroupBy(s => s.Purpose!)
                .ToDictionary(g => g.Key, g => g.Count());
        }
    }

    /// <summary>Gives all memory back to the system; nothing may be out on lease.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            Invariant.That(_leasedBytes == 0, "no buffer is out on lease when its pool ends");
            foreach (var slot in _slots) NativeMemory.AlignedFree((void*)slot.Address);
            _slots.Clear();
            _gone.Clear();
            foreach (var level in _free) level.Clear();
            _allocatedBytes = 0;
        }
    }

    private static int LevelOf(int length) =>
        length <= SmallestBytes ? 0 : BitOperations.Log2((uint)(length - 1)) + 1 - BitOperations.Log2(SmallestBytes);

    private bool TryGrow(int level, out int index)
    {
        index = -1;
        var bytes = SmallestBytes << level;
        if (_allocatedBytes + bytes > _boundBytes && !TryShrink(_allocatedBytes + bytes - _boundBytes)) return false;
        // Cleared once, so that a buffer never carries bytes of another process; later owners see only ours.
        var address = NativeMemory.AlignedAlloc((nuint)bytes, Alignment);
        new Span<byte>(address, bytes).Clear();
        _allocatedBytes += bytes;
        if (_gone.TryPop(out index))
        {
            _slots[index] = new Slot { Address = (nint)address, Level = level };
            return true;
        }
        index = _slots.Count;
        _slots.Add(new Slot { Address = (nint)address, Level = level });
        return true;
    }

    // At the bound, buffers of other sizes that nobody uses go back to the system. Yesterday's small transfers must not
    // keep today's large ones out.
    private bool TryShrink(long bytes)
    {
        var idle = 0L;
        for (var level = 0; level < Levels; level++) idle += (long)_free[level].Count * (SmallestBytes << level);
        if (idle < bytes) return false;
        for (var level = 0; level < Levels; level++)
        {
            while (bytes > 0 && _free[level].TryPop(out var index))
            {
                NativeMemory.AlignedFree((void*)_slots[index].Address);
                _slots[index] = default;
                _gone.Push(index);
                _allocatedBytes -= SmallestBytes << level;
                bytes -= SmallestBytes << level;
            }
        }
        return true;
    }

    private bool TryTakeLarger(int level, out int index)
    {
        for (var larger = level + 1; larger < Levels; larger++)
            if (_free[larger].TryPop(out index)) return true;
        index = -1;
        return false;
    }

    private struct Slot
    {
        public nint Address;
        public int Level;
        public string? Purpose;
    }
}
