using Lunette.Stmf.Contracts;
using Lunette.Stmf.Observability;
using Lunette.Stmf.Tests.Kit;
using Lunette.Stmf.Transitions;

namespace Lunette.Stmf.Tests;

/// <summary>Online and offline of target ports.</summary>
public class TargetPortTests
{
    private const string Name = "iqn.2026-11.example:disks";
    private const string Host = "iqn.2026-11.example:host";

    [Fact]
    public async Task OfflineTarget_SessionsOpen_LoggedOutThenOffline()
    {
        await using var target = await Target.StartAsync();
        var port = await target.PortAsync(Name);
        var other = await target.PortAsync(Name + "2");
        Assert.NotNull(port.Open(Host, target.Loop));
        Assert.NotNull(port.Open(Host + "2", target.Loop));
        Assert.NotNull(other.Open(Host, target.Loop));

        Target.Accepted(target.Framework.OfflineTarget(Name));
        Assert.Equal(ObjectState.Offlining, target.Framework.FindTargetPort(Name)!.State);
        Assert.Null(port.Open(Host + "3", target.Loop));
        Target.Accepted(await target.Wait(target.Framework.WaitForTargetAsync(Name, online: false).AsTask()));

        Assert.Equal(ObjectState.Offline, target.Framework.FindTargetPort(Name)!.State);
        Assert.Empty(target.Framework.SessionsAt(Name)!);
        Assert.Single(target.Framework.SessionsAt(other.Name)!);
        Assert.Equal(["online", "acknowledged", "offline 30", "acknowledged"], port.Log);

        Target.Accepted(target.Framework.OnlineTarget(Name));
        Target.Accepted(await target.Wait(target.Framework.WaitForTargetAsync(Name, online: true).AsTask()));
        Assert.NotNull(port.Open(Host, target.Loop));
    }

    [Fact]
    public async Task OfflineTarget_AlreadyOfflineOrGoing_Success()
    {
        await using var target = await Target.StartAsync();
        var port = await target.PortAsync(Name);
        var gate = new TaskCompletionSource<ControlResult>();
        port.WhenOffline = () => new(gate.Task);
        Target.Accepted(target.Framework.OfflineTarget(Name));
        Target.Accepted(target.Framework.OfflineTarget(Name));
        Target.Refused(Refusal.Busy, target.Framework.OnlineTarget(Name));
        gate.SetResult(ControlResult.Success);
        Target.Accepted(await target.Wait(target.Framework.WaitForTargetAsync(Name, online: false).AsTask()));
        Target.Accepted(target.Framework.OfflineTarget(Name));
        Assert.Single(port.Log, line => line.StartsWith("offline", StringComparison.Ordinal));
    }

    [Fact]
    public async Task OnlineTarget_AlreadyOnlineOrGoing_SuccessAndOfflineIsBusy()
    {
        await using var target = await Target.StartAsync(online: false);
        var port = await target.PortAsync(Name);
        var gate = new TaskCompletionSource<ControlResult>();
        port.WhenOnline = _ => new(gate.Task);
        Target.Accepted(target.Framework.OnlineTarget(Name));
        Target.Accepted(target.Framework.OnlineTarget(Name));
        Target.Refused(Refusal.Busy, target.Framework.OfflineTarget(Name));
        gate.SetResult(ControlResult.Success);
        Target.Accepted(await target.Wait(target.Framework.WaitForTargetAsync(Name, online: true).AsTask()));
        Target.Accepted(target.Framework.OnlineTarget(Name));
        Assert.Equal(["online", "acknowledged"], port.Log);
    }

    [Fact]
    public async Task Requests_Stranger_NotFound()
    {
        await using var target = await Target.StartAsync();
        Target.Refused(Refusal.NotFound, target.Framework.OfflineTarget("iqn.nobody"));
        Target.Refused(Refusal.NotFound, target.Framework.OnlineTarget("iqn.nobody"));
        Target.Refused(Refusal.NotFound, target.Framework.FaultTarget("iqn.nobody", "x", recover: true));
        Target.Refused(Refusal.NotFound, target.Framework.DeregisterTargetPort("iqn.nobody"));
        Target.Refused(Refusal.NotFound, await target.Framework.WaitForTargetAsync("iqn.nobody", online: true));
        Assert.Null(target.Framework.SessionsAt("iqn.nobody"));
        Assert.Empty(target.Framework.DescribeTarget("iqn.nobody"));
    }

    [Fact]
    public async Task OnlineTarget_ProviderFails_BackToOfflineWithReason()
    {
        await using var target = await Target.StartAsync(online: false);
        var port = await target.PortAsync(Name);
        port.WhenOnline = _ => new(ControlResult.Failure("address in use"));
        Target.Accepted(target.Framework.OnlineTarget(Name));
        var waited = await target.Wait(target.Framework.WaitForTargetAsync(Name, online: true).AsTask());
        Target.Refused(Refusal.TransitionFailed, waited);
        Assert.Contains("address in use", waited.Detail, StringComparison.Ordinal);
        Assert.Equal("address in use", target.Framework.FindTargetPort(Name)!.LastFailure);
        Assert.Equal(["online", "acknowledged"], port.Log);
    }

