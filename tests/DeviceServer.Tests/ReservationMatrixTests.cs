using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.DeviceServer.Tests;

/// <summary>
/// SPC-6, Commands that are allowed in the presence of various reservations, and the table of SBC-5 beside it, cell by
/// cell against what the logical unit really does.
/// </summary>
public class ReservationMatrixTests
{
    private const char Allowed = 'A';

    // For each command: under Write Exclusive, under Exclusive Access (types 1 and 3, from another nexus whether
    // registered or not), from a registrant under the other four types, and from others under the two kinds of those.
    private static readonly Dictionary<string, string> s_standard = new()
    {
        ["INQUIRY"] = "AAAAA",
        ["REPORT LUNS"] = "AAAAA",
        ["REQUEST SENSE"] = "AAAAA",
        ["TEST UNIT READY"] = "AAAAA",
        ["LOG SENSE"] = "AAAAA",
        ["LOG SELECT"] = "CCACC",
        ["MODE SELECT (6)"] = "CCACC",
        ["MODE SELECT (10)"] = "CCACC",
        ["MODE SENSE (6)"] = "ACAAC",
        ["MODE SENSE (10)"] = "ACAAC",
        ["PERSISTENT RESERVE IN, READ KEYS"] = "AAAAA",
        ["PERSISTENT RESERVE IN, READ RESERVATION"] = "AAAAA",
        ["PERSISTENT RESERVE IN, REPORT CAPABILITIES"] = "AAAAA",
        ["PERSISTENT RESERVE IN, READ FULL STATUS"] = "AAAAA",
        ["PREVENT ALLOW MEDIUM REMOVAL"] = "AAAAA",         // PREVENT is zero here
        ["READ MEDIA SERIAL NUMBER"] = "AAAAA",
        ["SECURITY PROTOCOL IN"] = "ACAAC",
        ["READ BUFFER (10)"] = "ACAAC",
        ["READ BUFFER (16)"] = "ACAAC",
        ["RECEIVE DIAGNOSTIC RESULTS"] = "ACAAC",
        ["REPORT IDENTIFYING INFORMATION"] = "AAAAA",
        ["REPORT SUPPORTED OPERATION CODES"] = "ACAAC",
        ["REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS"] = "ACAAC",
        ["REPORT TARGET PORT GROUPS"] = "AAAAA",
        ["REPORT TIMESTAMP"] = "AAAAA",
        ["REPORT PRIORITY"] = "AAAAA",
        ["SEND DIAGNOSTIC"] = "CCACC",
        ["SET IDENTIFYING INFORMATION"] = "CCACC",
        ["SET TARGET PORT GROUPS"] = "CCACC",
        ["SET TIMESTAMP"] = "CCACC",
        ["SET PRIORITY"] = "CCACC",
        ["WRITE BUFFER"] = "CCACC",
        ["START STOP UNIT"] = "CCACC",                      // START is zero here
        ["READ (10)"] = "ACAAC",
        ["WRITE (10)"] = "CCACC",
        ["SYNCHRONIZE CACHE (10)"] = "CCACC",
    };

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
        var shared = type.IsForRegistrants();
        var exclusive = type.IsExclusiveAccess();
        foreach (var row in bench.Unit.Commands.Rows)
        {
            var name = row.Descriptor.Name;
            if ((row.Access & ReservationAccess.DecidedByHandler) != 0) continue;
            if (row.Descriptor.OperationCode == 0x5F) continue;
            Assert.True(s_standard.TryGetValue(name, out var cells), $"{name} has no line in the table");
            var direct = cells[exclusive ? 1 : 0];
            Expect(bench, holder, row, Allowed, "holder");
            Expect(bench, registrant, row, shared ? cells[2] : direct, "registrant");
            Expect(bench, other, row, shared ? cells[exclusive ? 4 : 3] : direct, "other");
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
            var passes = row.Access == ReservationAccess.Always || row.Descriptor.Name.StartsWith("RELEASE",
                StringComparison.Ordinal) || row.Descriptor.Name == "PREVENT ALLOW MEDIUM REMOVAL";
            Assert.True(passes != (result.Status == ScsiStatus.ReservationConflict), row.Descriptor.Name);
        }
        holder.Run(Cdb.Read10(0), dataIn: new byte[512]).Good();
        holder.Run(Cdb.Of(PrimaryCommands.Release10)).Good();
        other.Run(Cdb.Read10(0), dataIn: new byte[512]).Good();
    }

    private static void Expect(
        Bench bench, Port.Virtual.VirtualInitiator host, SupportedCommand row, char cell, string who)
    {
        var result = host.Run(Cdb.Of(row.Descriptor), dataIn: new byte[4096]);
        var conflict = result.Status == ScsiStatus.ReservationConflict;
        Assert.True(conflict != (cell == Allowed), $"{row.Descriptor.Name} from {who}: {result.Status}");
        if (row.Descriptor.OperationCode == 0x1B)
            bench.Host("holder").Run(Cdb.Of(BlockCommands.StartStopUnit, ("START", 1))).Good();
    }
}
