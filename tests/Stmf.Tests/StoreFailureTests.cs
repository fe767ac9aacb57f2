using Lunette.Stmf.Configuration;
using Lunette.Stmf.Tests.Kit;
using Lunette.Stmf.Transitions;

namespace Lunette.Stmf.Tests;

/// <summary>Framework and store change in one transaction or not at all.</summary>
public class StoreFailureTests
{
    private const string Name = "iqn.2026-11.example:disks";

    [Fact]
    public async Task EveryVerb_StoreFails_NothingChanged()
    {
        var store = new FailingStore();
        await using var target = await Target.StartAsync(store);
        var framework = target.Framework;
        var port = await target.PortAsync(Name);
        var unit = await target.UnitAsync(1);
        Target.Accepted(await framework.CreateGroupAsync(GroupKind.Host, "g"));
        Target.Accepted(await framework.AddMemberAsync(GroupKind.Host, "g", "iqn.a"));
        Target.Accepted(await framework.CreateGroupAsync(GroupKind.Host, "empty"));
        await target.ViewAsync(unit);
        var sbd = new ProviderKey(ProviderType.LogicalUnit, "sbd");
        Target.Accepted((await framework.SetProviderDataAsync(sbd, new byte[] { 1 })).Outcome);
        var nexus = port.Open("iqn.a", target.Loop)!;
        var before = framework.Configuration;
        using var events = framework.Subscribe();

        store.Fails = true;
        StmfResult[] outcomes =
        [
            await framework.CreateGroupAsync(GroupKind.Target, "x"),
            await framework.DeleteGroupAsync(GroupKind.Host, "empty"),
            await framework.AddMemberAsync(GroupKind.Host, "empty", "iqn.b"),
            await framework.RemoveMemberAsync(GroupKind.Host, "g", "iqn.a"),
            (await framework.AddViewEntryAsync(SmallUnit.IdOf(2), new("g", null))).Outcome,
            await framework.RemoveViewEntryAsync(unit.Id, 0),
            (await framework.SetProviderDataAsync(sbd, new byte[] { 2 })).Outcome,
            await framework.ClearProviderDataAsync(sbd),
            await framework.SetPropertiesAsync(new(false, false)),
            await framework.SetAluaAsync(new(true, 1)),
            await framework.RegisterTargetPortAsync(new SmallPort(Name + "2", framework, target.Clock)),
        ];
        Assert.All(outcomes, o => Assert.Equal(StmfResult.Refused(Refusal.StoreFailed, "disk on fire"), o));
        Assert.Same(before, framework.Configuration);
        Assert.Equal(("0:1", 0), (Target.SeenBy(nexus), nexus.InventoryGeneration));
        Assert.Single(framework.TargetPorts);
        Assert.False(events.Reader.TryRead(out _));

        // And when it works again, so does everything.
        store.Fails = false;
        Target.Accepted(await framework.RemoveViewEntryAsync(unit.Id, 0));
        Assert.Equal(1, nexus.InventoryGeneration);
    }

    [Fact]
    public async Task KthWrite_Fails_ThatVerbIsRefusedAndStoreAndFrameworkAgree()
    {
        const int Verbs = 6;
        for (var k = 1; k <= Verbs + 1; k++)
        {
            var store = new FailingStore { FailingWrite = k };
            await using var target = await Target.StartAsync(store);
            var framework = target.Framework;
            var unit = SmallUnit.IdOf(1);
            var sbd = new ProviderKey(ProviderType.LogicalUnit, "sbd");
            StmfResult[] outcomes =
            [
                await framework.CreateGroupAsync(GroupKind.Host, "g"),
                await framework.CreateGroupAsync(GroupKind.Target, "t"),
                (await framework.AddViewEntryAsync(unit, new(null, null))).Outcome,
                (await framework.SetProviderDataAsync(sbd, new byte[] { 1 })).Outcome,
                await framework.SetPropertiesAsync(new(true, false)),
                await framework.SetAluaAsync(new(true, 1)),
            ];
            Assert.Equal(Verbs, outcomes.Length);
            for (var i = 0; i < outcomes.Length; i++)
                Assert.True(outcomes[i].Succeeded != (i == k - 1), $"write {k}, verb {i}: {outcomes[i]}");
            // A restart finds what the framework has.
            await using var again = await Target.StartAsync(store);
            Assert.Equal(framework.Configuration.AsChanges(), again.Framework.Configuration.AsChanges());
        }
    }

