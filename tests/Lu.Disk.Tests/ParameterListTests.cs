using System.Buffers.Binary;
using System.Globalization;
using Lunette.Port.Virtual;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests;

/// <summary>
/// Every parameter list of a disk's rows: a good one, cut off at each byte and stretched, told the truth in PARAMETER
/// LIST LENGTH or not. What each length gives stands in one table.
/// </summary>
public sealed class ParameterListTests
{
    private const int Stretch = 40;
    private const string LengthError = "1A00";
    private const string FieldInCdb = "2400";
    private const string ReserveOut = "0-23 1A00, 24 Good, 25- 1A00";

    private static readonly TransportId s_port = TransportId.Iscsi("iqn.2026-11.example:host1", 1);
    private static readonly byte[] s_control = [0x0A, 10, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0];

    // List, and what each PARAMETER LIST LENGTH from zero on gives: GOOD, or the additional sense code.
    private static readonly Dictionary<string, (Func<DiskUnit, byte[]> List, string Outcomes)> s_lists = new()
    {
        // Zeros that follow would be a page of code zero, which there is not.
        ["MODE SELECT (6)"] = (_ => [0, 0, 0, 0, .. s_control],
            "0 Good, 1-3 1A00, 4 Good, 5-15 1A00, 16 Good, 17 1A00, 18- 2600"),
        ["MODE SELECT (10)"] = (_ => [0, 0, 0, 0, 0, 0, 0, 0, .. s_control],
            "0 Good, 1-7 1A00, 8 Good, 9-19 1A00, 20 Good, 21 1A00, 22- 2600"),
        ["LOG SELECT"] = (_ => [0x0E, 0, 0, 10, 0, 2, 1, 6, .. "202647"u8],
            "0 Good, 1-3 1A00, 4-13 2600, 14 Good, 15-17 1A00, 18- 2600"),
        ["PERSISTENT RESERVE OUT, REGISTER"] = (_ => Keys(0, 1), ReserveOut),
        ["PERSISTENT RESERVE OUT, RESERVE"] = (_ => Keys(1, 0), ReserveOut),
        ["PERSISTENT RESERVE OUT, RELEASE"] = (_ => Keys(1, 0), ReserveOut),
        ["PERSISTENT RESERVE OUT, CLEAR"] = (_ => Keys(1, 0), ReserveOut),
        ["PERSISTENT RESERVE OUT, PREEMPT"] = (_ => Keys(1, 1), ReserveOut),
        ["PERSISTENT RESERVE OUT, PREEMPT AND ABORT"] = (_ => Keys(1, 1), ReserveOut),
        ["PERSISTENT RESERVE OUT, REGISTER AND IGNORE EXISTING KEY"] = (_ => Keys(0, 1), ReserveOut),
        ["PERSISTENT RESERVE OUT, REGISTER AND MOVE"] = (_ => Move(), "0-71 1A00, 72 Good, 73- 1A00"),
        // Nothing is lost here.
        ["PERSISTENT RESERVE OUT, REPLACE LOST RESERVATION"] = (_ => Keys(0, 1), "0- 2400"),
        ["SET PRIORITY"] = (_ => [3, 0, 0, 1, 0, 0, 0, (byte)s_port.Length, .. s_port.Wire],
            "0 Good, 1-55 1A00, 56- Good"),
        ["SET TIMESTAMP"] = (_ => [0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 0, 0], "0 Good, 1-11 1A00, 12 Good, 13- 1A00"),
        ["SET IDENTIFYING INFORMATION"] = (_ => [.. "rack 7"u8, 0], "0- Good"),
        // What follows names a target port group that is not there.
        ["SET TARGET PORT GROUPS"] =
            (_ => [0, 0, 0, 0, 0, 0, 0, 1], "0 Good, 1-7 1A00, 8 Good, 9-11 1A00, 12- 2600"),
        ["SEND DIAGNOSTIC"] = (_ => [0, 0, 0, 0], "0 Good, 1-3 1A00, 4 Good, 5- 1A00"),
        ["WRITE BUFFER"] = (_ => [1, 2, 3, 4, 5, 6, 7, 8], "0- Good"),
        // SBC-5: a descriptor that is cut off is not looked at.
        ["UNMAP"] = (_ => Unmap(), "0 Good, 1-7 1A00, 8- Good"),
        ["POPULATE TOKEN"] = (_ => CopyLists.Populate(0, 0, 0, (0, 8), (8, 8)), "0 Good, 1-47 1A00, 48- Good"),
        ["WRITE USING TOKEN"] = (_ => CopyLists.WriteUsing(CopyLists.ZeroToken(), 0, 0, (100, 4), (200, 4)),
            "0 Good, 1-567 1A00, 568- Good"),
        ["EXTENDED COPY (LID1)"] = (Lid1, "0 Good, 1-107 1A00, 108- Good"),
        ["EXTENDED COPY (LID4)"] = (disk => CopyLists.Lid4(disk, disk, 1, 0, 1000, 8), "0 Good, 1-139 1A00, 140- Good"),
        // What follows is the beginning of an alias of zeros, 16 bytes long.
        ["CHANGE ALIASES"] = (_ => AliasTests.Change((7, "iqn.2026-11.example:a"u8.ToArray())),
            "0 Good, 1-7 1A00, 8 Good, 9-47 1A00, 48 Good, 49-63 1A00, 64 Good, 65-79 1A00, 80 Good, 81- 1A00"),
        ["REMOVE I_T NEXUS"] = (_ => [0, 0, 0, (byte)(4 + s_port.Length), 0, 1, 0, (byte)s_port.Length, .. s_port.Wire],
            "0 Good, 1-55 1A00, 56- Good"),
        // No security or management protocol takes data.
        ["SECURITY PROTOCOL OUT"] = (_ => [], "0- 2400"),
        ["MANAGEMENT PROTOCOL OUT"] = (_ => [], "0- 2400"),
        ["SANITIZE, OVERWRITE"] = (_ => [1, 0, 0, 1, 0x55], "0-4 2400, 5 Good, 6- 2600"),
    };

