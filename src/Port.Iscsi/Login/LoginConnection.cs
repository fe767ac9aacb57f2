using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using Lunette.Iscsi;
using Lunette.Port.Iscsi.Connections;
using Lunette.Port.Iscsi.Sessions;
using Lunette.Runtime;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Streams;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;

namespace Lunette.Port.Iscsi.Login;

/// <summary>
/// A connection from being accepted to full feature phase (RFC 7143 section 6.3). It lives on the control loop, where
/// waiting is allowed: the machine asks, the answers may take their time, and all of it has one deadline.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "leaving the pending logins disposes")]
internal sealed class LoginConnection : StreamHandler
{
    private const int AliasLengthMax = 255;

    private readonly IscsiPortProvider _provider;
    private readonly ushort _portalGroupTag;
    private readonly TargetLogin _login;
    private readonly CancellationTokenSource _over = new();
    private readonly Deadline _deadline;
    private StreamConnection _stream;
    private DropReason _dropped;
    private bool _left;
    private bool _ended;                // the machine has said its last word
    private int _wanted = BasicHeaderSegment.Length;
    private TargetSession? _session;
    private TargetAuthenticationTerms? _terms;

    public LoginConnection(IscsiPortProvider provider, ushort portalGroupTag, StreamConnection stream)
    {
        _provider = provider;
        _portalGroupTag = portalGroupTag;
        _stream = stream;
        Address = stream.RemoteEndPoint?.Address ?? IPAddress.None;
        Span<byte> first = stackalloc byte[sizeof(uint)];
        provider.Entropy.Fill(first);
        _login = new TargetLogin(provider.Options.Login, provider.Entropy.Fill,
            new StatSn(System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(first)));
        _deadline = new Deadline(this);
    }

    public IPAddress Address { get; }

    /// <summary>Its place among the pending logins; null when it is none any more.</summary>
    public LinkedListNode<LoginConnection>? InAll { get; set; }

    /// <inheritdoc cref="InAll"/>
    public LinkedListNode<LoginConnection>? OfAddress { get; set; }

    /// <inheritdoc/>
    public override int BytesWanted => _wanted;

    /// <inheritdoc/>
    public override void Attached(StreamConnection connection)
    {
        _stream = connection;
        _stream.Loop.Arm(_deadline, _provider.Options.LoginDeadline);
    }

    /// <inheritdoc/>
    public override int Received(Span<byte> bytes)
    {
        var used = 0;
        while (_stream.IsReceiving && !_ended)
        {
            var rest = bytes[used..];
            _wanted = BasicHeaderSegment.Length;
            if (rest.Length < BasicHeaderSegment.Length) break;
            var framing = new PduFraming(rest, headerDigest: false, dataDigest: false);
            // What no login may carry is not waited for: the machine judges the header, and what follows is not read.
            var tooLong = framing.TotalAhsLength > 0
                || framing.DataSegmentLength > LoginLimits.DataSegmentLengthMax
                || new BasicHeaderSegment(rest).OpCode != PduOpCode.LoginRequest;
            if (tooLong)
            {
                Refuse(rest[..BasicHeaderSegment.Length]);
                return bytes.Length;
            }
            if (rest.Length < framing.TotalLength)
            {
                _wanted = framing.TotalLength;
                break;
            }
            used += framing.TotalLength;
            Take(_login.Receive(
                rest[..BasicHeaderSegment.Length], rest.Slice(framing.DataSegmentOffset, framing.DataSegmentLength)));
        }
        return used;
    }

    /// <inheritdoc/>
    public override void Closed(StreamEnd end)
    {
        Leave();
        if (_dropped == DropReason.None)
            _dropped = end == StreamEnd.PeerClosed ? DropReason.PeerClosed : DropReason.Reset;
        _provider.Counters.Count(_dropped);
        _session?.RequestClose(DropReason.None);
    }

    /// <summary>Lets the connection go without an answer.</summary>
    public void Drop(DropReason reason)
    {
        if (_dropped == DropReason.None) _dropped = reason;
        _stream.Close();
    }

    private void Refuse(ReadOnlySpan<byte> header)
    {
        // The length that is stated is what is wrong; a machine that is asked with it says so.
        var bhs = new BasicHeaderSegment(header);
        var stated = bhs.OpCode == PduOpCode.LoginRequest ? new byte[LoginLimits.DataSegmentLengthMax + 1] : [];
        Take(_login.Receive(header, stated));
    }

