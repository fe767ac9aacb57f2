using System.Globalization;
using Lunette.Port.Virtual;
using Lunette.Scsi;

namespace Lunette.DeviceServer.Tests;

/// <summary>
/// Random PERSISTENT RESERVE OUT commands from several nexuses against an oracle that says the standard's rules as
/// plainly as it can: registered keys by host, who holds what, and which hosts are owed which attention.
/// </summary>
public class ReservationModelTests
{
    private const int Hosts = 4;
    private const int Steps = 1500;

    public static TheoryData<int> Seeds => [1, 2, 3, 4, 5, 6, 7, 8];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task AnySequence_AnswersAccessAndAttentions_AsTheOracleSays(int seed)
    {
        using var bench = await Bench.StartAsync();
        var random = new Random(seed);
        var oracle = new Oracle(Hosts);
        var hosts = Enumerable.Range(0, Hosts)
            .Select(i => bench.Host("h" + i.ToString(CultureInfo.InvariantCulture))).ToArray();
        for (var step = 0; step < Steps; step++)
        {
            var at = random.Next(Hosts);
            var where = $"seed {seed}, step {step}, host {at}";
            if (random.Next(4) == 0)
            {
                CheckAccess(hosts[at], oracle, at, write: random.Next(2) == 0, where);
                continue;
            }
            if (oracle.Owed[at].Count > 0)
            {
                CheckAttention(hosts[at], oracle, at, where);
                continue;
            }
            var wish = Wish.Draw(random, oracle.Keys[at]);
            var expected = oracle.Decide(at, wish);
            var got = hosts[at].Send(wish.Command, ReserveOutList.Of(wish.Key, wish.ServiceActionKey), (int)wish.Type);
            Assert.True(expected == Outcome(got), $"{where}: {wish} expected {expected}, got {Outcome(got)}");
            CheckState(bench.Unit, oracle, where);
        }
    }

    private static string Outcome(ScsiResult result) => result.Status switch
    {
        ScsiStatus.Good => "good",
        ScsiStatus.ReservationConflict => "conflict",
        _ => result.CodeOf().ToString(),
    };

    private static void CheckAttention(VirtualInitiator host, Oracle oracle, int at, string where)
    {
        var result = host.Run(Cdb.Of(PrimaryCommands.TestUnitReady));
        Assert.True(oracle.Owed[at].Remove(result.CodeOf()), $"{where}: {result.CodeOf()} is not owed");
    }

    private static void CheckAccess(VirtualInitiator host, Oracle oracle, int at, bool write, string where)
    {
        while (oracle.Owed[at].Count > 0) CheckAttention(host, oracle, at, where);
        var result = write
            ? host.Run(Cdb.Write10(0), new byte[512])
            : host.Run(Cdb.Read10(0), dataIn: new byte[512]);
        var allowed = oracle.MayAccess(at, write);
        Assert.True(allowed == result.IsGood, $"{where}: write {write} gave {result.Status}");
    }

    private static void CheckState(EmulatedUnit unit, Oracle oracle, string where)
    {
        var reservations = unit.Reservations;
        var keys = reservations.Registrants.Select(r => r.Key).Order();
        Assert.True(oracle.Keys.Where(k => k != 0).Order().SequenceEqual(keys), where + ": other keys");
        Assert.True(oracle.Type == reservations.Type, where + ": another reservation");
        Assert.True(oracle.Generation == reservations.Generation, where + ": another generation");
    }

    private sealed record Wish(
        CommandDescriptor Command, ulong Key, ulong ServiceActionKey, PersistentReservationType Type)
    {
        private static readonly CommandDescriptor[] s_commands =
        [
            PrimaryCommands.PersistentReserveOutRegister, PrimaryCommands.PersistentReserveOutRegister,
            PrimaryCommands.PersistentReserveOutRegisterAndIgnoreExistingKey,
            PrimaryCommands.PersistentReserveOutReserve, PrimaryCommands.PersistentReserveOutReserve,
            PrimaryCommands.PersistentReserveOutRelease, PrimaryCommands.PersistentReserveOutClear,
            PrimaryCommands.PersistentReserveOutPreempt, PrimaryCommands.PersistentReserveOutPreemptAndAbort,
        ];

        private static readonly PersistentReservationType[] s_types =
            [.. Enum.GetValues<PersistentReservationType>().Where(type => type.IsDefined())];

        // Few keys, so that they meet; mostly the right one, so that things happen.
        public static Wish Draw(Random random, ulong own) => new(
            s_commands[random.Next(s_commands.Length)],
            random.Next(8) == 0 ? (ulong)random.Next(4) : own,
            (ulong)random.Next(4),
            s_types[random.Next(s_types.Length)]);

        public override string ToString() => $"{Command.Name} {Key} {ServiceActionKey} {Type}";
    }

