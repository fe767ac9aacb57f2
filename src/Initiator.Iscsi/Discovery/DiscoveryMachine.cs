using Lunette.Iscsi;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Streams;

namespace Lunette.Initiator.Iscsi;

/// <summary>One discovery: login, SendTargets=All, logout (RFC 7143 appendix C). On its loop.</summary>
internal sealed class DiscoveryMachine : ConnectionClient
{
    private const uint TextTag = 1;
    private const uint LogoutTag = 2;
    private const int PairsMax = 100_000;

    private readonly IscsiInitiatorOptions _node;
    private readonly IscsiLoginOptions _options;
    private readonly IStreamDialer _dialer;
    private readonly Deadline _deadline;
    private readonly TextAccumulator _text = new(TextLimits.Discovery);
    private readonly List<TextPair> _pairs = [];
    private readonly HashSet<(string Host, int Port)> _visited = [];
    private readonly TaskCompletionSource<IReadOnlyList<TargetRecord>> _outcome =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IReadOnlyList<TargetRecord>? _targets;
    private PortalAddress _portal;
    private InitiatorConnection? _connection;
    private DiscoveryDial? _dial;
    private StatSn _expStatSn;
    private long _listUntil;
    private bool _isGivenUp;
    private bool _hasEnded;

    public DiscoveryMachine(IscsiInitiator initiator, IscsiLoginOptions options, PortalAddress portal)
        : this(initiator, options, portal, initiator.NextDialer())
    {
    }

    private DiscoveryMachine(
        IscsiInitiator initiator, IscsiLoginOptions options, PortalAddress portal, IStreamDialer dialer)
        : base(initiator, dialer.Loop)
    {
        _node = initiator.Options;
        _options = options;
        _dialer = dialer;
        _portal = portal;
        _deadline = new Deadline(this);
    }

    public Task<IReadOnlyList<TargetRecord>> Outcome => _outcome.Task;

    protected override void Begin()
    {
        _visited.Add((_portal.Host, _portal.Port));
        Dial();
    }

    public override void Close() => GiveUp(new(IscsiFaultKind.Closed, "the discovery was given up"));

    public override void Fault(IscsiFault fault) => GiveUp(fault);

    public override void Connected(InitiatorConnection connection) => _connection = connection;

    public override void LoggedIn(InitiatorConnection connection)
    {
        _expStatSn = connection.Outcome.ExpStatSn;
        var text = new TextBuilder();
        text.Add(Keys.SendTargets.Name, SendTargets.All);
        Ask(TargetTransferTag.Reserved, text.Take(LoginLimits.DataSegmentLengthMax));
    }

    public override IscsiFault? Receive(ReadOnlySpan<byte> bhs, ReadOnlySpan<byte> data)
    {
        var header = new BasicHeaderSegment(bhs);
        return header.OpCode switch
        {
            PduOpCode.TextResponse => ReceiveText(TextResponse.Over(header), data),
            PduOpCode.LogoutResponse when _targets is not null =>
                new IscsiFault(IscsiFaultKind.Closed, "logged out"),
            PduOpCode.NopIn when NopIn.Over(header).TargetTransferTag.IsReserved => null,
            _ => IscsiFault.Protocol($"a PDU with opcode {(byte)header.OpCode:X2}h in a discovery"),
        };
    }

    public override void Closed(InitiatorConnection connection, IscsiFault fault)
    {
        _connection = null;
        if (_targets is null && !_isGivenUp && FollowRedirect(connection, ref fault)) return;
        End(fault);
    }

    private IscsiFault? ReceiveText(TextResponse pdu, ReadOnlySpan<byte> data)
    {
        if (pdu.InitiatorTaskTag.Value != TextTag || _targets is not null)
            return IscsiFault.Protocol("a Text Response nobody asked for");
        if (pdu.StatSn != _expStatSn) return IscsiFault.Protocol($"StatSN {pdu.StatSn} where {_expStatSn} was next");
        _expStatSn = _expStatSn.Next;
        var malformed = _text.Append(data, pdu.Continue, out var pairs);
        if (malformed != TextFault.None) return IscsiFault.Protocol($"the list of targets is malformed: {malformed}");
        if (_pairs.Count + pairs.Count > PairsMax) return IscsiFault.Protocol("the list of targets has no end");
        _pairs.AddRange(pairs);
        if (!pdu.Final || pdu.Continue)
        {
            if (pdu.TargetTransferTag.IsReserved)
                return IscsiFault.Protocol("a list that goes on and names no transfer");
            if (data.IsEmpty) return IscsiFault.Protocol("a list that goes on and brings nothing");
            Ask(pdu.TargetTransferTag, []);
            return null;
        }
        if (!SendTargets.TryParseResponse(_pairs, out var targets))
            return IscsiFault.Protocol("the list of targets names what is no target, or no address");
        _targets = targets;
        LogOut();
        return null;
    }

