using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.DeviceServer.Tests;

/// <summary>Every row against every general rule.</summary>
public class GeneratedFromRowsTests
{
    private static readonly CommandTable<SupportedCommand> s_table = BlockUnit.Make().Commands;

    private static readonly int[] s_vpdPages = [0x00, 0x80, 0x83, 0x86, 0x87, 0x88, 0x8A];

    public static TheoryData<string> Rows => [.. s_table.Rows.Select(row => row.Descriptor.Name)];

    public static TheoryData<string> ParameterDataRows =>
    [
        .. s_table.Rows.Where(row => row.Descriptor.Data == DataPhase.InParameterData)
            .Select(row => row.Descriptor.Name),
    ];

    private static SupportedCommand Row(string name) => s_table.Rows.Single(row => row.Descriptor.Name == name);

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Row_EachBitOutsideItsUsageMap_InvalidFieldPointingAtIt(string name)
    {
        using var bench = await Bench.StartAsync();
        var layout = Row(name).Descriptor.Layout;
        for (var at = 1; at < layout.Length; at++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                if ((layout.UsageMap[at] & 1 << bit) != 0 || IsSelector(layout, at, bit)) continue;
                var cdb = Cdb.Of(Row(name).Descriptor);
                cdb[at] |= (byte)(1 << bit);
                bench.A.Run(cdb).CheckField(at, bit);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Row_EachBitInsideItsUsageMap_IsNeverStray(string name)
    {
        using var bench = await Bench.StartAsync();
        var layout = Row(name).Descriptor.Layout;
        for (var at = 1; at < layout.Length; at++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                if ((layout.UsageMap[at] & 1 << bit) == 0 || IsSelector(layout, at, bit)) continue;
                var cdb = Cdb.Of(Row(name).Descriptor);
                cdb[at] |= (byte)(1 << bit);
                Assert.Null(layout.FindStrayBit(cdb));
                // It may be refused for what it says, and must end in any case.
                bench.A.Run(cdb, new byte[4096], new byte[65536]);
                Reset(bench);
            }
        }
    }

    [Theory]
    [MemberData(nameof(ParameterDataRows))]
    public async Task Row_EveryAllocationLength_PrefixOfTheWhole(string name)
    {
        using var bench = await Bench.StartAsync();
        var row = Row(name);
        _ = bench.A;
        foreach (var fields in Variants(row.Descriptor))
        {
            Prepare(bench, row);
            var whole = Answer(bench, row, fields, 2048);
            if (whole is null) continue;
            var lengthMax = (int)Math.Min(row.Descriptor.AllocationLength!.Value.MaxValue, 2048);
            foreach (var length in Enumerable.Range(0, Math.Min(300, lengthMax + 1)).Append(lengthMax))
            {
                Prepare(bench, row);
                var some = Answer(bench, row, fields, length);
                Assert.NotNull(some);
                Assert.Equal(Math.Min(length, whole.Length), some.Length);
                Assert.Equal(whole[..some.Length], some);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Row_UnitAttentionPending_ReportedUnlessTheRowPassesIt(string name)
    {
        using var bench = await Bench.StartAsync();
        var row = Row(name);
        var passes = (row.Passes & Conditions.UnitAttention) != 0;
        Assert.Equal(name is "INQUIRY" or "REPORT LUNS" or "REQUEST SENSE", passes);
        _ = bench.A;
        bench.Unit.EstablishAttention(AdditionalSense.ModeParametersChanged);
        var result = bench.A.Run(Cdb.Of(row.Descriptor), new byte[4096], new byte[4096]);
        if (passes) Assert.NotEqual(SenseKey.UnitAttention, result.SenseKeyOf());
        else result.Check(SenseKey.UnitAttention, AdditionalSense.ModeParametersChanged);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Row_OutOfService_OnlyTheThreeAnswer(string name)
    {
        using var bench = await Bench.StartAsync();
        _ = bench.A;
        await bench.Unit.OfflineAsync(CancellationToken.None);
        var result = bench.A.Run(Cdb.Of(Row(name).Descriptor), new byte[4096], new byte[4096]);
        if (name is "INQUIRY" or "REPORT LUNS" or "REQUEST SENSE") result.Good();
        else Assert.Equal(SenseKey.NotReady, result.SenseKeyOf());
        await bench.Unit.OnlineAsync(CancellationToken.None);
    }

    // RCTD: each command with its own timeouts, alone and in the list of all.
    [Fact]
    public async Task ReportSupportedOperationCodes_WithTimeouts_OfTheRow()
    {
        using var bench = await Bench.StartAsync();
        var all = bench.A.Ask(Cdb.Of(PrimaryCommands.ReportSupportedOperationCodes,
            ("RCTD", 1), ("ALLOCATION LENGTH", 32768)), 32768);
        var at = 4;
        foreach (var row in bench.Unit.Commands.Rows.OrderBy(row => row.Descriptor.OperationCode)
            .ThenBy(row => row.Descriptor.ServiceAction))
        {
            Assert.Equal(row.Descriptor.OperationCode, all[at]);
            Assert.Equal(0x02, all[at + 5] & 0x02);
            byte[] timeouts = [0, 10, 0, 0, 0, 0, 0, 0, .. BitConverter.GetBytes(row.TimeoutSeconds).Reverse()];
            Assert.Equal(timeouts, all[(at + 8)..(at + 20)]);
            at += 20;
            var one = bench.A.Ask(Cdb.Of(PrimaryCommands.ReportSupportedOperationCodes, ("RCTD", 1),
                ("REPORTING OPTIONS", 3), ("REQUESTED OPERATION CODE", row.Descriptor.OperationCode),
                ("REQUESTED SERVICE ACTION", row.Descriptor.ServiceAction ?? 0), ("ALLOCATION LENGTH", 100)));
            Assert.Equal(0x80 | (int)CommandSupport.Supported, one[1]);
            Assert.Equal(timeouts, one[(4 + row.Descriptor.Layout.Length)..]);
        }
        Assert.Equal(all.Length, at);
        Assert.Contains(bench.Unit.Commands.Rows, row => row.TimeoutSeconds != 30);
    }

    [Fact]
    public async Task ReportSupportedOperationCodes_SupportedExactlyWhenDispatchDoes()
    {
        using var bench = await Bench.StartAsync();
        for (var code = 0; code < 256; code++)
        {
            for (var action = 0; action < 32; action++)
            {
                var dispatched = s_table.Find((byte)code, (ushort)action);
                if (!s_table.HasServiceActions((byte)code) && action > 0) dispatched = null;
                var asked = bench.A.Ask(Cdb.Of(PrimaryCommands.ReportSupportedOperationCodes,
                    ("REPORTING OPTIONS", 3), ("REQUESTED OPERATION CODE", (ulong)code),
                    ("REQUESTED SERVICE ACTION", (ulong)action), ("ALLOCATION LENGTH", 4096)));
                var support = SupportedOperationCodesData.ParseOne(asked)!;
                Assert.Equal(dispatched is not null, support.Support == CommandSupport.Supported);
                if (dispatched is null) continue;
                Assert.Equal(dispatched.Descriptor.Layout.UsageMap.ToArray(), support.UsageData.ToArray());
            }
        }
        var all = SupportedOperationCodesData.ParseAll(bench.A.Ask(Cdb.Of(
            PrimaryCommands.ReportSupportedOperationCodes, ("ALLOCATION LENGTH", 32768)), 32768));
        Assert.Equal(s_table.Rows.Count, all.Count);
        Assert.All(all, row => Assert.NotNull(s_table.Find(row.OperationCode, row.ServiceAction ?? 0)));
    }

    [Fact]
    public async Task AnyCdb_OfEveryLength_EndsOnce()
    {
        using var bench = await Bench.StartAsync();
        const int Seed = 20261122;
        var random = new Random(Seed);
        for (var i = 0; i < 20000; i++)
        {
            var cdb = new byte[random.Next(1, 40)];
            random.NextBytes(cdb);
            if (random.Next(2) == 0) cdb[0] = s_table.Rows[random.Next(s_table.Rows.Count)].Descriptor.OperationCode;
            if (random.Next(2) == 0) cdb.AsSpan(1).Clear();
            var result = bench.A.Run(cdb, new byte[random.Next(3) * 512], new byte[random.Next(3) * 512]);
            Assert.True(result.Answered, $"seed {Seed}, command {i}");
        }
        Reset(bench);
    }

    // The bits that choose the row: another value is another command.
    private static bool IsSelector(CdbLayout layout, int at, int bit)
    {
        foreach (var field in layout.Fields)
        {
            if (field.FixedValue is null || at < field.Index || at >= field.Index + field.Count) continue;
            var mask = at == field.Index ? field.Mask : (byte)0xFF;
            if ((mask & 1 << bit) != 0) return true;
        }
        return false;
    }

    // What a command may have done to the logical unit is undone: reservations, mode pages, stops.
    private static void Reset(Bench bench)
    {
        bench.A.Run(Cdb.Of(BlockCommands.StartStopUnit, ("START", 1)));
        bench.A.Run(Cdb.Of(PrimaryCommands.Release6));
    }

    // States in which a row's answer is interesting: once without and once with something to tell.
    private static void Prepare(Bench bench, SupportedCommand row)
    {
        if (row.Descriptor.Name == "REQUEST SENSE")
            bench.Unit.EstablishAttention(AdditionalSense.ModeParametersChanged);
        if (row.Descriptor.OperationCode == 0x5E && bench.Unit.Reservations.Registrants.IsEmpty)
        {
            foreach (var host in new[] { bench.A, bench.B })
            {
                host.Run(Cdb.Of(PrimaryCommands.PersistentReserveOutRegister, ("PARAMETER LIST LENGTH", 24)),
                    ReserveOutList.Of(0, 7)).Good();
            }
        }
    }

    private static IEnumerable<(string, ulong)[]> Variants(CommandDescriptor descriptor) => descriptor.Name switch
    {
        "INQUIRY" => s_vpdPages
            .Select(page => new[] { ("EVPD", 1UL), ("PAGE CODE", (ulong)page) }).Append([]),
        "MODE SENSE (6)" or "MODE SENSE (10)" => from control in new ulong[] { 0, 1, 2 }
                                                 from subpage in new ulong[] { 0, 0xFF }
                                                 select new[]
                                                 {
                                                     ("PC", control), ("PAGE CODE", 0x3FUL), ("SUBPAGE CODE", subpage),
                                                 },
        "LOG SENSE" => [[], [("SUBPAGE CODE", 0xFF)], [("PAGE CODE", 0x19)], [("PAGE CODE", 0x2F)]],
        "READ BUFFER (10)" or "READ BUFFER (16)" => [[("MODE", 3)], [("MODE", 11)]],
        "REPORT IDENTIFYING INFORMATION" => [[], [("IDENTIFYING INFORMATION TYPE", 2)],
            [("IDENTIFYING INFORMATION TYPE", 127)]],
        _ => [[]],
    };

    private static byte[]? Answer(Bench bench, SupportedCommand row, (string, ulong)[] fields, int length)
    {
        var max = row.Descriptor.AllocationLength!.Value.MaxValue;
        var cdb = Cdb.Of(row.Descriptor, [.. fields, ("ALLOCATION LENGTH", Math.Min((ulong)length, max))]);
        var bytes = new byte[65536];
        var result = bench.A.Run(cdb, dataIn: bytes);
        // Changing with time or not available here: not comparable.
        if (!result.IsGood || row.Descriptor.Name == "REPORT TIMESTAMP") return null;
        Assert.Equal(result.DataInLength - bytes.Length, result.Residual);
        return bytes[..result.DataInLength];
    }
}
