using Lunette.Admin.Contracts;
using Lunette.Iscsi;
using Lunette.Testing;
using Lunette.Testing.Iscsi;

namespace Lunette.EndToEnd;

/// <summary>
/// <c>stmfOfflineTarget</c> over the wire with commands under way: from libiscsi here, from QEMU in
/// <see cref="QemuTests"/>, and from an initiator that never answers.
/// </summary>
public sealed class OfflineTargetTests : EndToEndTests
{
    private const string Second = "iqn.2026-11.example:second";

    [Fact]
    public async Task OfflineTarget_LibiscsiAtWork_GoesOnWhenItIsBack()
    {
        Peer.RequirePackage("libiscsi-dev");
        var program = Path.Combine(Folder, "steady");
        await Command.DoAsync(
            Peer.Require("gcc"), "-std=gnu11", "-Wall", "-Werror", "-o", program,
            Path.Combine(Repository.Root, "tests", "EndToEnd", "Programs", "steady.c"), "-liscsi");
        await using var daemon = await RunningDaemon.StartAsync(Home);
        var over = Path.Combine(Folder, "over");
        using var steady = Command.Start(program, [daemon.Url, over]);
        var output = steady.StandardOutput.ReadToEndAsync(Stop);
        var error = steady.StandardError.ReadToEndAsync(Stop);
        await WorksAsync(daemon);
        await daemon.DoAsync($"stmfadm offline-target {daemon.Target}");
        Assert.Equal(0, (await daemon.StatusAsync()).Sessions);
        await daemon.DoAsync($"stmfadm online-target {daemon.Target}");
        await WorksAsync(daemon);
        Assert.False(steady.HasExited, "it gave up");
        await File.WriteAllTextAsync(over, "", Stop);
        await steady.WaitForExitAsync(Stop).WaitAsync(Eventually.Patience, Stop);
        Assert.True(steady.ExitCode == 0, await error);
        Assert.True(int.Parse(await output, System.Globalization.CultureInfo.InvariantCulture) > 0);
        // It logged out as it was asked to, and was not dropped.
        await daemon.CountsAsync("dropped LoggedOut", 2);
        Assert.Equal(0, await daemon.CounterAsync("dropped LogoutTimedOut"));
    }

    [Fact]
    public async Task OfflineTarget_InitiatorReadsOnAndNeverAnswers_DroppedAtTheDeadline()
    {
        await using var daemon = await RunningDaemon.StartAsync(Home, "--limit", "offline-seconds=15");
        await daemon.DoAsync($"itadm create-target -n {Second}");
        await using var other = await Steady.ConnectAsync(daemon, "other", Second);
        using var over = new CancellationTokenSource();
        var served = other.VerifyUntilAsync(over.Token);

        using var deaf = await SocketInitiator.ConnectAsync(daemon.EndPoint);
        var settings = SocketInitiator.Settings("deaf", target: daemon.Target);
        Assert.Equal(LoginStatus.Success, await deaf.LoginAsync(settings));
        await deaf.SettleAsync();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reads = ReadOnAsync(deaf, asked);

        await using var admin = daemon.Administer();
        var target = Named(daemon.Target);
        Assert.Equal(StmfStatus.NotFound, (await admin.OfflineTargetAsync(Named(Second + "-not"))).Status);
        Assert.Equal(StmfStatus.Success, (await admin.OfflineTargetAsync(target)).Status);
        // Going offline: said again it is no mistake, the other way is not open, and nobody gets in.
        Assert.Equal(StmfStatus.Success, (await admin.OfflineTargetAsync(target)).Status);
        Assert.Equal(StmfStatus.Busy, (await admin.OnlineTargetAsync(target)).Status);
        await asked.Task.WaitAsync(Eventually.Patience, Stop);
        using (var late = await SocketInitiator.ConnectAsync(daemon.EndPoint))
            Assert.Equal(
                LoginStatus.ServiceUnavailable,
                await late.LoginAsync(SocketInitiator.Settings("late", target: daemon.Target)));
        Assert.True(await reads.WaitAsync(Eventually.Patience, Stop) > 0, "it was not served until the deadline");
        // Answers when the target is offline: the state has been reached already, or is waited for.
        await daemon.DoAsync($"stmfadm offline-target {daemon.Target}");
        await daemon.CountsAsync("dropped LogoutTimedOut", 1);
        Assert.Equal(StmfStatus.Success, (await admin.OfflineTargetAsync(target)).Status);

        await daemon.DoAsync($"stmfadm online-target {daemon.Target}");
        using (var again = await SocketInitiator.ConnectAsync(daemon.EndPoint))
            Assert.Equal(LoginStatus.Success, await again.LoginAsync(settings));
        await over.CancelAsync();
        Assert.True(await served > 0);
        Assert.Equal(1, other.Session.Settings.Logins);
    }

    // Reads until it is dropped, deaf to being asked to log out; how many reads were answered after that.
    private static async Task<int> ReadOnAsync(SocketInitiator deaf, TaskCompletionSource asked)
    {
        var after = 0;
        try
        {
            while (true)
            {
                await deaf.SendCommandAsync(Cdb.Read10(0, 8), read: 4096);
                for (var answered = false; !answered;)
                {
                    var pdu = await deaf.ReceiveAsync();
                    if (pdu is null) return after;
                    if (pdu.OpCode == PduOpCode.AsynchronousMessage)
                    {
                        Assert.Equal((byte)AsyncEvent.LogoutRequest, pdu.Header[36]);
                        asked.TrySetResult();
                        continue;
                    }
                    Assert.Equal(PduOpCode.DataIn, pdu.OpCode);
                    answered = DataIn.Over((ReadOnlySpan<byte>)pdu.Header).HasStatus;
                }
                if (asked.Task.IsCompleted) after++;
            }
        }
        catch (IOException)
        {
            return after;
        }
    }

    private static Devid Named(string name) =>
        Devid.TryParse(name, out var devid) ? devid : throw new FormatException(name);

    private static async Task WorksAsync(RunningDaemon daemon)
    {
        var before = (await daemon.StatusAsync()).Commands;
        await WaitForAsync(async () => (await daemon.StatusAsync()).Commands > before + 100);
    }
}
