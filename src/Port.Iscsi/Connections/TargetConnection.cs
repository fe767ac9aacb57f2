using System.Runtime.CompilerServices;
using Lunette.Iscsi;
using Lunette.Port.Iscsi.Sessions;
using Lunette.Port.Iscsi.Statistics;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Streams;

namespace Lunette.Port.Iscsi.Connections;

/// <summary>
/// One iSCSI connection in full feature phase (RFC 7143 section 4.4): it takes PDUs apart, checks their order, and
/// answers. It does no I/O: bytes come from a <see cref="StreamConnection"/> and go to it, and everything happens on
/// the session's loop. The files beside this one take one kind of PDU each.
/// </summary>
internal sealed partial class TargetConnection : StreamHandler
{
    private readonly TargetSession _session;
    private readonly IscsiPortProvider _provider;
    private readonly IscsiPortOptions _options;
    private readonly PortCounters _counters;
    private readonly TargetLoginResult _login;
    private readonly bool _headerDigest;
    private readonly bool _dataDigest;
    private readonly int _headerLength;
    private readonly int _receiveMax;
    private readonly int _burstMax;
    private readonly int _firstBurstMax;
    private readonly SessionTimer _timer;
    private int _sendMax;
    private StreamConnection _stream = null!;       // from when it has come to the session's loop
    private StatSn _statSn;
    private DropReason _dropped;
    private bool _leaving;              // a logout is under way: nothing more is taken
    private long _heardAt;

    public TargetConnection(TargetSession session, TargetLoginResult login)
    {
        _session = session;
        _provider = session.Provider;
        _options = _provider.Options;
        _counters = _provider.Counters;
        _login = login;
        _headerDigest = login.Connection.HeaderDigest;
        _dataDigest = login.Connection.DataDigest;
        _headerLength = BasicHeaderSegment.Length + (_headerDigest ? Crc32c.Length : 0);
        _receiveMax = login.Connection.MaxRecvDataSegmentLength;
        _sendMax = login.Connection.MaxSendDataSegmentLength;
        _burstMax = login.Session.MaxBurstLength;
        _firstBurstMax = login.Session.FirstBurstLength;
        _statSn = login.StatSn;
        _timer = new SessionTimer(this);
    }

    public StreamConnection Stream => _stream;

    /// <summary>Begins to tell a tap of PDUs; false while one is half through, to be tried again.</summary>
    public bool TryTap(IStreamTap tap) => _body == BodyPart.None && _stream.TryTap(tap);

    private Loop Loop => _stream.Loop;

    private bool IsDiscovery => _session.Nexus is null;

    /// <inheritdoc/>
    public override void Attached(StreamConnection connection)
    {
        _stream = connection;
        _heardAt = Loop.NowNanoseconds;
        _session.ConnectionCame(this);
        if (_stream.IsOpen) ArmTimer();
    }

    /// <summary>Lets the connection go; what is not sent is lost. The first reason is kept.</summary>
    public void Drop(DropReason reason)
    {
        if (_dropped == DropReason.None) _dropped = reason;
        _stream.Close();
    }

    /// <inheritdoc/>
    public override void Closed(StreamEnd end)
    {
        if (_dropped == DropReason.None) _dropped = ReasonOf(end);
        _counters.Count(_dropped);
        _provider.ConnectionClosed(_session, _dropped);
        if (_stream is null)
        {
            // The session's loop had ended before the connection came there.
            _session.RequestClose(_dropped);
            return;
        }
        Loop.Disarm(_timer);
        EndBodyWithConnection();
        if (ReferenceEquals(_session.Connection, this)) _session.ConnectionClosed();
    }

    private static DropReason ReasonOf(StreamEnd end) => end switch
    {
        StreamEnd.PeerClosed => DropReason.PeerClosed,
        StreamEnd.Reset => DropReason.Reset,
        StreamEnd.NoBuffer => DropReason.NoBuffer,
        StreamEnd.Fault => DropReason.Fault,
        _ => DropReason.Ended,
    };

    // Each answer that has a status takes the next number.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private StatSn TakeStatSn()
    {
        var taken = _statSn;
        _statSn = taken.Next;
        return taken;
    }

    /// <summary>Room for a header; <see cref="Seal"/> follows when it is filled.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<byte> BeginHeader() => _stream.AppendHeader(_headerLength);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Seal(Span<byte> header)
    {
        if (!_headerDigest) return;
        Crc32c.Write(header[BasicHeaderSegment.Length..], Crc32c.Compute(header[..BasicHeaderSegment.Length]));
    }

    /// <summary>Appends a small data segment with what belongs behind it. Its length stands in the header already.
    /// </summary>
    private void AppendData(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty) return;
        _stream.AppendCopy(data);
        AppendTrailer(data.Length, _dataDigest ? Crc32c.Compute(data) : 0);
    }

    // Padding, which the digest covers, and the digest.
    private void AppendTrailer(int dataLength, uint crc)
    {
        var padding = -dataLength & 3;
        var length = padding + (_dataDigest ? Crc32c.Length : 0);
        if (length == 0) return;
        var trailer = _stream.AppendHeader(length);
        trailer[..padding].Clear();
        if (_dataDigest) Crc32c.Write(trailer[padding..], Crc32c.Append(crc, trailer[..padding]));
    }

    private void ArmTimer() => Loop.Arm(_timer, TimerInterval);

    private TimeSpan TimerInterval => _waiting > 0 || _pingSentAt != 0 || _logoutBy != 0 || _windowIsWatched
        ? TimeSpan.FromSeconds(Math.Min(1, _options.PingInterval.TotalSeconds))
        : _options.PingInterval;

    private void TimerFired()
    {
        var now = Loop.NowNanoseconds;
        if (_logoutBy != 0 && now >= _logoutBy)
        {
            _session.Close(DropReason.LogoutTimedOut);
            // A session that is closing already, because its initiator logs out behind a task that does not end, drops
            // nobody.
            if (_stream.IsOpen) Drop(DropReason.LogoutTimedOut);
            return;
        }
        if (_waiting > 0) EndOverdueWaits(now);
        if (_windowIsWatched) LookAtWindow(now);
        CheckSilence(now);
        if (_stream.IsOpen) ArmTimer();
    }

    /// <summary>The one timer of a connection: overdue Data-Out, a full window, silence, and the logout deadline.
    /// </summary>
    private sealed class SessionTimer(TargetConnection connection) : LoopTimer
    {
        public override void Fire() => connection.TimerFired();
    }
}