    private void Take(TargetLoginStep step)
    {
        switch (step.Action)
        {
            case TargetLoginAction.Respond:
                _stream.AppendCopy(step.Response.Span);
                break;
            case TargetLoginAction.Identify:
                Await(DecideAsync(), decision => Take(_login.Decide(decision)));
                break;
            case TargetLoginAction.Judge:
                Await(
                    _provider.Authority.JudgeAsync(_login.Proof!, _over.Token),
                    judgement => Take(_login.Judge(judgement)));
                break;
            case TargetLoginAction.Admit:
                Await(AdmitAsync(), admission => Take(_login.Admit(admission)));
                break;
            case TargetLoginAction.Complete:
                Complete(step);
                break;
            default:
                Fail(step);
                break;
        }
    }

    // While an answer is awaited nothing is received; the login goes on where it stood, on this loop.
    private void Await<T>(ValueTask<T> asked, Action<T> then)
    {
        if (asked.IsCompletedSuccessfully)
        {
            then(asked.GetAwaiter().GetResult());
            return;
        }
        _stream.Pause();
        _ = ThenAsync(asked, then);
    }

    private async Task ThenAsync<T>(ValueTask<T> asked, Action<T> then)
    {
        T answer;
        try
        {
            answer = await asked;
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            _stream.Loop.Post(new Go(this, () => AnswerFailed(fault)));
            return;
        }
        _stream.Loop.Post(new Go(this, () =>
        {
            _stream.Resume();
            then(answer);
        }));
    }

    // The session may have been made after the connection had ended, when nobody saw it to close it.
    private void AnswerComesTooLate() => _session?.RequestClose(DropReason.None);

    private void AnswerFailed(Exception fault)
    {
        _provider.LoginRefused(_stream.RemoteEndPoint, _login.Identity?.InitiatorName.Value, fault.Message);
        Drop(DropReason.LoginFailed);
    }

    private async ValueTask<LoginDecision> DecideAsync()
    {
        var identity = _login.Identity!;
        IscsiTargetPort? target = null;
        if (identity.TargetName is { } name)
        {
            target = _provider.FindTarget(name);
            if (target is null || !target.IsIn(_portalGroupTag)) return LoginDecision.Refuse(LoginStatus.NotFound);
            if (!target.IsOnline) return LoginDecision.Refuse(LoginStatus.ServiceUnavailable);
        }
        if (identity.Tsih != Tsih.None)
        {
            // One connection a session: there is none to be joined.
            return LoginDecision.Refuse(_provider.HandleExists(identity.Tsih)
                ? LoginStatus.TooManyConnections
                : LoginStatus.SessionDoesNotExist);
        }
        var terms = await _provider.Authority.AuthorizeAsync(identity, target, _over.Token);
        if (terms is null) return LoginDecision.Refuse(LoginStatus.AuthorizationFailure);
        Interlocked.Exchange(ref _terms, terms);
        // The connection may have gone while they were asked for; then nobody else gives them back.
        if (Volatile.Read(ref _left)) ForgetTerms();
        return LoginDecision.Accept(new TargetLoginTerms
        {
            Negotiation = _provider.Options.Negotiation,
            Authentication = terms,
            PortalGroupTag = _portalGroupTag,
            TargetAlias = target is { Alias.Length: > 0 } ? target.Alias : null,
        });
    }

    private async ValueTask<LoginAdmission> AdmitAsync()
    {
        var identity = _login.Identity!;
        var isNormal = identity.SessionType == SessionType.Normal;
        var target = isNormal ? _provider.FindTarget(identity.TargetName!.Value) : null;
        if (isNormal && target is not { IsOnline: true })
            return LoginAdmission.Refuse(LoginStatus.ServiceUnavailable);
        var key = new SessionKey(identity.InitiatorName, identity.Isid, _portalGroupTag);
        // Session reinstatement (RFC 7143 section 6.3.5): the old session ends first, and all of it.
        while (target?.FindSession(key) is { } before)
        {
            before.RequestClose(DropReason.SessionReinstated);
            if (!await before.Closed.CompletesAsync(_over.Token)) throw new OperationCanceledException(_over.Token);
        }
        var tsih = _provider.ReserveHandle();
        if (tsih == Tsih.None)
        {
            _provider.Counters.CountSessionRefused();
            return LoginAdmission.Refuse(LoginStatus.OutOfResources);
        }
        _session = target is null ? MakeDiscovery(key, tsih) : Make(target, key, tsih);
        if (_session is not null) return LoginAdmission.Accept(tsih, _session.Window);
        return LoginAdmission.Refuse(target!.IsOnline ? LoginStatus.OutOfResources : LoginStatus.ServiceUnavailable);
    }

