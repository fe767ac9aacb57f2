using Lunette.Runtime.Buffers;

namespace Lunette.Runtime.Streams;

public abstract unsafe partial class StreamConnection
{
    // A small tail is copied in front of the next receive into the loop's buffer; a larger one, part of a large
    // message, is received on where it lies.
    private const int SpillCopyMax = 4096;

    // What one event brings at most where bytes are received where they belong: then answers are sent.
    private const int DirectBytesPerEvent = 256 << 10;

    // A shorter rest is told of as it comes; longer pieces would leave the peer without acknowledgements for too long.
    private const int AwaitedFrom = 16 << 10;
    private const int AwaitedMost = 64 << 10;

    private int _awaited = 1;
    private Lease _spill;
    private int _spillLength;
    private LeaseList? _directInto;
    private int _directSegment;
    private int _directOffset;
    private int _directLeft;
    private bool _paused;
    private (bool Readable, bool Writable) _watching;

    /// <summary>Bytes received, of all kinds.</summary>
    public long ReceivedBytes { get; private set; }

    /// <summary>
    /// The next bytes of the stream go straight into leases, past the loop's buffer. From inside
    /// <see cref="StreamHandler.Received"/>, which must have used up all bytes it was given.
    /// </summary>
    /// <param name="into">Where to; the handler keeps ownership, and keeps them until the bytes have come or the
    /// connection has ended.</param>
    /// <param name="offset">First byte, seen from the first lease.</param>
    /// <param name="length">How many.</param>
    public void ReceiveDirect(LeaseList into, int offset, int length)
    {
        Invariant.That(_directLeft == 0, "one direct receive at a time");
        Invariant.That(length > 0 && offset >= 0, "direct receive has a place");
        Invariant.That(length <= into.Length - offset, "direct receive stays in its leases");
        var segment = 0;
        for (; offset >= into[segment].Length; segment++) offset -= into[segment].Length;
        (_directInto, _directSegment, _directOffset, _directLeft) = (into, segment, offset, length);
    }

    /// <summary>Stops receiving; the peer is slowed down by the transport.</summary>
    public void Pause()
    {
        _paused = true;
        UpdateWatch();
    }

    /// <summary>Receives again, beginning with what was received and not used; it is handed over when the batch
    /// ends.</summary>
    public void Resume()
    {
        if (!_paused) return;
        _paused = false;
        _resumed = true;
        Loop.AtBatchEnd(this);
    }

    private bool _resumed;

    /// <summary>
    /// However little has come is told of now, until the next receive: for whoever wonders whether the peer is there,
    /// which may be sending a long piece slowly.
    /// </summary>
    public void TellOfAll()
    {
        if (_awaited == 1 || _end != StreamEnd.None) return;
        _awaited = 1;
        TellFrom(1);
    }

    /// <summary>
    /// Whether the handler should go on using what it was given: the connection is open, not paused and not moving, and
    /// its turn is not over.
    /// </summary>
    public bool IsReceiving => _end == StreamEnd.None && _credit > 0 && !_closing && !_paused && _move is null;

    internal void BecameReadable(bool lost = false)
    {
        if (_end != StreamEnd.None) return;
        if (_closing) Discard();
        else if (_move is not null) return;
        else if (!_paused)
        {
            if (!TryTakeTurnEarly()) return;
            if (BeginTurn()) ReceiveNow();
            else AskForTurn();
        }
        else if (lost) Close(StreamEnd.Reset);      // said again and again until somebody listens
    }

    // One system call; or several, while each brings all it asked for and the next bytes have a place of their own.
    private void ReceiveNow()
    {
        long left = Math.Min(DirectBytesPerEvent, _resources.Options.TurnBytes);
        bool isMoreThere;
        do
        {
            var before = ReceivedBytes;
            isMoreThere = _directLeft > 0 ? ReceiveDirectNow()
                : _spillLength > SpillCopyMax ? ReceiveIntoSpill()
                : ReceiveIntoLoopBuffer();
            left -= ReceivedBytes - before;
        }
        while (isMoreThere && _directLeft > 0 && left > 0 && IsReceiving);
        AwaitRest();
    }

    // The rest of what is received where it belongs comes for certain: it is told of in large pieces.
    private void AwaitRest()
    {
        if (_end != StreamEnd.None) return;
        var isLong = _directLeft >= AwaitedFrom;
        if (isLong ? _awaited >= AwaitedFrom && _awaited <= _directLeft : _awaited == 1) return;
        _awaited = isLong ? Math.Min(_directLeft, AwaitedMost) : 1;
        TellFrom(_awaited);
    }

    private bool ReceiveIntoLoopBuffer()
    {
        var buffer = _resources.ReceiveBuffer;
        if (_spillLength > 0) _spill.Span[.._spillLength].CopyTo(new Span<byte>((void*)buffer, _spillLength));
        var vector = new IoVector(buffer + _spillLength, Math.Min(_resources.ReceiveLength - _spillLength, Room));
        var received = Receive(&vector, 1);
        if (!Took(&vector, received)) return false;
        var length = _spillLength + (int)received;
        DropSpill();
        Deliver(new Span<byte>((void*)buffer, length));
        return received == vector.Length;
    }

    private int Room => Math.Max(Handler!.BytesAtOnce, 1);

