using Lunette.Stmf.Configuration;
using Lunette.Stmf.Observability;
using Lunette.Stmf.Tests.Kit;
using Lunette.Stmf.Transitions;

namespace Lunette.Stmf.Tests;

/// <summary>What the framework tells those who watch.</summary>
public class EventTests
{
    private const string Name = "iqn.2026-11.example:disks";

    [Fact]
    public async Task Subscribe_SessionComesAndGoes_EventsInOrder()
    {
        await using var target = await Target.StartAsync();
        var port = await target.PortAsync(Name);
        using var events = target.Framework.Subscribe();
        var nexus = port.Open("iqn.i", target.Loop)!;
        Target.Accepted(await target.Framework.CreateGroupAsync(GroupKind.Host, "h"));
        await target.Wait(port.CloseAsync(nexus));
        Assert.Equal(new SessionOpened(nexus), await events.Reader.ReadAsync());
        var changed = Assert.IsType<ConfigurationChanged>(await events.Reader.ReadAsync());
        Assert.Equal([new GroupCreated(GroupKind.Host, "h")], changed.Changes);
        Assert.Equal(new SessionClosed(nexus), await events.Reader.ReadAsync());
        Assert.Equal(0, events.Lost);
    }

    [Fact]
    public async Task Subscribe_NobodyReads_OldestAreLostAndCounted()
    {
        await using var target = await Target.StartAsync(options: new() { EventsKept = 3 });
        using var events = target.Framework.Subscribe();
        for (var group = 0; group < 10; group++)
            Target.Accepted(await target.Framework.CreateGroupAsync(GroupKind.Host, "g" + group));
        Assert.Equal(7, events.Lost);
        var first = Assert.IsType<ConfigurationChanged>(await events.Reader.ReadAsync());
        Assert.Equal([new GroupCreated(GroupKind.Host, "g7")], first.Changes);
    }

    [Fact]
    public async Task Subscribe_FrameworkEnds_ReaderEnds()
    {
        var target = await Target.StartAsync();
        var early = target.Framework.Subscribe();
        await target.DisposeAsync();
        using var late = target.Framework.Subscribe();
        await early.Reader.Completion.WaitAsync(TimeSpan.FromSeconds(120));
        await late.Reader.Completion.WaitAsync(TimeSpan.FromSeconds(120));
        early.Dispose();
    }

    [Fact]
    public async Task ProviderThrowsWhereItMustNot_Named_AndOthersAreServedOn()
    {
        await using var target = await Target.StartAsync(online: false);
        var port = await target.PortAsync(Name);
        port.WhenAcknowledged = () => throw new InvalidOperationException("bug");
        using var events = target.Framework.Subscribe();
        Target.Accepted(target.Framework.OnlineTarget(Name));
        Target.Accepted(await target.Wait(target.Framework.WaitForTargetAsync(Name, online: true).AsTask()));
        await target.PortAsync(Name + "2");
        Target.Accepted(target.Framework.OnlineTarget(Name + "2"));
        Target.Accepted(await target.Wait(target.Framework.WaitForTargetAsync(Name + "2", online: true).AsTask()));
        var seen = new List<StmfEvent>();
        while (events.Reader.TryRead(out var happened)) seen.Add(happened);
        var fault = Assert.Single(seen.OfType<ProviderFaulted>());
        Assert.Equal((Name, "bug"), (fault.Name, fault.Failure.Message));
    }

    [Fact]
    public async Task DisposeAsync_TransitionUnderWay_ItsWaitersEnd()
    {
        var target = await Target.StartAsync();
        var unit = await target.UnitAsync(1);
        unit.WhenOffline = async stop =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, target.Clock, stop);
            return Contracts.ControlResult.Success;
        };
        Target.Accepted(target.Framework.OfflineLogicalUnit(unit.Id));
        var waiting = target.Framework.WaitForLogicalUnitAsync(unit.Id, online: false).AsTask();
        await target.DisposeAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(120)));
    }

    [Fact]
    public async Task DescribeService_UpAndDown_AllTransitions()
    {
        await using var target = await Target.StartAsync();
        await target.Wait(target.Framework.ShutDownAsync().AsTask());
        Assert.Equal(
            ["Onlining", "Online", "Offlining", "Offline"],
            target.Framework.DescribeService().Select(t => t.To));
        Assert.Equal(
            [nameof(ConfigurationState.Init), nameof(ConfigurationState.InitDone)],
            target.Framework.DescribeConfiguration().Select(t => t.To));
    }
}
