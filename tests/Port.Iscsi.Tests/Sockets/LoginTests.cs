using System.Net;
using System.Net.Sockets;
using System.Text;
using Lunette.Iscsi;
using Lunette.Port.Iscsi.Connections;
using Lunette.Port.Iscsi.Login;
using Lunette.Port.Iscsi.Tests.Kit;
using Lunette.Scsi;
using Lunette.Stmf.Contracts.Statistics;
using Lunette.Testing;
using Lunette.Testing.Iscsi;

namespace Lunette.Port.Iscsi.Tests.Sockets;

public class LoginTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Login_ThenWriteAndRead_TheSameBytes(bool portable, bool digests)
    {
        await using var host = await TargetHost.StartAsync(portable: portable);
        using var initiator = await SocketInitiator.ConnectAsync(host.Portal.EndPoint);
        var settings = SocketInitiator.Settings();
        if (digests)
        {
            IReadOnlyList<Digest> both = [Digest.Crc32C];
            settings = settings with
            {
                Negotiation = settings.Negotiation with { HeaderDigests = both, DataDigests = both },
            };
        }
        Assert.Equal(LoginStatus.Success, await initiator.LoginAsync(settings));
        Assert.Equal((1, "the disks"), (initiator.Session.PortalGroupTag, initiator.Session.TargetAlias));
        await initiator.SettleAsync();
        foreach (var length in new[] { 512, 4096, 65536 })
        {
            var data = new byte[length];
            new Random(length).NextBytes(data);
            Assert.Equal(ScsiStatus.Good, await initiator.WriteAsync(7, data));
            Assert.Equal(data, await initiator.ReadAsync(7, length / 512));
        }
        Assert.Equal(1, host.Framework.FindTargetPort(TargetHost.TargetName)!.Sessions);
        await initiator.LogoutAsync();
        var totals = Assert.Single(host.Framework.TargetTotals).Totals;
        var (reads, writes) = (totals.Of(TaskDirection.In), totals.Of(TaskDirection.Out));
        Assert.Equal((3L, 70144L), (writes.Tasks, writes.Bytes));
        Assert.Equal((3L, 70144L), (reads.Tasks, reads.Bytes));
    }

    [Fact]
    public async Task Login_AliasThatWouldMoveATerminal_ShownWithoutIt()
    {
        await using var host = await TargetHost.StartAsync();
        using var initiator = await SocketInitiator.ConnectAsync(host.Portal.EndPoint);
        var said = "a\u009b2J\u202eb " + new string('c', 200);
        var settings = SocketInitiator.Settings() with { InitiatorAlias = said };
        Assert.Equal(LoginStatus.Success, await initiator.LoginAsync(settings));
        var alias = Assert.Single(host.Framework.SessionsAt(TargetHost.TargetName)!).Initiator.Alias;
        Assert.Equal("a?2J?b " + new string('c', 200), alias);
    }

    [Fact]
    public async Task Login_OverIpv6_Works()
    {
        if (!Socket.OSSupportsIPv6) Assert.Skip("the machine has no IPv6");
        await using var host = await TargetHost.StartAsync(at: IPAddress.IPv6Loopback);
        using var initiator = await SocketInitiator.ConnectAsync(host.Portal.EndPoint);
        Assert.Equal(LoginStatus.Success, await initiator.LoginAsync(SocketInitiator.Settings()));
        await initiator.SettleAsync();
    }

    [Fact]
    public async Task Discovery_SendTargets_ListsWhatIsOnline()
    {
        await using var host = await TargetHost.StartAsync();
        host.Provider.AddTarget(new IscsiTargetSettings(IscsiName.Parse("iqn.2026-11.example:offline")));
        using var initiator = await SocketInitiator.ConnectAsync(host.Portal.EndPoint);
        var settings = SocketInitiator.Settings() with { SessionType = SessionType.Discovery, TargetName = null };
        Assert.Equal(LoginStatus.Success, await initiator.LoginAsync(settings));
        await initiator.SendAsync<TextRequest>(
            t =>
            {
                t.InitiatorTaskTag = new InitiatorTaskTag(1);
                t.CmdSn = new CmdSn(1);
            },
            Encoding.ASCII.GetBytes("SendTargets=All\0"));
        var text = Encoding.ASCII.GetString((await initiator.ExpectAsync(PduOpCode.TextResponse)).Data);
        Assert.Equal($"TargetName={TargetHost.TargetName}\0TargetAddress={host.Portal.EndPoint},1\0", text);
    }

    [Fact]
    public async Task Login_TargetUnknown_NotFound()
    {
        await using var host = await TargetHost.StartAsync();
        using var initiator = await SocketInitiator.ConnectAsync(host.Portal.EndPoint);
        var settings = SocketInitiator.Settings() with { TargetName = IscsiName.Parse("iqn.2026-11.example:no") };
        Assert.Equal(LoginStatus.NotFound, await initiator.LoginAsync(settings));
        Assert.Null(await initiator.ReceiveAsync());
    }

    [Fact]
    public async Task Offline_ThenOnline_RefusedWithServiceUnavailableThenTakenAgain()
    {
        await using var host = await TargetHost.StartAsync();
        using var steady = await SocketInitiator.ConnectAsync(host.Portal.EndPoint);
        Assert.Equal(LoginStatus.Success, await steady.LoginAsync(SocketInitiator.Settings()));
        await steady.SettleAsync();
        Assert.True(host.Framework.OfflineTarget(TargetHost.TargetName, TimeSpan.FromSeconds(20)).Succeeded);
        var asked = await steady.ExpectAsync(PduOpCode.AsynchronousMessage);
        Assert.Equal((byte)AsyncEvent.LogoutRequest, asked.Header[36]);
        using (var late = await SocketInitiator.ConnectAsync(host.Portal.EndPoint))
            Assert.Equal(LoginStatus.ServiceUnavailable, await late.LoginAsync(SocketInitiator.Settings("late")));
        await steady.LogoutAsync();
        await host.OfflineAsync();
        await host.OnlineAsync();
        using var again = await SocketInitiator.ConnectAsync(host.Portal.EndPoint);
        Assert.Equal(LoginStatus.Success, await again.LoginAsync(SocketInitiator.Settings()));
    }

    [Fact]
    public async Task Offline_InitiatorNeverAnswers_DroppedAtTheDeadline()
    {
        await using var host = await TargetHost.StartAsync();
        using var deaf = await SocketInitiator.ConnectAsync(host.Portal.EndPoint);
        Assert.Equal(LoginStatus.Success, await deaf.LoginAsync(SocketInitiator.Settings()));
        await deaf.SettleAsync();
        host.Framework.OfflineTarget(TargetHost.TargetName, TimeSpan.FromSeconds(1));
        await host.OfflineAsync();
        await deaf.ExpectAsync(PduOpCode.AsynchronousMessage);
        Assert.Null(await deaf.ReceiveAsync());
        await host.ExpectDropsAsync(DropReason.LogoutTimedOut, 1);
    }

    [Fact]
    public async Task Login_SameInitiatorPortAgain_TheOldSessionIsReinstated()
    {
        await using var host = await TargetHost.StartAsync();
        using var first = await SocketInitiator.ConnectAsync(host.Portal.EndPoint);
        Assert.Equal(LoginStatus.Success, await first.LoginAsync(SocketInitiator.Settings()));
        using var other = await SocketInitiator.ConnectAsync(host.Portal.EndPoint);
        Assert.Equal(LoginStatus.Success, await other.LoginAsync(SocketInitiator.Settings(isid: 2)));
        using var second = await SocketInitiator.ConnectAsync(host.Portal.EndPoint);
        Assert.Equal(LoginStatus.Success, await second.LoginAsync(SocketInitiator.Settings()));
        Assert.Null(await first.ReceiveAsync());
        await host.ExpectDropsAsync(DropReason.SessionReinstated, 1);
        Assert.Equal(2, host.Framework.FindTargetPort(TargetHost.TargetName)!.Sessions);
        await other.SettleAsync();
        await second.SettleAsync();
    }

    [Fact]
    public async Task TargetColdReset_TwoSessions_AnsweredThenBothEnd()
    {
        await using var host = await TargetHost.StartAsync();
        using var asking = await SocketInitiator.ConnectAsync(host.Portal.EndPoint);
        Assert.Equal(LoginStatus.Success, await asking.LoginAsync(SocketInitiator.Settings("asking")));
        using var other = await SocketInitiator.ConnectAsync(host.Portal.EndPoint);
        Assert.Equal(LoginStatus.Success, await other.LoginAsync(SocketInitiator.Settings("other")));
        await asking.SendAsync<TaskManagementRequest>(t =>
        {
            t.Immediate = true;
            t.Function = TaskManagementFunctionCode.TargetColdReset;
            t.InitiatorTaskTag = new InitiatorTaskTag(9);
        });
        var answer = await asking.ExpectAsync(PduOpCode.TaskManagementResponse);
        Assert.Equal((byte)TaskManagementResponseCode.FunctionComplete, answer.Header[2]);
        Assert.Null(await asking.ReceiveAsync());
        Assert.Null(await other.ReceiveAsync());
        await host.ExpectDropsAsync(DropReason.TargetColdReset, 2);
    }

    [Theory]
    [InlineData("right secret!", LoginStatus.Success)]
    [InlineData("wrong secret!", LoginStatus.AuthenticationFailure)]
    public async Task Login_Chap_OnlyWithTheSecret(string secret, LoginStatus status)
    {
        await using var host = await TargetHost.StartAsync(authority: new SlowAuthority());
        using var initiator = await SocketInitiator.ConnectAsync(host.Portal.EndPoint);
        var settings = SocketInitiator.Settings() with
        {
            Credentials = new ChapCredentials("host", Secret(secret)),
            TargetCredentials = new ChapCredentials("target", Secret("target secret")),
        };
        Assert.Equal(status, await initiator.LoginAsync(settings));
        if (status != LoginStatus.Success) return;
        Assert.True(initiator.Session.TargetProven);
        await initiator.SettleAsync();
    }

    [Fact]
    public async Task Login_NotAuthorized_AuthorizationFailure()
    {
        await using var host = await TargetHost.StartAsync(authority: new SlowAuthority { Refuses = true });
        using var initiator = await SocketInitiator.ConnectAsync(host.Portal.EndPoint);
        Assert.Equal(LoginStatus.AuthorizationFailure, await initiator.LoginAsync(SocketInitiator.Settings()));
    }

    [Fact]
    public async Task Login_NeverFinished_DroppedAtTheDeadline()
    {
        var options = new IscsiPortOptions { LoginDeadline = TimeSpan.FromSeconds(1) };
        await using var host = await TargetHost.StartAsync(options);
        using var initiator = await SocketInitiator.ConnectAsync(host.Portal.EndPoint);
        await initiator.SendAsync(new byte[20]);
        Assert.Null(await initiator.ReceiveAsync());
        await host.ExpectDropsAsync(DropReason.LoginTimedOut, 1);
    }

    [Fact]
    public async Task Login_SessionsAtTheirBound_OutOfResources()
    {
        await using var host = await TargetHost.StartAsync(new IscsiPortOptions { SessionsMax = 1 });
        using var first = await SocketInitiator.ConnectAsync(host.Portal.EndPoint);
        Assert.Equal(LoginStatus.Success, await first.LoginAsync(SocketInitiator.Settings()));
        using var second = await SocketInitiator.ConnectAsync(host.Portal.EndPoint);
        Assert.Equal(LoginStatus.OutOfResources, await second.LoginAsync(SocketInitiator.Settings("other")));
    }

    [Fact]
    public async Task Connections_ManyHalfOpen_OldestGoAndRealInitiatorsGetIn()
    {
        var options = new IscsiPortOptions
        {
            PendingLoginsPerAddressMax = 50,
            LoginsPerSecondMax = 100_000,
            LoginDeadline = TimeSpan.FromMinutes(5),
        };
        await using var host = await TargetHost.StartAsync(options);
        using var steady = await SocketInitiator.ConnectAsync(host.Portal.EndPoint);
        Assert.Equal(LoginStatus.Success, await steady.LoginAsync(SocketInitiator.Settings("steady")));
        await steady.SettleAsync();
        var idle = new List<SocketInitiator>();
        for (var i = 0; i < 400; i++) idle.Add(await SocketInitiator.ConnectAsync(host.Portal.EndPoint));
        using var late = await SocketInitiator.ConnectAsync(host.Portal.EndPoint);
        Assert.Equal(LoginStatus.Success, await late.LoginAsync(SocketInitiator.Settings("late")));
        await late.SettleAsync();
        Assert.Equal(512, (await steady.ReadAsync(0, 1)).Length);
        await host.ExpectDropsAsync(DropReason.PendingLoginOfAddressEvicted, 351);
        Assert.Null(await idle[0].ReceiveAsync());
        foreach (var one in idle) one.Dispose();
    }

    [Fact]
    public async Task Connections_FasterThanTheRate_Refused()
    {
        await using var host = await TargetHost.StartAsync(new IscsiPortOptions { LoginsPerSecondMax = 1 });
        var refused = 0;
        for (var i = 0; i < 40; i++)
        {
            using var initiator = await SocketInitiator.ConnectAsync(host.Portal.EndPoint);
            if (await initiator.LoginAsync(SocketInitiator.Settings("host" + i)) != LoginStatus.Success) refused++;
        }
        Assert.True(refused > 0);
        await host.ExpectDropsAsync(DropReason.LoginRateExceeded, refused);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Connection_Garbage_DroppedAndOthersServed(int seed)
    {
        await using var host = await TargetHost.StartAsync();
        using var steady = await SocketInitiator.ConnectAsync(host.Portal.EndPoint);
        Assert.Equal(LoginStatus.Success, await steady.LoginAsync(SocketInitiator.Settings("steady")));
        await steady.SettleAsync();
        var random = new Random(seed);
        for (var i = 0; i < 30; i++)
        {
            using var noise = await SocketInitiator.ConnectAsync(host.Portal.EndPoint);
            var bytes = new byte[random.Next(48, 20_000)];
            random.NextBytes(bytes);
            if (random.Next(2) == 0) bytes[0] = 0x43;       // a login by its first byte
            try
            {
                await noise.SendAsync(bytes);
            }
            catch (IOException)
            {
                // Dropped while we were still talking.
            }
        }
        Assert.Equal(512, (await steady.ReadAsync(0, 1)).Length);
    }

    [Fact]
    public async Task Sessions_ComeAndGoAtRandom_ASteadyOneIsNotDisturbed()
    {
        await using var host = await TargetHost.StartAsync();
        using var steady = await SocketInitiator.ConnectAsync(host.Portal.EndPoint);
        Assert.Equal(LoginStatus.Success, await steady.LoginAsync(SocketInitiator.Settings("steady")));
        await steady.SettleAsync();
        using var over = new CancellationTokenSource();
        var others = Enumerable.Range(0, 16).Select(n => ComeAndGoAsync(host, n, over.Token)).ToArray();
        var random = new Random(16);
        for (var i = 0; i < 400; i++)
        {
            var data = new byte[random.Next(1, 64) * 512];
            random.NextBytes(data);
            Assert.Equal(ScsiStatus.Good, await steady.WriteAsync(0, data));
            Assert.Equal(data, await steady.ReadAsync(0, data.Length / 512));
        }
        await Eventually.IsSoAsync(() => host.Provider.Counters.Logins > 20);
        await over.CancelAsync();
        await Task.WhenAll(others);
    }

    private static async Task ComeAndGoAsync(TargetHost host, int number, CancellationToken over)
    {
        var random = new Random(number);
        while (!over.IsCancellationRequested)
        {
            using var initiator = await SocketInitiator.ConnectAsync(host.Portal.EndPoint);
            if (random.Next(8) == 0) continue;
            // Half of them share an initiator port, and so reinstate each other's sessions.
            var settings = SocketInitiator.Settings("guest" + (number % 8));
            if (await initiator.LoginAsync(settings) != LoginStatus.Success) continue;
            try
            {
                for (var i = random.Next(20); i > 0; i--)
                {
                    if (random.Next(2) == 0) await initiator.SendCommandAsync(Cdb.Read10(100, 8), read: 4096);
                    else await initiator.SendCommandAsync(Cdb.Write10((uint)(1000 + number), 1), write: new byte[512]);
                }
            }
            catch (IOException)
            {
                // Reinstated by another.
            }
        }
    }

    private static ChapSecret Secret(string text) => new(Encoding.ASCII.GetBytes(text));

    private sealed class SlowAuthority : ILoginAuthority
    {
        public bool Refuses { get; init; }

        public async ValueTask<TargetAuthenticationTerms?> AuthorizeAsync(
            LoginIdentity identity, IscsiTargetPort? target, CancellationToken stop)
        {
            await Task.Delay(20, stop);
            if (Refuses) return null;
            return new TargetAuthenticationTerms
            {
                Required = true,
                Initiator = new ChapCredentials("host", Secret("right secret!")),
                Target = new ChapCredentials("target", Secret("target secret")),
            };
        }
    }
}