    [Fact]
    public async Task OnlineTarget_ProviderThrows_BackToOfflineWithReason()
    {
        await using var target = await Target.StartAsync(online: false);
        var port = await target.PortAsync(Name);
        port.WhenOnline = _ => throw new InvalidOperationException("cable gone");
        Target.Accepted(target.Framework.OnlineTarget(Name));
        var waited = await target.Wait(target.Framework.WaitForTargetAsync(Name, online: true).AsTask());
        Assert.Contains("cable gone", waited.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OfflineTarget_ProviderFails_BackToOnline()
    {
        await using var target = await Target.StartAsync();
        var port = await target.PortAsync(Name);
        port.WhenOffline = () => new(ControlResult.Failure("will not"));
        Target.Accepted(target.Framework.OfflineTarget(Name));
        var waited = await target.Wait(target.Framework.WaitForTargetAsync(Name, online: false).AsTask());
        Target.Refused(Refusal.TransitionFailed, waited);
        Assert.Equal(ObjectState.Online, target.Framework.FindTargetPort(Name)!.State);
        Assert.NotNull(port.Open(Host, target.Loop));
    }

    [Fact]
    public async Task OfflineTarget_InitiatorNeverLogsOut_DroppedAtDeadline()
    {
        await using var target = await Target.StartAsync();
        var port = await target.PortAsync(Name);
        port.InitiatorsLogOut = false;
        Assert.NotNull(port.Open(Host, target.Loop));
        Target.Accepted(target.Framework.OfflineTarget(Name, deadline: TimeSpan.FromSeconds(7)));
        await target.UntilAsync(() => port.Log.Contains("offline 7"));

        var progress = target.Framework.FindTargetPort(Name)!;
        Assert.Equal(ObjectState.Offlining, progress.State);
        Assert.Equal(1, progress.Sessions);
        Assert.Equal(target.Clock.GetUtcNow() + TimeSpan.FromSeconds(7), progress.Deadline);

        target.Clock.Advance(TimeSpan.FromSeconds(7));
        Target.Accepted(await target.Wait(target.Framework.WaitForTargetAsync(Name, online: false).AsTask()));
        Assert.Contains("dropped", port.Log);
        Assert.DoesNotContain("stopped", port.Log);
        Assert.Null(target.Framework.FindTargetPort(Name)!.Deadline);
    }

    [Fact]
    public async Task OfflineTarget_ProviderWaitsTooLong_ItsWaitIsEnded()
    {
        await using var target = await Target.StartAsync(
            options: new() { TargetOfflineGrace = TimeSpan.FromSeconds(-3) });
        var port = await target.PortAsync(Name);
        port.InitiatorsLogOut = false;
        Assert.NotNull(port.Open(Host, target.Loop));
        Target.Accepted(target.Framework.OfflineTarget(Name, deadline: TimeSpan.FromSeconds(10)));
        await target.UntilAsync(() => port.Log.Contains("offline 10"));
        target.Clock.Advance(TimeSpan.FromSeconds(7));
        Target.Accepted(await target.Wait(target.Framework.WaitForTargetAsync(Name, online: false).AsTask()));
        Assert.Contains("stopped", port.Log);
    }

    [Fact]
    public async Task OfflineTarget_DeadlineInThePast_InvalidArgument()
    {
        await using var target = await Target.StartAsync();
        await target.PortAsync(Name);
        Target.Refused(Refusal.InvalidArgument, target.Framework.OfflineTarget(Name, TimeSpan.FromSeconds(-1)));
        Assert.Equal(ObjectState.Online, target.Framework.FindTargetPort(Name)!.State);
    }

    [Fact]
    public async Task FaultTarget_Recovering_ComesBack()
    {
        await using var target = await Target.StartAsync();
        var port = await target.PortAsync(Name);
        Target.Accepted(target.Framework.FaultTarget(Name, "link down", recover: true));
        await target.UntilAsync(() => port.Acknowledged == 3);
        Assert.Equal(ObjectState.Online, target.Framework.FindTargetPort(Name)!.State);
        Assert.Contains(target.Framework.DescribeTarget(Name), t => t.Cause == "link down");
    }

    [Fact]
    public async Task FaultTarget_FourOnlinesWithin30SecondsEach_ForcedOfflineUntilAsked()
    {
        await using var target = await Target.StartAsync();
        var port = await target.PortAsync(Name);
        for (var time = 2; time <= 4; time++)
        {
            target.Clock.Advance(TimeSpan.FromSeconds(29));
            await FaultAsync(target, port);
        }
        await target.UntilAsync(() => target.Framework.FindTargetPort(Name)!.State == ObjectState.ForcedOffline);
        Assert.Null(port.Open(Host, target.Loop));

        // The service does not bring it back, only the administrator does, and then it may stumble again.
        Target.Accepted(target.Framework.Offline());
        await target.Wait(target.Framework.WaitForServiceAsync().AsTask());
        Target.Accepted(target.Framework.Online());
        Assert.Equal(ServiceState.Online, await target.Wait(target.Framework.WaitForServiceAsync().AsTask()));
        Assert.Equal(ObjectState.ForcedOffline, target.Framework.FindTargetPort(Name)!.State);

        Target.Accepted(target.Framework.OnlineTarget(Name));
        Target.Accepted(await target.Wait(target.Framework.WaitForTargetAsync(Name, online: true).AsTask()));
        await FaultAsync(target, port);
        await target.UntilAsync(() => target.Framework.FindTargetPort(Name)!.State == ObjectState.Online);
    }

    [Fact]
    public async Task FaultTarget_FourOnlines30SecondsApart_StaysOnline()
    {
        await using var target = await Target.StartAsync();
        var port = await target.PortAsync(Name);
        for (var time = 2; time <= 6; time++)
        {
            target.Clock.Advance(TimeSpan.FromSeconds(30));
            await FaultAsync(target, port);
            await target.UntilAsync(() => target.Framework.FindTargetPort(Name)!.State == ObjectState.Online);
        }
    }

    [Fact]
    public async Task OnlineTarget_AdministratorTogglesQuickly_NeverForcedOffline()
    {
        await using var target = await Target.StartAsync();
        await target.PortAsync(Name);
        for (var time = 0; time < 6; time++)
        {
            Target.Accepted(target.Framework.OfflineTarget(Name));
            Target.Accepted(await target.Wait(target.Framework.WaitForTargetAsync(Name, online: false).AsTask()));
            Target.Accepted(target.Framework.OnlineTarget(Name));
            Target.Accepted(await target.Wait(target.Framework.WaitForTargetAsync(Name, online: true).AsTask()));
        }
    }

    [Fact]
    public async Task Acknowledgement_RequestInBetween_NextTransitionStartsAfterIt()
    {
        await using var target = await Target.StartAsync(online: false);
        var port = await target.PortAsync(Name);
        using var events = target.Framework.Subscribe();
        Target.Accepted(target.Framework.OnlineTarget(Name));
        // Ask for the opposite the very moment ONLINE is published, racing with the acknowledgement.
        while (await events.Reader.ReadAsync() is not TargetPortStateChanged { State: ObjectState.Online })
        {
        }
        Target.Accepted(target.Framework.OfflineTarget(Name));
        Target.Accepted(await target.Wait(target.Framework.WaitForTargetAsync(Name, online: false).AsTask()));
        Assert.Equal(["online", "acknowledged", "offline 30", "acknowledged"], port.Log);
    }

    [Fact]
    public async Task Register_Twice_ExistsAndIdentifierIsKept()
    {
        await using var target = await Target.StartAsync(online: false);
        var port = await target.PortAsync(Name);
        var twin = new SmallPort(Name, target.Framework, target.Clock);
        Target.Refused(Refusal.Exists, await target.Framework.RegisterTargetPortAsync(twin));
        Assert.Equal(1, port.RelativePortIdentifier);
        Target.Accepted(target.Framework.DeregisterTargetPort(Name));
        await target.PortAsync("iqn.another");
        Target.Accepted(await target.Framework.RegisterTargetPortAsync(twin));
        Assert.Equal(1, twin.RelativePortIdentifier);
    }

    [Fact]
    public async Task Deregister_NotOffline_Busy()
    {
        await using var target = await Target.StartAsync();
        await target.PortAsync(Name);
        Target.Refused(Refusal.Busy, target.Framework.DeregisterTargetPort(Name));
        Target.Accepted(target.Framework.OfflineTarget(Name));
        Target.Refused(Refusal.Busy, target.Framework.DeregisterTargetPort(Name));
        Target.Accepted(await target.Wait(target.Framework.WaitForTargetAsync(Name, online: false).AsTask()));
        Target.Accepted(target.Framework.DeregisterTargetPort(Name));
        Assert.Empty(target.Framework.TargetPorts);
    }

    [Fact]
    public async Task DescribeTarget_ManyTransitions_Last64AreKept()
    {
        await using var target = await Target.StartAsync();
        await target.PortAsync(Name);
        for (var time = 0; time < 20; time++)
        {
            Target.Accepted(target.Framework.OfflineTarget(Name, cause: "round " + time));
            Target.Accepted(await target.Wait(target.Framework.WaitForTargetAsync(Name, online: false).AsTask()));
            Target.Accepted(target.Framework.OnlineTarget(Name));
            Target.Accepted(await target.Wait(target.Framework.WaitForTargetAsync(Name, online: true).AsTask()));
        }
        var kept = target.Framework.DescribeTarget(Name);
        Assert.Equal(64, kept.Count);
        Assert.Equal(("Onlining", "Online"), (kept[^1].From, kept[^1].To));
        Assert.Contains(kept, t => t.Cause == "round 19" && t.To == "Offlining");
        Assert.All(kept.Zip(kept.Skip(1)), pair => Assert.Equal(pair.First.To, pair.Second.From));
    }

    private static async Task FaultAsync(Target target, SmallPort port)
    {
        var acknowledged = port.Acknowledged;
        Target.Accepted(target.Framework.FaultTarget(port.Name, "link down", recover: true));
        await target.UntilAsync(() => port.Acknowledged >= acknowledged + 2);
    }
}
