using System.Globalization;
using Lunette.Port.Virtual;
using Lunette.Scsi;
using Lunette.Testing.Reservations;

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
        var oracle = new ReservationOracle(Hosts);
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
            var wish = ReservationWish.Draw(random, oracle.Keys[at], Hosts);
            var expected = oracle.Decide(at, wish);
            var to = TransportId.Iscsi(hosts[wish.To].Nexus.Initiator.Name, 1);
            var got = hosts[at].Send(wish.Command, wish.ListFor(to), wish.Moves ? 0 : (int)wish.Type);
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

    private static void CheckAttention(VirtualInitiator host, ReservationOracle oracle, int at, string where)
    {
        var result = host.Run(Cdb.Of(PrimaryCommands.TestUnitReady));
        Assert.True(oracle.Owed[at].Remove(result.CodeOf()), $"{where}: {result.CodeOf()} is not owed");
    }

    private static void CheckAccess(VirtualInitiator host, ReservationOracle oracle, int at, bool write, string where)
    {
        while (oracle.Owed[at].Count > 0) CheckAttention(host, oracle, at, where);
        var result = write
            ? host.Run(Cdb.Write10(0), new byte[512])
            : host.Run(Cdb.Read10(0), dataIn: new byte[512]);
        var allowed = oracle.MayAccess(at, write);
        Assert.True(allowed == result.IsGood, $"{where}: write {write} gave {result.Status}");
    }

    private static void CheckState(EmulatedUnit unit, ReservationOracle oracle, string where)
    {
        var reservations = unit.Reservations;
        var keys = reservations.Registrants.Select(r => r.Key).Order();
        Assert.True(oracle.Keys.Where(k => k != 0).Order().SequenceEqual(keys), where + ": other keys");
        Assert.True(oracle.Type == reservations.Type, where + ": another reservation");
        Assert.True(oracle.Generation == reservations.Generation, where + ": another generation");
    }
}