    [Fact]
    public async Task ChangeAsync_OneOfManyRefused_NoneDone()
    {
        await using var target = await Target.StartAsync();
        var before = target.Framework.Configuration;
        var outcome = await target.Framework.ChangeAsync(edit =>
        {
            Target.Accepted(edit.CreateGroup(GroupKind.Host, "a"));
            return edit.AddMember(GroupKind.Host, "b", "iqn.x");
        });
        Target.Refused(Refusal.GroupNotFound, outcome);
        Assert.Same(before, target.Framework.Configuration);
        Assert.Empty(await target.Store.LoadAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Plan_Changes_ShownAndNotDone()
    {
        await using var target = await Target.StartAsync();
        var plan = target.Framework.Plan(edit => edit.CreateGroup(GroupKind.Host, "a"));
        Assert.Equal([new GroupCreated(GroupKind.Host, "a")], plan.Value);
        Assert.Empty(target.Framework.Configuration.HostGroups.Groups);
    }

    [Theory]
    [InlineData(false, Refusal.StoreFailed)]
    [InlineData(true, Refusal.StoreVersion)]
    public async Task LoadConfiguration_StoreFails_ConfigurationNone(bool version, Refusal refusal)
    {
        var store = new FailingStore { Fails = true, UnknownVersion = version };
        await using var target = await Target.StartAsync(store, load: false);
        Target.Refused(refusal, await target.Framework.LoadConfigurationAsync());
        Assert.Equal(ConfigurationState.None, target.Framework.State.Configuration);
        store.Fails = false;
        Target.Accepted(await target.Framework.LoadConfigurationAsync());
        Assert.Equal(ConfigurationState.InitDone, target.Framework.State.Configuration);
    }

    [Fact]
    public async Task LoadConfiguration_StoredRowsBreakARule_RefusedWithTheRow()
    {
        var store = new FailingStore { Extra = [new MemberAdded(GroupKind.Host, "gone", "iqn.x")] };
        await using var target = await Target.StartAsync(store, load: false);
        var loaded = await target.Framework.LoadConfigurationAsync();
        Target.Refused(Refusal.StoreFailed, loaded);
        Assert.Contains("gone", loaded.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restart_SameStore_SameConfiguration()
    {
        var store = new MemoryConfigStore();
        StmfConfiguration before;
        await using (var first = await Target.StartAsync(store))
        {
            await first.PortAsync(Name);
            await first.ViewAsync(await first.UnitAsync(1), lun: 77);
            before = first.Framework.Configuration;
        }
        await using var second = await Target.StartAsync(store);
        Assert.Equal(before.AsChanges(), second.Framework.Configuration.AsChanges());
    }

    private sealed class FailingStore : IConfigStore
    {
        private readonly MemoryConfigStore _inner = new();
        private int _writes;

        public bool Fails { get; set; }
        public int FailingWrite { get; init; }
        public bool UnknownVersion { get; init; }
        public IReadOnlyList<ConfigurationChange> Extra { get; init; } = [];

        public async ValueTask<IReadOnlyList<ConfigurationChange>> LoadAsync(CancellationToken stop)
        {
            await Task.Yield();
            if (Fails) throw new ConfigStoreException("disk on fire", UnknownVersion);
            return [.. await _inner.LoadAsync(stop), .. Extra];
        }

        public async ValueTask WriteAsync(IReadOnlyList<ConfigurationChange> changes)
        {
            await Task.Yield();
            if (Fails || ++_writes == FailingWrite) throw new ConfigStoreException("disk on fire", UnknownVersion);
            await _inner.WriteAsync(changes);
        }
    }
}
