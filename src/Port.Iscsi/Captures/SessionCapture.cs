using System.Net;
using Lunette.Port.Iscsi.Sessions;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Streams;
using Lunette.Stmf.Contracts;

namespace Lunette.Port.Iscsi.Captures;

/// <summary>
/// One session's connection being captured: its loop copies the bytes into a bounded queue, whoever takes them makes
/// packets of them. What there is no room for is counted and left out. It begins in full feature phase, so that no
/// secret of a login can be in it.
/// </summary>
internal sealed class SessionCapture : ISessionCapture, IStreamTap
{
    /// <summary>Bytes waiting to be taken at most.</summary>
    public const int WaitingBytesMax = 32 << 20;

    /// <summary>Bytes of the session one call takes, about.</summary>
    public const int TakeBytes = 1 << 20;

    /// <summary>How long nobody may take anything before it ends.</summary>
    public static readonly TimeSpan Neglect = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(1);

    private readonly TargetSession _session;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Queue<Piece> _waiting = new();
    private readonly MemoryStream _made = new();
    private readonly PcapWriter _file;
    private long _waitingBytes;
    private long _lostBytes;
    private long _takenAt;
    private bool _ended;
    private bool _endWritten;
    private bool _isUnwanted;       // on the loop

    private SessionCapture(TargetSession session, IPEndPoint initiator, IPEndPoint target, TimeProvider time)
    {
        _session = session;
        _time = time;
        _takenAt = time.GetTimestamp();
        Portal = target.ToString();
        _file = new PcapWriter(_made, initiator, target, time.GetUtcNow());
    }

    /// <inheritdoc/>
    public string Portal { get; }

    /// <inheritdoc/>
    public bool IsOver
    {
        get
        {
            lock (_gate) return _endWritten || IsNeglected;
        }
    }

    // Under the lock.
    private bool IsNeglected => _time.GetElapsedTime(_takenAt) > Neglect;

    /// <summary>Begins; null when the session has no connection any more.</summary>
    public static SessionCapture? Begin(TargetSession session, TimeProvider time)
    {
        if (session.Connection?.Stream is not { } stream) return null;
        var none = new IPEndPoint(IPAddress.Loopback, 0);
        var capture = new SessionCapture(
            session, stream.RemoteEndPoint ?? none, stream.LocalEndPoint ?? none, time);
        session.Loop.Post(new Beginning(capture));
        return capture;
    }

    /// <inheritdoc/>
    public CapturedBytes Take()
    {
        lock (_gate)
        {
            _takenAt = _time.GetTimestamp();
            for (var taken = 0; taken < TakeBytes && _waiting.TryDequeue(out var piece); taken += piece.Bytes.Length)
            {
                _waitingBytes -= piece.Bytes.Length;
                if (piece.LostBefore > 0) _file.Lost(piece.FromTarget, piece.LostBefore);
                _file.Data(piece.At, piece.FromTarget, piece.Bytes);
            }
            if (_ended && _waiting.Count == 0 && !_endWritten)
            {
                _endWritten = true;
                _file.End(_time.GetUtcNow());
            }
            var bytes = _made.ToArray();
            _made.SetLength(0);
            return new(bytes, _endWritten, _lostBytes);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Loop.Post(new End(this));

    void IStreamTap.Received(ReadOnlySpan<byte> bytes) => Add(fromTarget: false, bytes);

    void IStreamTap.Sent(ReadOnlySpan<byte> bytes) => Add(fromTarget: true, bytes);

    void IStreamTap.Ended()
    {
        lock (_gate) _ended = true;
    }

    // Lost so far and not yet told of, by direction; the loop's own.
    private readonly long[] _lost = new long[2];

    private void Add(bool fromTarget, ReadOnlySpan<byte> bytes)
    {
        ref var lost = ref _lost[fromTarget ? 1 : 0];
        lock (_gate)
        {
            if (IsNeglected) return;
            if (_waitingBytes + bytes.Length > WaitingBytesMax)
            {
                lost += bytes.Length;
                _lostBytes += bytes.Length;
                return;
            }
            _waiting.Enqueue(new(_time.GetUtcNow(), fromTarget, lost, bytes.ToArray()));
            _waitingBytes += bytes.Length;
            lost = 0;
        }
    }

    private readonly record struct Piece(DateTimeOffset At, bool FromTarget, long LostBefore, byte[] Bytes);

    private sealed class Beginning(SessionCapture capture) : LoopWork
    {
        public override void Run() => new Attempt(capture).Fire();

        public override void Refused() => ((IStreamTap)capture).Ended();
    }

    // Between two PDUs each way: while one is half through, it is tried again.
    private sealed class Attempt(SessionCapture capture) : LoopTimer
    {
        public override void Fire()
        {
            if (capture._isUnwanted) return;
            if (capture._session.Connection is not { } connection || !connection.Stream.IsOpen)
                ((IStreamTap)capture).Ended();
            else if (!connection.TryTap(capture))
                connection.Stream.Loop.Arm(this, s_retry);
        }
    }

    private sealed class End(SessionCapture capture) : LoopWork
    {
        public override void Run()
        {
            capture._isUnwanted = true;
            capture._session.Connection?.Stream.EndTap(capture);
        }
    }
}
