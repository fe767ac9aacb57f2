using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests;

/// <summary>Every row of each kind of disk against the general rules; those of SPC alone stand in the device server's
/// tests.</summary>
public sealed class RowTests
{
    private const int AllocationsTried = 400;

    public static TheoryData<bool, ProtectionType?> Disks => new()
    {
        { true, null },
        { false, null },
        { true, ProtectionType.Type1 },
        { true, ProtectionType.Type2 },
        { false, ProtectionType.Type3 },
    };

    [Theory]
    [MemberData(nameof(Disks))]
    public async Task Row_EachBitOfItsCdb_StrayBitsAreRefusedAtTheirPlace(bool thin, ProtectionType? protection)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(thin: thin) with { Protection = protection });
        foreach (var row in rig.Disk.Commands.Rows.Select(row => row.Descriptor))
        {
            for (var bit = 8; bit < row.Layout.Length * 8; bit++)
            {
                var (at, mask) = (bit / 8, (byte)(1 << (bit % 8)));
                if (IsSelector(row, at, mask)) continue;
                var stray = (row.Layout.UsageMap[at] & mask) == 0;
                var cdb = Cdb.Of(row);
                cdb[at] ^= mask;
                if (!stray)
                {
                    Assert.Null(row.Layout.FindStrayBit(cdb));
                    continue;
                }
                var sense = DiskRig.SenseOf(rig.Run(cdb));
                Assert.Equal((row.Name, AdditionalSense.InvalidFieldInCdb), (row.Name, sense.Code));
                Assert.Equal(Sense.FieldPointer(commandData: true, at, bit % 8), sense.SenseKeySpecific);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Disks))]
    public async Task Row_AnyAllocationLength_ExactlySoMuchOfTheWhole(bool thin, ProtectionType? protection)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(thin: thin) with { Protection = protection });
        DiskRig.Good(rig.Run(Cdb.Of(PrimaryCommands.PersistentReserveOutRegister, ("PARAMETER LIST LENGTH", 24UL)),
            [.. new byte[15], 7, .. new byte[8]]));
        var compared = 0;
        foreach (var row in rig.Disk.Commands.Rows.Select(row => row.Descriptor))
        {
            if (row.AllocationLength is not { } allocation || ChangesByItself(row)) continue;
            foreach (var fields in Variants(rig, row))
            {
                var whole = Answer(rig, row, fields, Math.Min(allocation.MaxValue, 65536));
                if (whole is null) continue;
                compared++;
                foreach (var length in Lengths(whole.Length, allocation.MaxValue))
                {
                    var some = Answer(rig, row, fields, length);
                    var expected = whole[..(int)Math.Min(length, (ulong)whole.Length)];
                    Assert.True(some is not null && some.AsSpan().SequenceEqual(expected),
                        $"{row} {string.Join(' ', fields)}: {length} of {whole.Length} gave {some?.Length}");
                }
            }
        }
        Assert.True(compared > 40, $"{compared} answers were compared");
    }

    // The clock, and what reading itself counts.
    private static bool ChangesByItself(CommandDescriptor row) => row.Name is "REPORT TIMESTAMP" or "LOG SENSE";

    private static IEnumerable<ulong> Lengths(int whole, ulong max)
    {
        for (var length = 0; length <= Math.Min(whole + 8, AllocationsTried); length++)
            if ((ulong)length <= max) yield return (ulong)length;
        for (var bits = 8; bits <= 32; bits++)
            foreach (var length in (ulong[])[(1UL << bits) - 1, 1UL << bits])
                if (length <= max) yield return length;
    }

    private static IEnumerable<(string, ulong)[]> Variants(DiskRig rig, CommandDescriptor row) => row.Name switch
    {
        "INQUIRY" => rig.Read(Cdb.Of(row, ("EVPD", 1UL), ("ALLOCATION LENGTH", 255UL)), 255)[4..]
            .Select(page => new[] { ("EVPD", 1UL), ("PAGE CODE", (ulong)page) }).Append([]),
        "MODE SENSE (6)" or "MODE SENSE (10)" => from control in (ulong[])[0, 1, 2]
                                                 from subpage in (ulong[])[0, 0xFF]
                                                 select new[]
                                                 {
                                                     ("PC", control), ("PAGE CODE", 0x3FUL), ("SUBPAGE CODE", subpage),
                                                 },
        "READ BUFFER (10)" or "READ BUFFER (16)" => [[("MODE", 3)], [("MODE", 11)]],
        "REPORT SUPPORTED OPERATION CODES" => [[], [("RCTD", 1)],
            [("REPORTING OPTIONS", 1), ("REQUESTED OPERATION CODE", 0x12), ("RCTD", 1)]],
        "READ DEFECT DATA (10)" or "READ DEFECT DATA (12)" => [[], [("REQ_PLIST", 1), ("REQ_GLIST", 1)]],
        _ => [[]],
    };

    private static byte[]? Answer(DiskRig rig, CommandDescriptor row, (string, ulong)[] fields, ulong allocated)
    {
        var bytes = new byte[65536];
        var cdb = Cdb.Of(row, fields);
        row.AllocationLength!.Value.Set(cdb, allocated);
        var result = rig.Run(new Port.Virtual.ScsiRequest(cdb) { DataIn = bytes });
        if (!result.IsGood) return null;
        Assert.Equal(result.DataInLength - bytes.Length, result.Residual);
        return bytes[..result.DataInLength];
    }

    // The bits that choose the row: another value is another command, or another length of the CDB.
    private static bool IsSelector(CommandDescriptor row, int at, byte mask)
    {
        if (row.OperationCode == CdbLayout.VariableLength && at == 7) return true;
        return row.Layout.Fields.Any(field => field.FixedValue is not null && at >= field.Index
            && at < field.Index + field.Count && ((at == field.Index ? field.Mask : 0xFF) & mask) != 0);
    }
}
