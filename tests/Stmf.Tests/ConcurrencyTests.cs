using Lunette.Runtime.Loops;
using Lunette.Scsi;
using Lunette.Stmf.Configuration;
using Lunette.Stmf.Contracts.Tasks;
using Lunette.Stmf.Tests.Kit;

namespace Lunette.Stmf.Tests;

/// <summary>Everything at once, on real threads: initiators come and go while administrators change things.</summary>
public class ConcurrencyTests
{
    private const int Initiators = 4;
    private const int Units = 6;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task SessionsAndAdministrators_AtOnce_NothingLostNothingLeft(int seed)
    {
        await using var target = await Target.StartAsync();
        var framework = target.Framework;
        SmallPort[] ports = [await target.PortAsync("iqn.p0"), await target.PortAsync("iqn.p1")];
        for (var unit = 1; unit <= Units; unit++) await target.UnitAsync(unit);
        Target.Accepted(await framework.CreateGroupAsync(GroupKind.Host, "h"));

        var over = 0;
        var initiators = Enumerable.Range(0, Initiators)
            .Select(number => Task.Factory.StartNew(
                () => new Initiator(framework, ports, number, seed).Work(() => Volatile.Read(ref over) != 0),
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))
            .ToList();
        var administrators = Enumerable.Range(0, 2)
            .Select(number => AdministrateAsync(framework, new Random((seed * 100) + number)))
            .ToList();
        await target.Wait(Task.WhenAll(administrators));
        Volatile.Write(ref over, 1);
        var done = await target.Wait(Task.WhenAll(initiators));

        Assert.All(done, tasks => Assert.True(tasks > 0, "an initiator never got anything done"));
        Assert.Empty(framework.Sessions);
        var stored = StmfConfiguration.Replay(await target.Store.LoadAsync(CancellationToken.None)).Value;
        Assert.Equal(framework.Configuration.AsChanges(), stored.AsChanges());
        await target.Wait(framework.ShutDownAsync().AsTask());
    }

    private static async Task AdministrateAsync(StmfFramework framework, Random random)
    {
        for (var step = 0; step < 400; step++)
        {
            var unit = SmallUnit.IdOf(random.Next(1, Units + 1));
            var initiator = "iqn.i" + random.Next(Initiators);
            var port = "iqn.p" + random.Next(2);
            var online = random.Next(2) == 0;
            // Whatever two administrators do at once is serialised or refused; each outcome is an ordinary one.
            var outcome = random.Next(8) switch
            {
                0 => await framework.AddMemberAsync(GroupKind.Host, "h", initiator),
                1 => await framework.RemoveMemberAsync(GroupKind.Host, "h", initiator),
                2 or 3 => (await framework.AddViewEntryAsync(unit, new(online ? "h" : null, null))).Outcome,
                4 => await framework.RemoveViewEntryAsync(unit, 0),
                5 => online ? framework.OnlineLogicalUnit(unit) : framework.OfflineLogicalUnit(unit),
                6 => online ? framework.OnlineTarget(port) : framework.OfflineTarget(port),
                _ => framework.FaultLogicalUnit(unit, "test", recover: true),
            };
            Refusal[] ordinary =
            [
                Refusal.None, Refusal.Busy, Refusal.Exists, Refusal.MemberNotFound, Refusal.NotFound,
                Refusal.ViewEntryConflict,
            ];
            Assert.Contains(outcome.Refusal, ordinary);
            if (step % 20 == 0)
            {
                for (var number = 0; number < 2; number++) framework.OnlineTarget("iqn.p" + number);
            }
            await Task.Yield();
        }
    }

    /// <summary>One thread with one loop: opens a session, sends commands, looks at what it sees, closes.</summary>
    private sealed class Initiator(StmfFramework framework, SmallPort[] ports, int number, int seed)
    {
        private readonly Random _random = new((seed * 1000) + number);
        private readonly ManualLoop _loop = new("initiator " + number);

        public int Work(Func<bool> over)
        {
            var tasks = 0;
            while (!over() || tasks == 0)
            {
                _loop.Pump();
                framework.OnlineTarget("iqn.p1");
                var port = ports[_random.Next(ports.Length)];
                if (port.Open("iqn.i" + number, _loop) is not { } nexus) continue;
                List<SmallTask> open = [];
                for (var command = 0; command < 20 && port.Serves(nexus); command++)
                {
                    var task = new SmallTask(nexus, Lun.FromNumber(_random.Next(3)), (byte)_random.Next(2));
                    framework.Submit(task);
                    open.Add(task);
                    _loop.Pump();
                }
                var closed = port.CloseAsync(nexus);
                while (!closed.IsCompleted) _loop.Pump();
                Assert.All(open, t => Assert.Equal(TaskPhase.Ended, t.Phase));
                Assert.Equal(-1, nexus.NextState(0));
                tasks += open.Count;
            }
            return tasks;
        }
    }
}
