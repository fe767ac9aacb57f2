using Lunette.Iscsi;
using Lunette.Runtime.Streams;

namespace Lunette.Initiator.Iscsi;

/// <summary>
/// One connection to a target, from login to its end (RFC 7143 sections 6.3 and 11): it frames, checks digests and
/// lengths, and appends what its client wants sent. It belongs to its loop. What commands mean it does not know.
/// </summary>
internal sealed partial class InitiatorConnection : StreamHandler
{
    private readonly ConnectionClient _client;
    private readonly InitiatorLogin _login;
    private readonly LoginDeadline _deadline;
    private readonly TimeSpan _loginTimeout;
    private StreamConnection? _stream;
    private IscsiFault? _fault;
    private bool _fullFeature;

    public InitiatorConnection(ConnectionClient client, InitiatorLogin login, TimeSpan loginTimeout)
    {
        _client = client;
        _login = login;
        _loginTimeout = loginTimeout;
        _deadline = new LoginDeadline(this);
    }

    /// <summary>What the login came to; not before it is complete.</summary>
    public InitiatorLoginResult Outcome => _login.Outcome!;

    /// <summary>Where a target that moved sends us; empty when it does not.</summary>
    public IReadOnlyList<PortalAddress> Redirects => _login.Redirects;

    /// <summary>Whether the move is for good.</summary>
    public bool MovedPermanently { get; private set; }

    /// <summary>Bytes received; a change is a sign of life.</summary>
    public long ReceivedBytes => _stream?.ReceivedBytes ?? 0;

    /// <summary>Counts what has come since, however little of a long piece it is.</summary>
    public void TellOfAll() => _stream?.TellOfAll();

    public override void Attached(StreamConnection connection)
    {
        _stream = connection;
        _client.Connected(this);
        connection.Loop.Arm(_deadline, _loginTimeout);
        Follow(_login.Start());
    }

    /// <summary>Drops the connection; the first reason stays.</summary>
    public void Drop(IscsiFault fault)
    {
        _fault ??= fault;
        _stream?.Close();
    }

    public override void BatchEnding() => _client.BatchEnding();

    public override void Closed(StreamEnd end)
    {
        EndDirect();
        _stream!.Loop.Disarm(_deadline);
        _fault ??= end switch
        {
            StreamEnd.PeerClosed => new(IscsiFaultKind.ConnectionLost, "the target closed the connection"),
            StreamEnd.Reset => new(IscsiFaultKind.ConnectionLost, "the connection was reset"),
            StreamEnd.Fault => new(IscsiFaultKind.Internal, "a fault on the loop ended the connection"),
            StreamEnd.LoopEnded => ConnectionClient.LoopHasEnded,
            _ => new(IscsiFaultKind.ConnectionLost, $"the connection ended: {end}"),
        };
        _client.Closed(this, _fault);
    }

    private void Follow(InitiatorLoginStep step)
    {
        switch (step.Action)
        {
            case InitiatorLoginAction.Request:
                _stream!.AppendCopy(step.Request.Span);
                break;
            case InitiatorLoginAction.Complete:
                _stream!.Loop.Disarm(_deadline);
                _fullFeature = true;
                SetTerms(Outcome.Connection);
                _client.LoggedIn(this);
                break;
            case InitiatorLoginAction.Redirect:
                MovedPermanently = step.Status == LoginStatus.TargetMovedPermanently;
                Drop(new(IscsiFaultKind.LoginRefused, "the target moved", step.Status));
                break;
            default:
                Drop(LoginFaultOf(step));
                break;
        }
    }

    private static IscsiFault LoginFaultOf(InitiatorLoginStep step) => step.Fault == LoginFault.StatusOfTheTarget
        ? new(IscsiFaultKind.LoginRefused, $"the target refused the login: {step.Status}", step.Status)
        : new(IscsiFaultKind.LoginFailed, $"the login failed: {step.Fault}");

    private sealed class LoginDeadline(InitiatorConnection connection) : Runtime.Loops.LoopTimer
    {
        public override void Fire() =>
            connection.Drop(new(IscsiFaultKind.TimedOut, "the login took too long"));
    }
}
