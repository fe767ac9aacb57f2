using System.Runtime.InteropServices;
using Lunette.Runtime.Buffers;

namespace Lunette.Runtime.Streams;

/// <summary>
/// What a connection has still to send, in order: headers in small blocks, data in leases, as one list of vectors ready
/// for a gathered send. Only connections with something to send have one; an empty one goes back to its loop.
/// </summary>
internal sealed unsafe class SendQueue : IDisposable
{
    public const int BlockBytes = 16 << 10;

    private readonly BufferPool _buffers;
    private readonly int _countMax;
    private IoVector* _vectors;
    private Lease[] _leases;            // what to release when the vector of the same index is sent
    private int _head;
    private int _tail;
    private long _sentVectors;          // vectors ever taken off, so that an index can be named for ever
    private Lease _block;
    private int _blockUsed;
    private long _lastInBlock = -1;     // the last vector that lies in the current block

    public SendQueue(BufferPool buffers, int countMax)
    {
        _buffers = buffers;
        _countMax = countMax;
        _leases = new Lease[64];
        _vectors = (IoVector*)NativeMemory.Alloc(64, (nuint)sizeof(IoVector));
    }

    public long Bytes { get; private set; }

    public int Count => _tail - _head;

    public IoVector* First => _vectors + _head;

    /// <summary>Vectors there is memory for.</summary>
    public int Capacity => _leases.Length;

    /// <summary>Room for a header of at most <see cref="BlockBytes"/>; false when no block could be leased, or too much
    /// waits already.</summary>
    public bool TryAddHeader(int length, out Span<byte> header)
    {
        if (_head == _tail) _blockUsed = 0;
        if (Count >= _countMax || ((_block.Address == 0 || _block.Length - _blockUsed < length) && !NewBlock()))
        {
            header = default;
            return false;
        }
        var address = _block.Address + _blockUsed;
        _blockUsed += length;
        Bytes += length;
        // Headers that follow each other are one vector.
        if (_tail > _head && _vectors[_tail - 1].Address + _vectors[_tail - 1].Length == address
            && _leases[_tail - 1].Owner is null)
        {
            _vectors[_tail - 1].Length += length;
        }
        else
        {
            Add(address, length, default);
        }
        _lastInBlock = _sentVectors + (_tail - 1 - _head);
        header = new Span<byte>((void*)address, length);
        return true;
    }

    /// <summary>Takes a lease to be sent and released; false, and the lease stays the caller's, when too much waits
    /// already.</summary>
    public bool TryAdd(in Lease lease)
    {
        if (Count >= _countMax) return false;
        Bytes += lease.Length;
        Add(lease.Address, lease.Length, lease);
        return true;
    }

    /// <summary>Takes off what was sent and releases what is sent whole.</summary>
    public void Sent(long bytes)
    {
        Bytes -= bytes;
        while (bytes > 0)
        {
            ref var vector = ref _vectors[_head];
            if (bytes < vector.Length)
            {
                vector.Address += (nint)bytes;
                vector.Length -= (nint)bytes;
                return;
            }
            bytes -= vector.Length;
            TakeOff();
        }
        while (_head < _tail && _vectors[_head].Length == 0) TakeOff();
        if (_head == _tail) _head = _tail = 0;
    }

    /// <summary>Releases everything, sent or not.</summary>
    public void Clear()
    {
        while (_head < _tail) TakeOff();
        _head = _tail = 0;
        Bytes = 0;
        if (_block.Address != 0) _block.Release();
        _block = default;
        _blockUsed = 0;
        _lastInBlock = -1;
    }

    public void Dispose()
    {
        Clear();
        NativeMemory.Free(_vectors);
        _vectors = null;
    }

    private void TakeOff()
    {
        ref var lease = ref _leases[_head];
        if (lease.Owner is not null) lease.Release();
        lease = default;
        _head++;
        _sentVectors++;
    }

    private bool NewBlock()
    {
        if (!_buffers.TryLease(BlockBytes, "headers to send", out var block)) return false;
        if (_block.Address != 0)
        {
            // The old block goes back with the last vector that lies in it.
            var index = _lastInBlock - _sentVectors + _head;
            if (_lastInBlock >= _sentVectors) _leases[index] = _block;
            else _block.Release();
        }
        _block = block;
        _blockUsed = 0;
        return true;
    }

    private void Add(nint address, int length, in Lease lease)
    {
        if (_tail == _leases.Length) MakeRoom();
        _vectors[_tail] = new IoVector(address, length);
        _leases[_tail] = lease;
        _tail++;
    }

    private void MakeRoom()
    {
        var count = Count;
        if (_head >= _leases.Length / 2)
        {
            new Span<IoVector>(_vectors + _head, count).CopyTo(new Span<IoVector>(_vectors, count));
            _leases.AsSpan(_head, count).CopyTo(_leases);
            _leases.AsSpan(count, _head).Clear();
        }
        else
        {
            var larger = (IoVector*)NativeMemory.Alloc((nuint)_leases.Length * 2, (nuint)sizeof(IoVector));
            new Span<IoVector>(_vectors + _head, count).CopyTo(new Span<IoVector>(larger, count));
            NativeMemory.Free(_vectors);
            _vectors = larger;
            var leases = new Lease[_leases.Length * 2];
            _leases.AsSpan(_head, count).CopyTo(leases);
            _leases = leases;
        }
        _head = 0;
        _tail = count;
    }
}