    private void Ask(TargetTransferTag transfer, ReadOnlySpan<byte> text)
    {
        // Each answer has its time, and all together have theirs.
        if (_listUntil == 0) _listUntil = Loop.NowNanoseconds + ((long)_options.LoginTimeout.TotalMicroseconds * 8000);
        var left = TimeSpan.FromMicroseconds((_listUntil - Loop.NowNanoseconds) / 1000);
        Loop.Arm(_deadline, left < _options.LoginTimeout ? left : _options.LoginTimeout);
        var connection = _connection!;
        var header = connection.BeginHeader();
        var pdu = Pdu.Begin<TextRequest>(header);
        pdu.Immediate = true;
        pdu.InitiatorTaskTag = new(TextTag);
        pdu.TargetTransferTag = transfer;
        pdu.CmdSn = new CmdSn(1);
        pdu.ExpStatSn = _expStatSn;
        pdu.DataSegmentLength = text.Length;
        connection.EndHeader(header);
        connection.AppendData(text);
    }

    private void LogOut()
    {
        Loop.Arm(_deadline, _options.LogoutTimeout);
        var connection = _connection!;
        var header = connection.BeginHeader();
        var pdu = Pdu.Begin<LogoutRequest>(header);
        pdu.Immediate = true;
        pdu.Reason = LogoutReason.CloseSession;
        pdu.InitiatorTaskTag = new(LogoutTag);
        pdu.CmdSn = new CmdSn(1);
        pdu.ExpStatSn = _expStatSn;
        connection.EndHeader(header);
    }

    private void Dial()
    {
        var login = new InitiatorLogin(
            new InitiatorLoginSettings
            {
                InitiatorName = _node.Name,
                InitiatorAlias = _node.Alias,
                SessionType = SessionType.Discovery,
                Isid = _node.MakeIsid(),
                Credentials = _options.Credentials,
                TargetCredentials = _options.TargetCredentials,
                MayGoUnauthenticated = _options.MayGoUnauthenticated,
                Algorithms = _options.Algorithms,
                Negotiation = new()
                {
                    HeaderDigests = _options.HeaderDigests,
                    DataDigests = _options.DataDigests,
                    MaxRecvDataSegmentLength = 64 << 10,
                },
            },
            _node.Entropy.Fill);
        _dial = new DiscoveryDial(this, login);
        Loop.Arm(_deadline, _options.ConnectTimeout);
        _dialer.Dial(_portal.Host, _portal.Port, _dial);
    }

    private bool FollowRedirect(InitiatorConnection connection, ref IscsiFault fault)
    {
        if (connection.Redirects.Count == 0) return false;
        foreach (var address in connection.Redirects)
        {
            if (_visited.Count > _options.RedirectsMax || !_visited.Add((address.Host, address.Port))) continue;
            _portal = address;
            Dial();
            return true;
        }
        fault = new(IscsiFaultKind.RedirectedTooOften, "the portal sends from place to place");
        return false;
    }

    private void GiveUp(IscsiFault fault)
    {
        if (_hasEnded) return;
        _isGivenUp = true;
        _dial?.Abandon();
        if (_connection is { } connection) connection.Drop(fault);
        else End(fault);
    }

    private void End(IscsiFault fault)
    {
        Loop.Disarm(_deadline);
        _hasEnded = true;
        if (_targets is not null) _outcome.TrySetResult(_targets);
        else _outcome.TrySetException(new IscsiException(fault));
        HasEnded();
    }

    private sealed class Deadline(DiscoveryMachine machine) : LoopTimer
    {
        public override void Fire() =>
            machine.GiveUp(new(IscsiFaultKind.TimedOut, $"{machine._portal} did not answer in time"));

        public override void Faulted(Exception fault) => machine.Fault(fault);
    }

    private sealed class DiscoveryDial(DiscoveryMachine machine, InitiatorLogin login) : StreamDial
    {
        protected override StreamHandler Connected(StreamConnection connection)
        {
            machine.Loop.Disarm(machine._deadline);
            return new InitiatorConnection(machine, login, machine._options.LoginTimeout);
        }

        protected override void Failed(string reason) => machine.End(new(IscsiFaultKind.ConnectFailed, reason));
    }
}
