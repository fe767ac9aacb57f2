using System.Buffers.Binary;
using Lunette.DeviceServer.Commands;
using Lunette.Port.Virtual;
using Lunette.Scsi;
using Lunette.Testing.Reservations;

namespace Lunette.Lu.Disk.Tests;

/// <summary>
/// The tables of commands that are allowed in the presence of reservations, cell by cell against what a disk really
/// does: every row but PERSISTENT RESERVE OUT, which decides by its keys.
/// </summary>
public sealed class ReservationMatrixTests
{
    private const byte PersistentReserveOut = 0x5F;
    private const byte StartStopUnit = 0x1B;

    public static TheoryData<PersistentReservationType, bool> Cells
    {
        get
        {
            var cells = new TheoryData<PersistentReservationType, bool>();
            foreach (var type in Enum.GetValues<PersistentReservationType>().Where(type => type.IsDefined()))
            {
                cells.Add(type, true);
                cells.Add(type, false);
            }
            return cells;
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task EachRow_FromHolderRegistrantAndOther_AsTheTableSays(PersistentReservationType type, bool all)
    {
        await using var rig = await StartAsync(all);
        var (holder, registrant, other) = (rig.Host, rig.Login(), rig.Login());
        Do(rig, holder, PrimaryCommands.PersistentReserveOutRegister, 0, 1);
        Do(rig, registrant, PrimaryCommands.PersistentReserveOutRegister, 0, 2);
        Do(rig, holder, PrimaryCommands.PersistentReserveOutReserve, 1, 0, type);
        foreach (var row in Rows(rig))
        {
            var name = row.Descriptor.Name;
            Expect(rig, holder, row, allowed: true, "holder");
            Expect(rig, registrant, row, AllowedCommands.Allows(name, type, toRegistrant: true), "registrant");
            Expect(rig, other, row, AllowedCommands.Allows(name, type, toRegistrant: false), "other");
        }
        Assert.Equal(type, rig.Disk.Reservations.Type);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task EachRow_ReservedByReserve6_OthersGetWhatSpc2Allows(bool all)
    {
        await using var rig = await StartAsync(all);
        var other = rig.Login();
        foreach (var row in Rows(rig))
        {
            DiskRig.Good(rig.Run(Cdb.Of(PrimaryCommands.Reserve6)));
            Expect(rig, other, row, AllowedCommands.AllowsWhenReserved(row.Descriptor.Name), "other");
        }
        DiskRig.Good(rig.Run(Cdb.Of(PrimaryCommands.Release6)));
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write10, 0, 1), new byte[512], other));
    }

    // Between the two kinds every row there is.
    private static Task<DiskRig> StartAsync(bool all) => DiskRig.StartAsync(all
        ? DiskRig.Options(thin: true) with { Protection = ProtectionType.Type2 }
        : DiskRig.Options(thin: false));

    private static IEnumerable<SupportedCommand> Rows(DiskRig rig) =>
        rig.Disk.Commands.Rows.Where(row => row.Descriptor.OperationCode != PersistentReserveOut);

    private static void Expect(
        DiskRig rig, VirtualInitiator host, SupportedCommand row, bool allowed, string who)
    {
        var cdb = Cdb.Of(row.Descriptor);
        // What is formatted stays of type 2: without, the commands of 32 bytes were not there any more.
        if (row.Descriptor == BlockCommands.FormatUnit && rig.Disk.Disk.Protection is not null) cdb[1] |= 0xC0;
        // No such preset: who formats with one is refused whatever comes next.
        row.Descriptor.Layout.Find("PRESET IDENTIFIER")?.Set(cdb, uint.MaxValue);
        var request = new ScsiRequest(cdb) { DataIn = new byte[4096] };
        var conflict = rig.Run(request, host).Status == ScsiStatus.ReservationConflict;
        Assert.True(conflict != allowed, $"{row.Descriptor.Name} from {who}: {(conflict ? "conflict" : "none")}");
        if (row.Descriptor.OperationCode == StartStopUnit)
            DiskRig.Good(rig.Run(Cdb.Of(BlockCommands.StartStopUnit, ("START", 1UL))));
    }

    private static void Do(DiskRig rig, VirtualInitiator host, CommandDescriptor command, ulong key,
        ulong serviceActionKey, PersistentReservationType type = default)
    {
        var list = new byte[24];
        BinaryPrimitives.WriteUInt64BigEndian(list, key);
        BinaryPrimitives.WriteUInt64BigEndian(list.AsSpan(8), serviceActionKey);
        var cdb = Cdb.Of(command, ("PARAMETER LIST LENGTH", 24UL));
        command.Layout.Find("TYPE")?.Set(cdb, (ulong)type);
        DiskRig.Good(rig.Run(cdb, list, host));
    }
}