    public static TheoryData<string> Rows =>
    [
        .. new DiskUnit(DiskRig.Options(), () => default).Commands.Rows.Select(row => row.Descriptor)
            .Where(row => row.Data == DataPhase.OutParameterList && LengthOf(row) is not null && !TakesNone(row))
            .Select(row => row.Name),
    ];

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task List_OfEveryLength_GivesWhatTheTableSays(string name)
    {
        Assert.True(s_lists.TryGetValue(name, out var known), name + " has no list here");
        List<string> outcomes = [];
        var whole = 0;
        for (var length = 0; length <= whole + Stretch; length++)
        {
            await using var rig = await StartAsync(name);
            var golden = known.List(rig.Disk);
            whole = golden.Length;
            var list = new byte[length];
            golden.AsSpan(0, Math.Min(length, whole)).CopyTo(list);
            outcomes.Add(Outcome(rig.Run(CdbOf(rig, name, length), list)));
            if (length >= whole) continue;
            // Nobody is taken by his word: PARAMETER LIST LENGTH says all, and less comes.
            var refused = Outcome(rig.Run(CdbOf(rig, name, whole), list));
            Assert.True(refused is LengthError or FieldInCdb, $"{length} of {whole} bytes: {refused}");
        }
        Assert.Equal(known.Outcomes, Told(outcomes));
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task List_AnyBitOther_IsTakenOrRefusedWithAPointerIntoIt(string name)
    {
        byte[] golden;
        await using (var rig = await StartAsync(name)) golden = s_lists[name].List(rig.Disk);
        // Of long lists one bit of each byte, another one each time.
        var step = golden.Length > 128 ? 9 : 1;
        for (var bit = 0; bit < golden.Length * 8; bit += step)
        {
            await using var rig = await StartAsync(name);
            var list = golden.ToArray();
            list[bit / 8] ^= (byte)(1 << (bit % 8));
            var result = rig.Run(CdbOf(rig, name, list.Length), list);
            Assert.NotEqual(ScsiStatus.Busy, result.Status);
            if (result.Status != ScsiStatus.CheckCondition) continue;
            var sense = DiskRig.SenseOf(result);
            // SET TARGET PORT GROUPS has a HARDWARE ERROR of its own for states that nobody gives.
            Assert.True(
                sense.Key != SenseKey.HardwareError || sense.Code == AdditionalSense.SetTargetPortGroupsCommandFailed,
                $"bit {bit}: {sense.Code}");
            if (sense.Code != AdditionalSense.InvalidFieldInParameterList) continue;
            // SPC-6, Field pointer: SKSV, and C/D zero.
            Assert.True((sense.SenseKeySpecific & 0xC0_0000) == 0x80_0000, $"bit {bit}: no pointer into the list");
            Assert.True((sense.SenseKeySpecific & 0xFFFF) < (uint)golden.Length, $"bit {bit}: a pointer past the list");
        }
    }

    private static CdbField? LengthOf(CommandDescriptor row) => row.ParameterListLength ?? row.TransferLength;

    // The kinds of SANITIZE without a list: its length must be zero.
    private static bool TakesNone(CommandDescriptor row) =>
        row.OperationCode == 0x48 && row.Name != "SANITIZE, OVERWRITE";

    private static async Task<DiskRig> StartAsync(string name)
    {
        var rig = await DiskRig.StartAsync(DiskRig.Options());
        if (!name.StartsWith("PERSISTENT", StringComparison.Ordinal)) return rig;
        if (name.EndsWith("REGISTER", StringComparison.Ordinal)) return rig;
        rig.Login();
        Good(rig, PrimaryCommands.PersistentReserveOutRegister, Keys(0, 1));
        if (name.EndsWith("MOVE", StringComparison.Ordinal))
            Good(rig, PrimaryCommands.PersistentReserveOutReserve, Keys(1, 0));
        return rig;
    }

    private static void Good(DiskRig rig, CommandDescriptor command, byte[] list)
    {
        var cdb = Cdb.Of(command, ("PARAMETER LIST LENGTH", (ulong)list.Length));
        command.Layout.Find("TYPE")?.Set(cdb, 1);
        DiskRig.Good(rig.Run(cdb, list));
    }

    private static byte[] CdbOf(DiskRig rig, string name, int length)
    {
        var row = rig.Disk.Commands.Rows.Single(row => row.Descriptor.Name == name).Descriptor;
        var cdb = Cdb.Of(row);
        LengthOf(row)!.Value.Set(cdb, (ulong)length);
        row.Layout.Find("PF")?.Set(cdb, 1);
        if (name == "WRITE BUFFER") row.Layout["MODE"].Set(cdb, 0x0A);      // echo
        if (name.StartsWith("PERSISTENT", StringComparison.Ordinal)) row.Layout.Find("TYPE")?.Set(cdb, 1);
        if (name == "SET PRIORITY") row.Layout["I_T_L NEXUS TO SET"].Set(cdb, 1);
        if (name == "SET IDENTIFYING INFORMATION") row.Layout["IDENTIFYING INFORMATION TYPE"].Set(cdb, 2);
        return cdb;
    }

    internal static string Outcome(ScsiResult result) => result.Status == ScsiStatus.CheckCondition
        ? ((int)DiskRig.SenseOf(result).Code).ToString("X4", CultureInfo.InvariantCulture)
        : result.Status.ToString();

    // Runs of equal outcomes, as "0 Good, 1-7 1A00".
    internal static string Told(List<string> outcomes)
    {
        List<string> runs = [];
        for (var first = 0; first < outcomes.Count;)
        {
            var last = first;
            while (last + 1 < outcomes.Count && outcomes[last + 1] == outcomes[first]) last++;
            var ends = last == outcomes.Count - 1 ? $"{first}-" : first == last ? $"{first}" : $"{first}-{last}";
            runs.Add($"{ends} {outcomes[first]}");
            first = last + 1;
        }
        return string.Join(", ", runs);
    }

    private static byte[] Keys(ulong key, ulong serviceActionKey)
    {
        var list = new byte[24];
        BinaryPrimitives.WriteUInt64BigEndian(list, key);
        BinaryPrimitives.WriteUInt64BigEndian(list.AsSpan(8), serviceActionKey);
        return list;
    }

    private static byte[] Move()
    {
        var list = Keys(1, 2);
        list[19] = 1;
        list[23] = (byte)s_port.Length;
        return [.. list, .. s_port.Wire];
    }

    private static byte[] Lid1(DiskUnit disk)
    {
        var descriptors = CopyLists.Lid4(disk, disk, 1, 0, 1000, 8)[CopyLists.HeaderLid4..];
        var header = new byte[16];
        (header[0], header[3], header[11]) = (1, 64, 28);
        return [.. header, .. descriptors];
    }

    private static byte[] Unmap()
    {
        var list = new byte[8 + 32];
        (list[1], list[3], list[8 + 7], list[8 + 11], list[24 + 7], list[24 + 11]) = (38, 32, 8, 8, 32, 8);
        return list;
    }
}
