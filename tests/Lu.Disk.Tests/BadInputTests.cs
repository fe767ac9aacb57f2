using Lunette.Port.Virtual;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests;

/// <summary>
/// Whatever stands in a CDB or a parameter list, a command ends with a status, what is refused says why, and nothing is
/// left of it. Short seeded runs over every row of each kind of disk; the fuzz targets go further.
/// </summary>
public sealed class BadInputTests
{
    private static readonly ScsiStatus[] s_endings =
    [
        ScsiStatus.Good, ScsiStatus.CheckCondition, ScsiStatus.ConditionMet, ScsiStatus.ReservationConflict,
        ScsiStatus.TaskSetFull,
    ];

    public static TheoryData<bool, ProtectionType?, int> Disks => new()
    {
        { true, null, 1 },
        { false, null, 2 },
        { true, ProtectionType.Type1, 3 },
        { true, ProtectionType.Type2, 4 },
        { false, ProtectionType.Type3, 5 },
    };

    [Theory]
    [MemberData(nameof(Disks))]
    public async Task Cdb_RandomBitsOfEveryRow_EndsWithAStatus(bool thin, ProtectionType? protection, int seed)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(thin: thin) with { Protection = protection });
        var random = new Random(seed);
        // What takes the medium away, or changes it as a whole, is for tests of its own.
        var rows = rig.Disk.Commands.Rows.Select(row => row.Descriptor)
            .Where(row => row.OperationCode is not (0x04 or 0x1B or 0x48)).ToArray();
        for (var step = 0; step < 4000; step++)
        {
            var row = rows[random.Next(rows.Length)];
            var cdb = Mangled(row, random);
            var result = Run(rig, cdb, random);
            var where = $"seed {seed}, step {step}, {Convert.ToHexString(cdb)}: {result.Status}";
            Assert.True(s_endings.Contains(result.Status), where);
            if (result.Status != ScsiStatus.CheckCondition) continue;
            Assert.True(Sense.TryParse(result.SenseData.Span, out var sense), where);
            Assert.True(sense.Key != SenseKey.HardwareError, where);
        }
    }

    [Theory]
    [MemberData(nameof(Disks))]
    public async Task Cdb_EveryOperationCodeOfAnyLength_EndsWithAStatus(bool thin, ProtectionType? protection, int seed)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(thin: thin) with { Protection = protection });
        var random = new Random(seed);
        for (var code = 0; code < 256; code++)
        {
            if (code is 0x04 or 0x1B or 0x48) continue;
            // Past the longest of any row, some lengths stand for the rest.
            foreach (var length in (int[])[.. Enumerable.Range(1, 40), 64, 128, 259, 260])
            {
                var cdb = new byte[length];
                random.NextBytes(cdb);
                cdb[0] = (byte)code;
                foreach (var control in (int[])[1, 5, 9, 11, 15])
                    if (control < length) cdb[control] &= 0xFB;
                Assert.Contains(Run(rig, cdb, random).Status, s_endings);
            }
        }
    }

    // A field at its bounds or anything, and now and then a bit that belongs to nobody.
    private static byte[] Mangled(CommandDescriptor row, Random random)
    {
        var cdb = Cdb.Of(row);
        foreach (var field in row.Layout.Fields)
        {
            // NACA would leave an allegiance that refuses all that follows.
            if (field.FixedValue is not null || field.Name == "CONTROL" || random.Next(3) == 0) continue;
            field.Set(cdb, random.Next(5) switch
            {
                0 => 0,
                1 => field.MaxValue,
                2 => (ulong)random.Next(64) & field.MaxValue,
                3 => 2047 & field.MaxValue,
                _ => (ulong)random.NextInt64() & field.MaxValue,
            });
        }
        if (random.Next(6) == 0) cdb[random.Next(2, cdb.Length - 1)] ^= (byte)(1 << random.Next(8));
        return cdb;
    }

    private static ScsiResult Run(DiskRig rig, byte[] cdb, Random random)
    {
        var data = new byte[random.Next(4) == 0 ? random.Next(3000) : 1040];
        random.NextBytes(data.AsSpan(0, data.Length / 2));
        rig.Host.DataOutDelivery = (DataOutDelivery)random.Next(3);
        return random.Next(2) == 0
            ? rig.Run(cdb, data)
            : rig.Run(new ScsiRequest(cdb) { DataIn = data });
    }
}
