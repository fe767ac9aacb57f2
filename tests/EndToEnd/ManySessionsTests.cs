using System.Globalization;
using System.Net.Sockets;
using Lunette.Iscsi;
using Lunette.Testing;
using Lunette.Testing.Iscsi;

namespace Lunette.EndToEnd;

/// <summary>Many initiators at once, and more that only pretend to be some.</summary>
public sealed class ManySessionsTests : EndToEndTests
{
    private const int Guests = 64;
    private const int HalfOpen = 10_000;
    private const string Leased = "buffers leased, bytes";
    // Each of three loops keeps up to 64 send queues, with a block of 16 KiB each, for the next connections.
    private const long KeptBytes = 3 * 64 * (16 << 10);
    private const string SecondsVariable = "LUNETTE_CHURN_SECONDS";

    // 64 sessions come and go at random; one of them is steady, and must not notice. Nothing is left of the others.
    [Fact]
    public async Task Sessions_ComeAndGoAtRandom_TheSteadyOneIsServedAndNothingIsLeft()
    {
        var seconds = int.TryParse(
            Environment.GetEnvironmentVariable(SecondsVariable), CultureInfo.InvariantCulture, out var set) ? set : 60;
        await using var daemon = await RunningDaemon.StartAsync(Home);
        await using var steady = await Steady.ConnectAsync(daemon);
        await steady.ReadAsync(0, 1);
        // A first round, after which everything that is kept for good has been made.
        using (var first = new CancellationTokenSource())
        {
            var verifies = steady.VerifyUntilAsync(first.Token);
            await CrowdAsync(daemon, TimeSpan.FromSeconds(2));
            await first.CancelAsync();
            await verifies;
        }
        await WaitForAsync(async () => (await daemon.StatusAsync()).Sessions == 1);
        var (sockets, leased) = (daemon.OpenSockets(), await daemon.CounterAsync(Leased));

        using var over = new CancellationTokenSource();
        var verified = steady.VerifyUntilAsync(over.Token);
        var logins = await CrowdAsync(daemon, TimeSpan.FromSeconds(seconds));
        await over.CancelAsync();
        Assert.True(await verified > 0);
        Assert.Equal(1, steady.Session.Settings.Logins);
        Assert.True(logins > Guests, $"{logins} logins");

        await WaitForAsync(async () => (await daemon.StatusAsync()).Sessions == 1
            && daemon.OpenSockets() <= sockets && await daemon.CounterAsync(Leased) <= leased + KeptBytes);
        Assert.Equal(0, await daemon.CounterAsync("dropped Fault"));
        Assert.Equal(0, await daemon.StopAsync());
    }

    // A cap per address, the oldest goes first: who means it gets in, who is in is not disturbed.
    [Fact]
    public async Task Connections_TenThousandHalfOpen_RealInitiatorsGetIn()
    {
        var inquiry = Peer.Require("iscsi-inq");
        RequireDescriptors(HalfOpen);
        await using var daemon = await RunningDaemon.StartAsync(Home);
        await using var steady = await Steady.ConnectAsync(daemon);
        using var over = new CancellationTokenSource();
        var verified = steady.VerifyUntilAsync(over.Token);
        var memory = daemon.ResidentBytes();
        var open = new List<Socket>(HalfOpen);
        try
        {
            for (var i = 0; i < HalfOpen; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                open.Add(socket);
                await socket.ConnectAsync(daemon.EndPoint, Stop);
                // Some begin to log in and never end.
                if (i % 3 == 0) await socket.SendAsync(new byte[] { 0x43, 0x87, 0, 0 }, Stop);
            }
            // The flood comes from its address, too, and may have used up what that may do in this moment.
            await WaitForAsync(async () => (await Command.RunAsync(inquiry, daemon.Url)).Exit == 0);
            await Eventually.IsSoAsync(() => daemon.OpenSockets() is >= 1 and <= 1000);
            Assert.InRange(daemon.ResidentBytes() - memory, long.MinValue, 300L << 20);
        }
        finally
        {
            foreach (var socket in open) socket.Dispose();
        }
        await over.CancelAsync();
        Assert.True(await verified > 0);
        Assert.Equal(1, steady.Session.Settings.Logins);
        var evicted = await daemon.CounterAsync("dropped PendingLoginOfAddressEvicted");
        var tooFast = await daemon.CounterAsync("dropped LoginRateExceeded");
        // Each was let go for a named reason; those that were left have gone by themselves or by their time.
        Assert.InRange(evicted + tooFast, HalfOpen - 2000, HalfOpen);
        Assert.True(evicted > 0);
    }

    // All guests for a time: first all of them at once, then each as it likes; how often they logged in.
    private static async Task<int> CrowdAsync(RunningDaemon daemon, TimeSpan time)
    {
        using var over = new CancellationTokenSource();
        using var missing = new CountdownEvent(Guests);
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var guests = Enumerable.Range(0, Guests).Select(n => ComeAndGoAsync(daemon, n, Arrive, over.Token)).ToArray();
        await Eventually.IsSoAsync(() => missing.IsSet || guests.Any(guest => guest.IsCompleted));
        if (missing.IsSet) Assert.Equal(Guests + 1, (await daemon.StatusAsync()).Sessions);
        released.SetResult();
        over.CancelAfter(time);
        return (await Task.WhenAll(guests)).Sum();

        Task Arrive()
        {
            missing.Signal();
            return released.Task;
        }
    }

    // Logs in, reads and writes, and leaves: with a logout, in the middle of something, or before it is in.
    private static async Task<int> ComeAndGoAsync(
        RunningDaemon daemon, int number, Func<Task> arrive, CancellationToken over)
    {
        var random = new Random(number);
        var logins = 0;
        while (!over.IsCancellationRequested)
        {
            using var guest = await SocketInitiator.ConnectAsync(daemon.EndPoint);
            if (logins > 0 && random.Next(8) == 0) continue;
            var settings = SocketInitiator.Settings($"guest{number}", target: daemon.Target);
            Assert.Equal(LoginStatus.Success, await guest.LoginAsync(settings));
            await guest.SettleAsync();
            if (logins++ == 0) await arrive();
            var lba = (uint)(100_000 + (number * 1000));
            for (var i = random.Next(20); i > 0; i--)
            {
                var data = new byte[random.Next(1, 17) * 512];
                random.NextBytes(data);
                await guest.WriteAsync(lba, data);
                Assert.Equal(data, await guest.ReadAsync(lba, data.Length / 512));
            }
            if (random.Next(3) == 0) await guest.LogoutAsync();
            else if (random.Next(2) == 0) await guest.SendCommandAsync(Cdb.Read10(lba, 128), read: 65536);
        }
        return logins;
    }
}
