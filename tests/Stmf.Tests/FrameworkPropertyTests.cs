using Lunette.Stmf.Configuration;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Tests.Kit;

namespace Lunette.Stmf.Tests;

/// <summary>
/// Random sequences of group, view, logical unit, port and session changes: after each, every code, every entry and
/// what every nexus sees is what the slow oracle says, and exactly the nexuses that see something else were told, once.
/// </summary>
public class FrameworkPropertyTests
{
    private const int Steps = 250;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 24)];

    [Theory, MemberData(nameof(Seeds))]
    public async Task AnySequence_OfChanges_AgreesWithOracle(int seed)
    {
        await using var target = await Target.StartAsync();
        var run = new Run(target, new Random(seed));
        for (var step = 0; step < Steps; step++) await run.StepAsync($"seed {seed}, step {step}: ");
        var stored = StmfConfiguration.Replay(await target.Store.LoadAsync(CancellationToken.None));
        Assert.Equal(target.Framework.Configuration.AsChanges(), stored.Value.AsChanges());
    }

    private sealed class Run(Target target, Random random)
    {
        private static readonly string[] s_groups = ["a", "b", "c"];
        private static readonly string[] s_initiators = ["iqn.i1", "iqn.i2", "iqn.i3"];
        private static readonly string[] s_ports = ["iqn.p1", "iqn.p2", "iqn.p3"];

        private readonly FrameworkOracle _oracle = new();
        private readonly Dictionary<string, SmallPort> _ports = [];
        private readonly List<(FrameworkOracle.Nexus Said, ItNexus Real, SmallPort Port)> _sessions = [];
        private readonly StmfFramework _framework = target.Framework;

        public async Task StepAsync(string where)
        {
            var before = _sessions.ToDictionary(s => s.Real, s => (Target.SeenBy(s.Real), s.Real.InventoryGeneration));
            var what = where + await DoSomethingAsync();
            Assert.Equal(_oracle.Sessions.Count, _framework.Sessions.Count);
            foreach (var (said, real, _) in _sessions)
            {
                var expected = _oracle.SeenBy(said);
                var seen = Target.SeenBy(real);
                Assert.True(expected == seen, $"{what}: {real} sees {seen}, not {expected}");
                var (saw, generation) = before.GetValueOrDefault(real, (expected, 0));
                var told = real.InventoryGeneration - generation;
                Assert.True(told == (saw == expected ? 0 : 1), $"{what}: {real} was told {told} times");
            }
        }

        private async Task<string> DoSomethingAsync()
        {
            var kind = Pick(GroupKind.Host, GroupKind.Target);
            var group = Pick(s_groups);
            var member = Pick(kind == GroupKind.Host ? s_initiators : s_ports);
            switch (random.Next(14))
            {
                case 0 or 1:
                    return Same(_oracle.CreateGroup(kind, group), await _framework.CreateGroupAsync(kind, group));
                case 2:
                    return Same(_oracle.DeleteGroup(kind, group), await _framework.DeleteGroupAsync(kind, group));
                case 3 or 4:
                    return Same(
                        _oracle.AddMember(kind, group, member), await _framework.AddMemberAsync(kind, group, member));
                case 5:
                    return Same(
                        _oracle.RemoveMember(kind, group, member),
                        await _framework.RemoveMemberAsync(kind, group, member));
                case 6 or 7 or 8:
                    return await AddViewAsync();
                case 9:
                    var (unit, index) = (Unit(), (uint)random.Next(3));
                    return Same(
                        _oracle.RemoveView(unit, index),
                        await _framework.RemoveViewEntryAsync(SmallUnit.IdOf(unit), index));
                case 10:
                    return await ChangeUnitAsync(Unit());
                case 11:
                    return await ChangePortAsync(Pick(s_ports));
                default:
                    return await ChangeSessionAsync(Pick(s_initiators), Pick(s_ports));
            }
        }

        private async Task<string> AddViewAsync()
        {
            var unit = Unit();
            var host = random.Next(2) == 0 ? null : Pick(s_groups);
            var group = random.Next(2) == 0 ? null : Pick(s_groups);
            int? lun = random.Next(2) == 0 ? null : random.Next(6);
            var (refusal, added) = _oracle.AddView(unit, host, group, lun);
            var real = await _framework.AddViewEntryAsync(SmallUnit.IdOf(unit), new(host, group), lun);
            if (added is not null) Assert.Equal((added.Index, added.Lun), (real.Value.Index, real.Value.Lun));
            return Same(refusal, real.Outcome);
        }

        private async Task<string> ChangeUnitAsync(int number)
        {
            var id = SmallUnit.IdOf(number);
            if (!_oracle.Units.TryGetValue(number, out var online))
            {
                _oracle.Units.Add(number, true);
                await target.UnitAsync(number);
                return $"unit {number} registered";
            }
            if (!online && random.Next(2) == 0)
            {
                _oracle.Units.Remove(number);
                return Same(Refusal.None, _framework.DeregisterLogicalUnit(id));
            }
            _oracle.Units[number] = !online;
            Target.Accepted(online ? _framework.OfflineLogicalUnit(id) : _framework.OnlineLogicalUnit(id));
            Target.Accepted(await target.Wait(_framework.WaitForLogicalUnitAsync(id, !online).AsTask()));
            return $"unit {number} online: {!online}";
        }

        private async Task<string> ChangePortAsync(string name)
        {
            if (!_oracle.Ports.TryGetValue(name, out var online))
            {
                _oracle.Ports.Add(name, true);
                _ports[name] = await target.PortAsync(name);
                return $"port {name} registered";
            }
            if (!online && random.Next(3) == 0)
            {
                _oracle.Ports.Remove(name);
                return Same(Refusal.None, _framework.DeregisterTargetPort(name));
            }
            _oracle.Ports[name] = !online;
            if (online)
            {
                _oracle.Sessions.RemoveAll(s => s.Port == name);
                _sessions.RemoveAll(s => s.Said.Port == name);
            }
            Target.Accepted(online ? _framework.OfflineTarget(name) : _framework.OnlineTarget(name));
            Target.Accepted(await target.Wait(_framework.WaitForTargetAsync(name, !online).AsTask()));
            return $"port {name} online: {!online}";
        }

        private async Task<string> ChangeSessionAsync(string initiator, string port)
        {
            if (_sessions.Count > 0 && random.Next(3) == 0)
            {
                var at = random.Next(_sessions.Count);
                var gone = _sessions[at];
                _sessions.RemoveAt(at);
                _oracle.Sessions.Remove(gone.Said);
                await target.Wait(gone.Port.CloseAsync(gone.Real));
                return $"session {gone.Said} closed";
            }
            if (!_ports.TryGetValue(port, out var real)) return "no such port";
            var nexus = real.Open(initiator, target.Loop);
            Assert.Equal(_oracle.Ports.GetValueOrDefault(port), nexus is not null);
            if (nexus is null) return "port offline";
            var said = new FrameworkOracle.Nexus(initiator, port);
            _oracle.Sessions.Add(said);
            _sessions.Add((said, nexus, real));
            return $"session {said} opened";
        }

        private static string Same(Refusal said, StmfResult real)
        {
            Assert.Equal(said, real.Refusal);
            return real.ToString();
        }

        private int Unit() => random.Next(1, 6);

        private T Pick<T>(params ReadOnlySpan<T> from) => from[random.Next(from.Length)];
    }
}