    private TargetSession MakeDiscovery(SessionKey key, Tsih tsih) =>
        new(_provider, null, key, tsih, _provider.ControlLoop, null, _login.Identity!);

    private TargetSession? Make(IscsiTargetPort target, SessionKey key, Tsih tsih)
    {
        var loop = _provider.TakeLoop();
        var nexus = _provider.Framework.OpenSession(target, PortOf(_login.Identity!), loop);
        if (nexus is null)
        {
            _provider.GiveLoop(loop);
            _provider.ReleaseHandle(tsih);
            return null;
        }
        var session = new TargetSession(_provider, target, key, tsih, loop, nexus, _login.Identity!);
        if (target.TryAdd(session)) return session;
        // Going offline, or another login of the same port was faster: what was opened is closed, with its handle.
        session.RequestClose(DropReason.None);
        return null;
    }

    private InitiatorPort PortOf(LoginIdentity identity)
    {
        var name = identity.InitiatorName.Value;
        var isid = identity.Isid.Value;
        return new InitiatorPort(
            name,
            name + ",i,0x" + isid.ToString("x12", CultureInfo.InvariantCulture),
            TransportId.Iscsi(name, isid).Wire.ToArray(),
            Printable(identity.InitiatorAlias ?? ""),
            _stream.RemoteEndPoint?.ToString() ?? "");
    }

    // It goes into listings, which terminals show: nothing in it moves a cursor or turns a line around.
    private static string Printable(string alias) => string.Create(Math.Min(alias.Length, AliasLengthMax), alias,
        static (shown, said) =>
        {
            for (var i = 0; i < shown.Length; i++)
            {
                shown[i] = char.GetUnicodeCategory(said[i]) is UnicodeCategory.Control or UnicodeCategory.Format
                    or UnicodeCategory.Surrogate or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                    ? '?'
                    : said[i];
            }
        });

    private void Complete(TargetLoginStep step)
    {
        _ended = true;
        Leave();
        _stream.AppendCopy(step.Response.Span);
        var session = _session!;
        _provider.SessionMade(session);
        _stream.MoveTo((StreamLoop)session.Loop, new TargetConnection(session, _login.Outcome!));
    }

    private void Fail(TargetLoginStep step)
    {
        _ended = true;
        _provider.Counters.Count(step.Fault);
        _provider.LoginRefused(
            _stream.RemoteEndPoint, _login.Identity?.InitiatorName.Value,
            (step.Detail is null ? $"{step.Fault}" : $"{step.Fault}, {step.Detail}") + $" ({step.Status})");
        if (step.Fault == LoginFault.AuthenticationFailed)
            _provider.Failures.TryTake(Address, _stream.Loop.NowNanoseconds);
        if (_dropped == DropReason.None) _dropped = DropReason.LoginFailed;
        if (!step.Response.IsEmpty) _stream.AppendCopy(step.Response.Span);
        _stream.CloseWhenSent();
    }

    private void Leave()
    {
        if (_left) return;
        _left = true;
        ForgetTerms();
        _provider.Pending.Remove(this);
        _stream.Loop.Disarm(_deadline);
        _over.Cancel();
        _over.Dispose();
    }

    private void ForgetTerms()
    {
        if (Interlocked.Exchange(ref _terms, null) is { } terms) _provider.Authority.Forget(terms);
    }

    private sealed class Go(LoginConnection login, Action action) : LoopWork
    {
        public override void Run()
        {
            if (login._stream.End == StreamEnd.None) action();
            else login.AnswerComesTooLate();
        }

        public override void Faulted(Exception fault) => login.Drop(DropReason.Fault);

        public override void Refused() => login.AnswerComesTooLate();
    }

    private sealed class Deadline(LoginConnection login) : LoopTimer
    {
        public override void Fire() => login.Drop(DropReason.LoginTimedOut);
    }
}