    private bool ReceiveIntoSpill()
    {
        var vector = new IoVector(_spill.Address + _spillLength, _spill.Length - _spillLength);
        var received = Receive(&vector, 1);
        if (!Took(&vector, received)) return false;
        _spillLength += (int)received;
        DeliverSpill();
        return received == vector.Length;
    }

    // Into the leases, and what follows them into the loop's buffer: still one system call.
    private bool ReceiveDirectNow()
    {
        var vectors = _resources.Vectors;
        var count = 0;
        var covered = 0;
        var segment = _directSegment;
        var offset = _directOffset;
        var most = Math.Min(_directLeft, _resources.Options.TurnBytes);
        for (; covered < most && count < StreamResources.VectorsMax - 1; segment++, offset = 0)
        {
            ref readonly var lease = ref _directInto![segment];
            var take = Math.Min(lease.Length - offset, most - covered);
            // What lies in one piece is received as one.
            if (count > 0 && vectors[count - 1].Address + vectors[count - 1].Length == lease.Address + offset)
                vectors[count - 1].Length += take;
            else
                vectors[count++] = new IoVector(lease.Address + offset, take);
            covered += take;
        }
        var beyond = covered == _directLeft ? Math.Min(_resources.ReceiveLength, Room) : 0;
        if (beyond > 0) vectors[count++] = new IoVector(_resources.ReceiveBuffer, beyond);
        var received = Receive(vectors, count);
        if (!Took(vectors, received)) return false;
        var isFull = received == covered + beyond;
        var direct = (int)Math.Min(received, covered);
        AdvanceDirect(direct);
        if (_directLeft > 0)
        {
            // Nothing was appended: the turn that was to come still does.
            _turnTaken = false;
            return isFull;
        }
        _directInto = null;
        _inTurn = true;
        Handler!.DirectReceived();
        _inTurn = false;
        var rest = (int)received - direct;
        if (rest > 0 && _end == StreamEnd.None) Deliver(new Span<byte>((void*)_resources.ReceiveBuffer, rest));
        return isFull;
    }

    private void AdvanceDirect(int bytes)
    {
        _directLeft -= bytes;
        _directOffset += bytes;
        while (_directLeft > 0 && _directOffset >= _directInto![_directSegment].Length)
            _directOffset -= _directInto[_directSegment++].Length;
    }

    private bool Took(IoVector* into, nint received)
    {
        if (received > 0)
        {
            ReceivedBytes += received;
            if (_tap is not null) Tap(into, received, sent: false);
            Loop.AtBatchEnd(this);
            return true;
        }
        if (received == 0) Close(StreamEnd.PeerClosed);
        else if (received == Broken) Close(StreamEnd.Reset);
        return false;
    }

    private void Deliver(Span<byte> bytes)
    {
        var used = 0;
        if (IsReceiving && bytes.Length >= Handler!.BytesWanted) used = HandOver(bytes);
        if (used == bytes.Length || _end != StreamEnd.None || _closing) return;
        Invariant.That(_directLeft == 0, "direct receive begins where the bytes end");
        Spill(bytes[used..]);
    }

    private void Spill(ReadOnlySpan<byte> rest)
    {
        // Room for the whole message it is part of, and for one byte more than there is, so that receiving can go on.
        var room = Math.Max(Handler!.BytesWanted, rest.Length + 1);
        if (room > BufferPool.LargestBytes || !_resources.Buffers.TryLease(room, "partial message", out _spill))
        {
            Close(StreamEnd.NoBuffer);
            return;
        }
        rest.CopyTo(_spill.Span);
        _spillLength = rest.Length;
        NoteStall();
    }

    private void DeliverSpill()
    {
        var bytes = _spill.Span[.._spillLength];
        if (!IsReceiving || bytes.Length < Handler!.BytesWanted)
        {
            KeepSpill(0);
            return;
        }
        var used = HandOver(bytes);
        if (_end == StreamEnd.None && !_closing) KeepSpill(used);
    }

    private void KeepSpill(int used)
    {
        var rest = _spillLength - used;
        if (rest == 0)
        {
            DropSpill();
            return;
        }
        Invariant.That(_directLeft == 0, "direct receive begins where the bytes end");
        var old = _spill;
        if (Math.Max(Handler!.BytesWanted, rest + 1) <= old.Length)
        {
            if (used > 0) old.Span[used.._spillLength].CopyTo(old.Span);
            _spillLength = rest;
            NoteStall();
            return;
        }
        _spill = default;
        Spill(old.Span[used.._spillLength]);
        old.Release();
    }

    private void DropSpill()
    {
        if (_spill.Address != 0) _spill.Release();
        _spill = default;
        _spillLength = 0;
    }

    private void Discard()
    {
        var vector = new IoVector(_resources.ReceiveBuffer, _resources.ReceiveLength);
        var received = Receive(&vector, 1);
        if (received is 0 or Broken && _sendShut) Close();
        else if (received == Broken) Close(StreamEnd.Reset);
        else if (received == 0) _peerDone = true;
        UpdateWatch();
    }

    private bool _peerDone;

    private void UpdateWatch()
    {
        if (_end != StreamEnd.None || _move is not null) return;
        var readable = _closing ? !_peerDone : !_paused && !_throttled;
        var wanted = (readable, _blocked);
        if (wanted == _watching) return;
        _watching = wanted;
        Watch(readable, _blocked);
    }
}
