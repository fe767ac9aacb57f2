using System.Text;
using Lunette.Iscsi;
using Lunette.Port.Iscsi.Login;
using Lunette.Port.Iscsi.Tests.Kit;
using Lunette.Testing;
using Lunette.Testing.Iscsi;

namespace Lunette.Port.Iscsi.Tests.Sockets;

/// <summary>A port that ends, and loops that end under it: every session is over with it, and nobody waits.</summary>
public class EndedLoopTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Dispose_LoopsEndedBefore_EverySessionIsOver()
    {
        await using var host = await TargetHost.StartAsync();
        using var idle = await SocketInitiator.ConnectAsync(host.Portal.EndPoint);
        Assert.Equal(LoginStatus.Success, await idle.LoginAsync(SocketInitiator.Settings("idle")));
        using var busy = await SocketInitiator.ConnectAsync(host.Portal.EndPoint);
        Assert.Equal(LoginStatus.Success, await busy.LoginAsync(SocketInitiator.Settings("busy", isid: 2)));
        await busy.SettleAsync();
        await host.Loops.DisposeAsync();
        await Within(host.Provider.DisposeAsync());
        Assert.Equal((0, 0), (host.Provider.SessionCount, SessionsOf(host)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Login_LoopOfTheSessionHasEnded_ConnectionClosedAndSessionOver(bool portable)
    {
        await using var host = await TargetHost.StartAsync(portable: portable);
        foreach (var loop in host.Loops.Loops) await loop.DisposeAsync();
        using var initiator = await SocketInitiator.ConnectAsync(host.Portal.EndPoint);
        // It may hear of its success before the end.
        if (await initiator.LoginAsync(SocketInitiator.Settings()) == LoginStatus.Success)
            Assert.Null(await initiator.ReceiveAsync());
        await Eventually.IsSoAsync(() => host.Provider.SessionCount == 0 && SessionsOf(host) == 0);
        await Within(host.Provider.DisposeAsync());
    }

    // The login is on its way through the control loop while the port ends: the session it makes ends as well.
    [Fact]
    public async Task Dispose_LoginIsBeingCompleted_ItsSessionIsOver()
    {
        using var authority = new HoldingAuthority();
        await using var host = await TargetHost.StartAsync(authority: authority);
        using var initiator = await SocketInitiator.ConnectAsync(host.Portal.EndPoint);
        await initiator.SendAsync(WirePdu.Build<LoginRequest>(
            login =>
            {
                login.Transit = true;
                login.CurrentStage = LoginStage.LoginOperationalNegotiation;
                login.NextStage = LoginStage.FullFeaturePhase;
                login.Isid = new Isid(1);
            },
            Encoding.ASCII.GetBytes(
                $"InitiatorName=iqn.2026-11.example:host\0TargetName={TargetHost.TargetName}\0SessionType=Normal\0")));
        await authority.IsAsked.WaitAsync(Eventually.Patience, Stop);
        var disposing = host.Provider.DisposeAsync();
        authority.Answers();
        var header = (await initiator.ExpectAsync(PduOpCode.LoginResponse)).Header;
        var answer = LoginResponse.Over((ReadOnlySpan<byte>)header);
        Assert.Equal((LoginStatus.Success, LoginStage.FullFeaturePhase), (answer.Status, answer.NextStage));
        await Within(disposing);
        Assert.Equal((0, 0), (host.Provider.SessionCount, SessionsOf(host)));
        Assert.Null(await initiator.ReceiveAsync());
    }

    private static int SessionsOf(TargetHost host) => host.Framework.SessionsAt(TargetHost.TargetName)!.Count;

    private static Task Within(ValueTask task) => task.AsTask().WaitAsync(Eventually.Patience, Stop);

    // Answers on the control loop, which stands still meanwhile.
    private sealed class HoldingAuthority : ILoginAuthority, IDisposable
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _answers = new();

        public Task IsAsked => _asked.Task;

        public void Answers() => _answers.Set();

        public void Dispose() => _answers.Dispose();

        public ValueTask<TargetAuthenticationTerms?> AuthorizeAsync(
            LoginIdentity identity, IscsiTargetPort? target, CancellationToken stop)
        {
            _asked.SetResult();
            _answers.Wait(Eventually.Patience, CancellationToken.None);
            return ValueTask.FromResult<TargetAuthenticationTerms?>(TargetAuthenticationTerms.None);
        }
    }
}
