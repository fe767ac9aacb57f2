using Lunette.Runtime.Loops;
using Lunette.Stmf.Configuration;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Transitions;

namespace Lunette.Stmf.Tests.Kit;

/// <summary>A framework with its configuration loaded, the loop its sessions live on, and a clock.</summary>
internal sealed class Target : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    private Target(IConfigStore store, StmfOptions? options)
    {
        Store = store;
        Framework = new(store, Fallback, Clock, options);
    }

    public IConfigStore Store { get; }
    public ManualClock Clock { get; } = new();
    public SmallUnit Fallback { get; } = new(0);
    public StmfFramework Framework { get; }
    public ManualLoop Loop { get; } = new();

    public static async Task<Target> StartAsync(
        IConfigStore? store = null, StmfOptions? options = null, bool online = true, bool load = true)
    {
        var target = new Target(store ?? new MemoryConfigStore(), options);
        if (load) Accepted(await target.Framework.LoadConfigurationAsync());
        if (online && load)
        {
            Accepted(target.Framework.Online());
            Assert.Equal(ServiceState.Online, await target.Wait(target.Framework.WaitForServiceAsync().AsTask()));
        }
        return target;
    }

    private bool IsRunning => Framework.State.Service is ServiceState.Online or ServiceState.Onlining;

    public async Task<SmallPort> PortAsync(string name)
    {
        var port = new SmallPort(name, Framework, Clock);
        Accepted(await Framework.RegisterTargetPortAsync(port));
        Accepted(await Wait(Framework.WaitForTargetAsync(
            name, online: IsRunning).AsTask()));
        return port;
    }

    public async Task<SmallUnit> UnitAsync(int number)
    {
        var unit = new SmallUnit(number);
        Accepted(Framework.RegisterLogicalUnit(unit));
        Accepted(await Wait(Framework.WaitForLogicalUnitAsync(
            unit.Id, online: IsRunning).AsTask()));
        return unit;
    }

    public async Task ViewAsync(SmallUnit unit, string? host = null, string? group = null, int? lun = null) =>
        Accepted((await Framework.AddViewEntryAsync(unit.Id, new(host, group), lun)).Outcome);

    /// <summary>Pumps the loop until the task has ended.</summary>
    public async Task<T> Wait<T>(Task<T> task)
    {
        await UntilAsync(() => task.IsCompleted);
        return await task;
    }

    public async Task Wait(Task task)
    {
        await UntilAsync(() => task.IsCompleted);
        await task;
    }

    /// <summary>Pumps the loop until it is so; fails the test when it never is.</summary>
    public async Task UntilAsync(Func<bool> so)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!so())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < s_patience, "waited in vain");
            Loop.Pump();
            await Task.Delay(1);
        }
        Loop.Pump();
    }

    public static void Accepted(StmfResult result) => Assert.Equal(StmfResult.Success, result);

    public static void Refused(Refusal refusal, StmfResult result) => Assert.Equal(refusal, result.Refusal);

    /// <summary>What a nexus sees, as LUN and number of the logical unit.</summary>
    public static string SeenBy(ItNexus nexus) =>
        string.Join(' ', nexus.Map.Entries.Select(e => $"{e.Lun}:{e.LogicalUnit.Id.Low}"));

    public async ValueTask DisposeAsync()
    {
        Loop.Pump();
        await Framework.DisposeAsync();
    }
}
