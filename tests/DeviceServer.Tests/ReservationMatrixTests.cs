using Lunette.DeviceServer.Commands;
using Lunette.Scsi;
using Lunette.Testing.Reservations;

namespace Lunette.DeviceServer.Tests;

/// <summary>
/// SPC-6, Commands that are allowed in the presence of various reservations, cell by cell against what the logical unit
/// really does; the rows of disks are in their tests.
/// </summary>
public class ReservationMatrixTests
{
    public static TheoryData<PersistentReservationType> Types =>
        [.. Enum.GetValues<PersistentReservationType>().Where(type => type.IsDefined())];

    [Theory]
    [MemberData(nameof(Types))]
    public async Task EachRow_FromHolderRegistrantAndOther_AsTheTableSays(PersistentReservationType type)
    {
        using var bench = await Bench.StartAsync();
        var (holder, registrant, other) = (bench.Host("holder"), bench.Host("registrant"), bench.Host("other"));
        holder.Register(1).Good();
        registrant.Register(2).Good();
        holder.Reserve(1, type).Good();
        foreach (var row in bench.Unit.Commands.Rows)
        {
            if (row.Descriptor.OperationCode == 0x5F) continue;
            var name = row.Descriptor.Name;
            Expect(bench, holder, row, allowed: true, "holder");
            Expect(bench, registrant, row, AllowedCommands.Allows(name, type, toRegistrant: true), "registrant");
            Expect(bench, other, row, AllowedCommands.Allows(name, type, toRegistrant: false), "other");
        }
    }

    [Fact]
    public async Task PreventAndStart_TheFieldDecides()
    {
        using var bench = await Bench.StartAsync();
        var (holder, other) = (bench.A, bench.B);
        holder.Register(1).Good();
        holder.Reserve(1, PersistentReservationType.WriteExclusive).Good();
        other.Run(Cdb.Of(PrimaryCommands.PreventAllowMediumRemoval, ("PREVENT", 1))).Is(ScsiStatus.ReservationConflict);
        other.Run(Cdb.Of(BlockCommands.StartStopUnit, ("START", 1))).Good();
        other.Run(Cdb.Of(BlockCommands.StartStopUnit, ("POWER CONDITION", 2))).Is(ScsiStatus.ReservationConflict);
    }

    [Fact]
    public async Task Reserve6_OnlyTheThreeAndRelease_FromOthers()
    {
        using var bench = await Bench.StartAsync();
        var (holder, other) = (bench.A, bench.B);
        holder.Run(Cdb.Of(PrimaryCommands.Reserve6)).Good();
        foreach (var row in bench.Unit.Commands.Rows)
        {
            var result = other.Run(Cdb.Of(row.Descriptor), dataIn: new byte[4096]);
            var passes = AllowedCommands.AllowsWhenReserved(row.Descriptor.Name);
            Assert.True(passes != (result.Status == ScsiStatus.ReservationConflict), row.Descriptor.Name);
        }
        holder.Run(Cdb.Read10(0), dataIn: new byte[512]).Good();
        holder.Run(Cdb.Of(PrimaryCommands.Release10)).Good();
        other.Run(Cdb.Read10(0), dataIn: new byte[512]).Good();
    }

    private static void Expect(
        Bench bench, Port.Virtual.VirtualInitiator host, SupportedCommand row, bool allowed, string who)
    {
        var result = host.Run(Cdb.Of(row.Descriptor), dataIn: new byte[4096]);
        var conflict = result.Status == ScsiStatus.ReservationConflict;
        Assert.True(conflict != allowed, $"{row.Descriptor.Name} from {who}: {result.Status}");
        if (row.Descriptor.OperationCode == 0x1B)
            bench.Host("holder").Run(Cdb.Of(BlockCommands.StartStopUnit, ("START", 1))).Good();
    }
}