    private sealed class Oracle(int hosts)
    {
        private readonly bool[] _holds = new bool[hosts];

        public ulong[] Keys { get; } = new ulong[hosts];

        public PersistentReservationType? Type { get; private set; }

        public uint Generation { get; private set; }

        public List<HashSet<AdditionalSense>> Owed { get; } = [.. Enumerable.Range(0, hosts).Select(_ => Nothing())];

        public bool MayAccess(int host, bool write)
        {
            if (Type is not { } type || _holds[host]) return true;
            if ((int)type >= 5 && Keys[host] != 0) return true;
            return !write && type is PersistentReservationType.WriteExclusive
                or PersistentReservationType.WriteExclusiveRegistrantsOnly
                or PersistentReservationType.WriteExclusiveAllRegistrants;
        }

        public string Decide(int host, Wish wish)
        {
            if (wish.Command == PrimaryCommands.PersistentReserveOutRegister)
                return wish.Key == Keys[host] ? Register(host, wish.ServiceActionKey) : "conflict";
            if (wish.Command == PrimaryCommands.PersistentReserveOutRegisterAndIgnoreExistingKey)
                return Register(host, wish.ServiceActionKey);
            if (Keys[host] == 0 || wish.Key != Keys[host]) return "conflict";
            if (wish.Command == PrimaryCommands.PersistentReserveOutReserve) return Reserve(host, wish.Type);
            if (wish.Command == PrimaryCommands.PersistentReserveOutRelease) return Release(host, wish.Type);
            if (wish.Command == PrimaryCommands.PersistentReserveOutClear) return Clear(host);
            return Preempt(host, wish.ServiceActionKey, wish.Type);
        }

        private static HashSet<AdditionalSense> Nothing() => [];

        private string Register(int host, ulong key)
        {
            if (key == 0 && Keys[host] == 0) return "good";
            Generation++;
            var registrantsOnly = Type is PersistentReservationType.WriteExclusiveRegistrantsOnly
                or PersistentReservationType.ExclusiveAccessRegistrantsOnly;
            var held = _holds[host];
            Keys[host] = key;
            if (key != 0)
            {
                // Who registers becomes a holder where all registrants are.
                if ((int?)Type >= 7) _holds[host] = true;
                return "good";
            }
            _holds[host] = false;
            if (!held || _holds.Contains(true)) return "good";
            Type = null;
            if (registrantsOnly) Tell(host, AdditionalSense.ReservationsReleased, other => Keys[other] != 0);
            return "good";
        }

        private string Reserve(int host, PersistentReservationType type)
        {
            if (Type is not null) return _holds[host] && Type == type ? "good" : "conflict";
            Hold(host, type);
            return "good";
        }

        private void Hold(int host, PersistentReservationType type)
        {
            Type = type;
            for (var other = 0; other < Keys.Length; other++)
                _holds[other] = other == host || (int)type >= 7 && Keys[other] != 0;
        }

        private string Release(int host, PersistentReservationType type)
        {
            if (Type is null || !_holds[host]) return "good";
            if (Type != type) return nameof(AdditionalSense.InvalidReleaseOfPersistentReservation);
            if ((int)type >= 5) Tell(host, AdditionalSense.ReservationsReleased, other => Keys[other] != 0);
            Type = null;
            Array.Clear(_holds);
            return "good";
        }

        private string Clear(int host)
        {
            Generation++;
            Tell(host, AdditionalSense.ReservationsPreempted, other => Keys[other] != 0);
            Array.Clear(Keys);
            Array.Clear(_holds);
            Type = null;
            return "good";
        }

        private string Preempt(int host, ulong victim, PersistentReservationType type)
        {
            var all = (int?)Type >= 7;
            if (victim == 0 && !all) return nameof(AdditionalSense.InvalidFieldInParameterList);
            if (victim != 0 && !Keys.Contains(victim)) return "conflict";
            var holderKey = Type is null || all ? 0 : Keys[Array.IndexOf(_holds, true)];
            var takes = all ? victim == 0 : victim == holderKey;
            var before = Type;
            Generation++;
            for (var other = 0; other < Keys.Length; other++)
            {
                if (other == host || Keys[other] == 0 || victim != 0 && Keys[other] != victim) continue;
                Keys[other] = 0;
                _holds[other] = false;
                Owed[other].Add(AdditionalSense.RegistrationsPreempted);
            }
            if (!takes) return "good";
            Hold(host, type);
            if (before != type) Tell(host, AdditionalSense.ReservationsReleased, other => Keys[other] != 0);
            return "good";
        }

        private void Tell(int asking, AdditionalSense code, Func<int, bool> whom)
        {
            for (var other = 0; other < Keys.Length; other++)
                if (other != asking && whom(other)) Owed[other].Add(code);
        }
    }
}
