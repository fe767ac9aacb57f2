using System.Numerics;
using Lunette.Iscsi;
using Lunette.Runtime.Buffers;

namespace Lunette.Port.Iscsi.Connections;

/// <summary>
/// Requests whose CmdSN is in the window but whose turn has not come (RFC 7143 section 4.2.2.1), and numbers that an
/// ABORT TASK has filled in advance. At most a window full.
/// </summary>
internal sealed class HeldRequests(int window)
{
    // A power of two, so that the numbers of a window have a place each also where they wrap around; made when a
    // request first comes before its turn, which most sessions never see.
    private Entry[] _entries = [];

    /// <summary>How many are held.</summary>
    public int Count { get; private set; }

    /// <summary>Keeps a copy of a PDU; false when the number is taken already (a duplicate) or no buffer is
    /// left.</summary>
    public bool TryHold(CmdSn number, ReadOnlySpan<byte> pdu, BufferPool buffers)
    {
        ref var entry = ref EntryOf(number);
        if (entry.Held || !buffers.TryLease(pdu.Length, "request before its turn", out var lease)) return false;
        pdu.CopyTo(lease.Span);
        entry = new Entry { Held = true, Pdu = lease };
        Count++;
        return true;
    }

    /// <summary>Fills a number, so that it counts as received and nothing is done for it.</summary>
    public void Fill(CmdSn number)
    {
        ref var entry = ref EntryOf(number);
        if (entry.Held && entry.Pdu.Address != 0) entry.Pdu.Release();
        else if (!entry.Held) Count++;
        entry = new Entry { Held = true };
    }

    /// <summary>Takes what is held under a number; an empty lease where it was only filled.</summary>
    public bool TryTake(CmdSn number, out Lease pdu)
    {
        pdu = default;
        if (Count == 0) return false;
        ref var entry = ref EntryOf(number);
        pdu = entry.Pdu;
        if (!entry.Held) return false;
        entry = default;
        Count--;
        return true;
    }

    /// <summary>Releases everything.</summary>
    public void Release()
    {
        foreach (ref var entry in _entries.AsSpan())
        {
            if (entry.Pdu.Address != 0) entry.Pdu.Release();
            entry = default;
        }
        Count = 0;
    }

    private ref Entry EntryOf(CmdSn number)
    {
        if (_entries.Length == 0) _entries = new Entry[BitOperations.RoundUpToPowerOf2((uint)window)];
        return ref _entries[number.Value & (uint)(_entries.Length - 1)];
    }

    private struct Entry
    {
        public bool Held;
        public Lease Pdu;
    }
}
