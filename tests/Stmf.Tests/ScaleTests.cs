using System.Diagnostics;
using Lunette.Stmf.Configuration;
using Lunette.Stmf.Tests.Kit;

namespace Lunette.Stmf.Tests;

/// <summary>
/// Ten thousand logical units. The bounds are several times what it takes, and far below what a square of it would.
/// </summary>
public class ScaleTests
{
    private const int Units = 10_000;
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task TenThousandUnits_WithViewsInOneTransaction_LoadAndComeOnline()
    {
        var store = new MemoryConfigStore();
        var watch = Stopwatch.StartNew();
        await using (var first = await Target.StartAsync(store))
        {
            Target.Accepted(await first.Framework.ChangeAsync(edit =>
            {
                for (var unit = 1; unit <= Units; unit++)
                {
                    var added = edit.AddViewEntry(SmallUnit.IdOf(unit), new(null, null), null);
                    if (!added.Succeeded) return added.Outcome;
                }
                return StmfResult.Success;
            }));
        }
        Within(watch, "bulk change");
        await using var target = await Target.StartAsync(store, online: false);
        for (var unit = 1; unit <= Units; unit++)
            Target.Accepted(target.Framework.RegisterLogicalUnit(new SmallUnit(unit)));
        var port = await target.PortAsync("iqn.p");
        Target.Accepted(target.Framework.Online());
        await target.Wait(target.Framework.WaitForServiceAsync().AsTask());
        var nexus = port.Open("iqn.i", target.Loop)!;
        Assert.Equal(Units, nexus.Map.Count);
        Assert.Equal(SmallUnit.IdOf(Units), nexus.Map.Find(Scsi.Lun.FromNumber(Units - 1))!.Id);
        Within(watch, "load and online");
    }

    [Fact]
    public async Task TenThousandUnits_AddedOneByOneUnderLiveSessions_EachIsToldEachTime()
    {
        await using var target = await Target.StartAsync();
        var port = await target.PortAsync("iqn.p");
        Target.Accepted(await target.Framework.CreateGroupAsync(GroupKind.Host, "h"));
        Target.Accepted(await target.Framework.AddMemberAsync(GroupKind.Host, "h", "iqn.i0"));
        var sessions = Enumerable.Range(0, 100).Select(i => port.Open("iqn.i" + (i % 3), target.Loop)!).ToList();
        var watch = Stopwatch.StartNew();
        for (var unit = 1; unit <= Units; unit++)
        {
            Target.Accepted(target.Framework.RegisterLogicalUnit(new SmallUnit(unit)));
            var host = unit % 10 == 0 ? "h" : null;
            Target.Accepted((await target.Framework.AddViewEntryAsync(SmallUnit.IdOf(unit), new(host, null))).Outcome);
        }
        await target.UntilAsync(() => sessions.TrueForAll(s =>
            s.Map.Count == (s.Initiator.Name == "iqn.i0" ? Units : Units - (Units / 10))));
        Within(watch, "one by one");
        Assert.Equal(Units, sessions[0].InventoryGeneration);
    }

    private static void Within(Stopwatch watch, string what)
    {
        Assert.True(watch.Elapsed < s_bound, $"{what} took {watch.Elapsed.TotalSeconds:0.0} s");
        TestContext.Current.TestOutputHelper!.WriteLine($"{what}: {watch.ElapsedMilliseconds} ms");
        watch.Restart();
    }
}
