using Lunette.Initiator.Iscsi.Tests.Kit;
using Lunette.Iscsi;
using static Lunette.Initiator.Iscsi.Tests.Kit.SimulatedNetwork;

namespace Lunette.Initiator.Iscsi.Tests;

/// <summary>CHAP, refusals and redirects as a session and a discovery see them.</summary>
public sealed class LoginTests : IDisposable
{
    private static readonly ChapCredentials s_host = new("host", new("the host's secret"u8));
    private static readonly ChapCredentials s_disk = new("disk", new("the disk's secret"u8));
    private static readonly ChapCredentials s_wrong = new("host", new("another's secret"u8));

    private readonly SimulatedNetwork _net = new();

    public void Dispose() => _net.Dispose();

    [Theory]
    [InlineData(ChapAlgorithm.Md5, false)]
    [InlineData(ChapAlgorithm.Sha1, false)]
    [InlineData(ChapAlgorithm.Sha256, false)]
    [InlineData(ChapAlgorithm.Sha3, false)]
    [InlineData(ChapAlgorithm.Md5, true)]
    [InlineData(ChapAlgorithm.Sha1, true)]
    [InlineData(ChapAlgorithm.Sha256, true)]
    [InlineData(ChapAlgorithm.Sha3, true)]
    public async Task Chap_EachAlgorithm_LogsInAndBackIn(ChapAlgorithm algorithm, bool mutual)
    {
        DemandChap(mutual);
        var session = await _net.ConnectAsync(_net.Options with
        {
            Credentials = s_host,
            TargetCredentials = mutual ? s_disk : null,
            Algorithms = [algorithm],
        });
        Assert.Equal(mutual, session.Settings.TargetProven);
        _net.Cut();
        _net.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, session.Settings.Logins);
        await _net.CloseAsync(session);
    }

    [Fact]
    public async Task Chap_WrongSecretOrNone_ClearRefusal()
    {
        DemandChap(mutual: true);
        var wrong = await FaultAsync(_net.Options with { Credentials = s_wrong });
        Assert.Equal((IscsiFaultKind.LoginRefused, LoginStatus.AuthenticationFailure), (wrong.Kind, wrong.Status));
        Assert.DoesNotContain("secret", wrong.Text, StringComparison.Ordinal);
        var none = await FaultAsync(_net.Options);
        Assert.Equal(LoginStatus.AuthenticationFailure, none.Status);
        var impostor = await FaultAsync(_net.Options with
        {
            Credentials = s_host,
            TargetCredentials = new ChapCredentials("disk", new("what the disk knows not"u8)),
        });
        Assert.Equal(IscsiFaultKind.LoginFailed, impostor.Kind);
    }

    [Theory]
    [InlineData(LoginStatus.NotFound)]
    [InlineData(LoginStatus.ServiceUnavailable)]
    [InlineData(LoginStatus.AuthorizationFailure)]
    public async Task Login_Refused_CallerLearnsTheStatusAtOnce(LoginStatus status)
    {
        _net.Target.Decide = _ => LoginDecision.Refuse(status);
        var fault = await FaultAsync(_net.Options);
        Assert.Equal((IscsiFaultKind.LoginRefused, status), (fault.Kind, fault.Status));
        Assert.Single(_net.Dials);
    }

    [Fact]
    public async Task Login_FirstPortalDead_NextIsTried()
    {
        var session = await _net.ConnectAsync(_net.Options with
        {
            Portals = [new("dead", 1), new("dead", 2), new("sim", 3260)],
        });
        Assert.Equal(["dead:1", "dead:2", "sim:3260"], _net.Dials);
        Assert.Equal("sim", session.Settings.Portal.Host);
        await _net.CloseAsync(session);
        var fault = await FaultAsync(_net.Options with { Portals = [new("dead", 1), new("dead", 2)] });
        Assert.Equal(IscsiFaultKind.ConnectFailed, fault.Kind);
    }

    [Theory]
    [InlineData(false, "sim:3260")]
    [InlineData(true, "there:4000")]
    public async Task Redirect_Followed_NextLoginBeginsWhereItBelongs(bool permanently, string next)
    {
        var there = new SimulatedTarget();
        _net.Others[4000] = there;
        _net.Target.Decide = _ => LoginDecision.Redirect(new("there", 4000), permanently);
        var session = await _net.ConnectAsync();
        Assert.Equal(["sim:3260", "there:4000"], _net.Dials);
        Assert.Equal(1, there.Logins);
        _net.Dials.Clear();
        _net.Cut();
        _net.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(next, _net.Dials[0]);
        Assert.Equal(2, there.Logins);
        await _net.CloseAsync(session);
    }

    [Fact]
    public async Task Redirect_ToItselfOrInACircle_Refused()
    {
        _net.Target.Decide = _ => LoginDecision.Redirect(new("sim", 3260), permanently: true);
        Assert.Equal(IscsiFaultKind.RedirectedTooOften, (await FaultAsync(_net.Options)).Kind);
        Assert.Single(_net.Dials);
        _net.Others[4000] = new() { Decide = _ => LoginDecision.Redirect(new("sim", 3260), permanently: false) };
        _net.Target.Decide = _ => LoginDecision.Redirect(new("there", 4000), permanently: false);
        _net.Dials.Clear();
        Assert.Equal(IscsiFaultKind.RedirectedTooOften, (await FaultAsync(_net.Options)).Kind);
        Assert.Equal(2, _net.Dials.Count);
    }

    [Fact]
    public async Task Redirect_OnAndOn_RefusedAtTheBound()
    {
        for (var port = 4000; port < 4100; port++)
        {
            var next = port + 1;
            _net.Others[port] = new() { Decide = _ => LoginDecision.Redirect(new("there", next), permanently: false) };
        }
        _net.Target.Decide = _ => LoginDecision.Redirect(new("there", 4000), permanently: false);
        Assert.Equal(IscsiFaultKind.RedirectedTooOften, (await FaultAsync(_net.Options)).Kind);
        Assert.Equal(9, _net.Dials.Count);
    }

    [Fact]
    public async Task ConnectAsync_Cancelled_GivesUp()
    {
        _net.Target.Swallow = true;
        using var stop = new CancellationTokenSource();
        var connecting = IscsiSession.ConnectAsync(_net.Initiator, _net.Options, stop.Token);
        _net.Pump();
        await stop.CancelAsync();
        _net.Pump();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);
        Assert.Equal(0, _net.OpenWires);
    }

    private void DemandChap(bool mutual) => _net.Target.Terms = _net.Target.Terms with
    {
        Authentication = new() { Required = true, Initiator = s_host, Target = mutual ? s_disk : null },
    };

    private async Task<IscsiFault> FaultAsync(IscsiSessionOptions options)
    {
        var connecting = IscsiSession.ConnectAsync(_net.Initiator, options, TestContext.Current.CancellationToken);
        _net.Advance(TimeSpan.FromMilliseconds(100));
        var thrown = await Assert.ThrowsAsync<IscsiException>(
            () => connecting.WaitAsync(Patience, TestContext.Current.CancellationToken));
        return thrown.Fault;
    }
}
