using System.Buffers.Binary;
using Lunette.DeviceServer.LogPages;
using Lunette.Port.Virtual;
using Lunette.Scsi;

namespace Lunette.DeviceServer.Tests;

/// <summary>LOG SELECT (SPC-6), and what log pages tell over the life of a logical unit.</summary>
public sealed class LogPageTests
{
    private const int PageLength = 4 + (0x40 * 256);

    [Fact]
    public async Task ApplicationClient_WrittenAndSaved_SurvivesPowerOff_UnsavedDoesNot()
    {
        var kept = new MemoryPersistence();
        using var bench = await Bench.StartAsync(options => options with { Persistence = kept });
        Select(bench.A, saves: 1, Note(5, 0xA5)).Good();
        Select(bench.A, saves: 0, Note(6, 0x5A)).Good();
        Assert.Equal((0xA5, 0x5A), (Noted(bench, 5), Noted(bench, 6)));
        await PowerCycleAsync(bench);
        Assert.Equal((0xA5, 0), (Noted(bench, 5), Noted(bench, 6)));
        // PCR with SP: what was saved is gone too.
        bench.A.Run(Cdb.Of(PrimaryCommands.LogSelect, ("PCR", 1), ("SP", 1), ("PAGE CODE", 0x0F))).Good();
        await PowerCycleAsync(bench);
        Assert.Equal(0, Noted(bench, 5));
    }

    [Fact]
    public async Task ApplicationClient_OthersHearOfIt()
    {
        using var bench = await Bench.StartAsync();
        _ = bench.B;
        Select(bench.A, saves: 0, Note(0, 1)).Good();
        bench.B.Run(Cdb.Of(PrimaryCommands.TestUnitReady))
            .Check(SenseKey.UnitAttention, AdditionalSense.LogParametersChanged);
        Assert.Equal(1, Noted(bench, 0));
    }

    [Fact]
    public async Task Save_ThatFailsOrCannotBe_ChangesNothing()
    {
        var kept = new MemoryPersistence { Fails = true };
        using var bench = await Bench.StartAsync(options => options with { Persistence = kept });
        Select(bench.A, saves: 1, Note(5, 7))
            .Check(SenseKey.HardwareError, AdditionalSense.InternalTargetFailure);
        Assert.Equal(0, Noted(bench, 5));
        using var memory = await Bench.StartAsync();
        Select(memory.A, saves: 1, Note(5, 7)).CheckField(1, 0);
        Assert.Equal(0x0F, Page(memory, 0x0F)[0] & 0x3F);
        Assert.Equal(0x80, Page(memory, 0x0F)[0] & 0x80);       // DS: nothing can be saved
        Assert.Equal(0x00, Page(bench, 0x0F)[0] & 0x80);
    }

    [Fact]
    public async Task AccountingDate_Set_IsTold_AndPutBackToBlanks()
    {
        using var bench = await Bench.StartAsync();
        Assert.Equal("      ", Date(bench));
        Select(bench.A, saves: 0, [0x0E, 0, 0, 10, 0, 2, 0x01, 6, .. "202647"u8]).Good();
        Assert.Equal("202647", Date(bench));
        bench.A.Run(Cdb.Of(PrimaryCommands.LogSelect, ("PCR", 1), ("PAGE CODE", 0x0E))).Good();
        Assert.Equal("      ", Date(bench));
    }

    public static TheoryData<string, byte[], int, int> WrongLists => new()
    {
        { "no such page", [0x31, 0, 0, 0], 0, 5 },
        { "a list of pages", [0x00, 0, 0, 0], 0, 5 },
        { "a subpage without SPF", [0x0E, 1, 0, 0], 0, 6 },
        { "pages that descend", [0x0F, 0, 0, 0, 0x0E, 0, 0, 0], 4, 5 },
        { "a page twice", [0x0F, 0, 0, 0, 0x0F, 0, 0, 0], 4, 5 },
        { "a page cut off", [0x0E, 0, 0, 11, 0, 2, 1, 6, 1, 2, 3, 4, 5, 6], 2, -1 },
        { "a counter", [0x02, 0, 0, 12, 0, 5, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0], 4, -1 },
        { "a transition count", [0x1A, 0, 0, 8, 0, 1, 3, 4, 0, 0, 0, 0], 4, -1 },
        { "a self-test result", [0x10, 0, 0, 4, 0, 1, 3, 0], 4, -1 },
        { "another length", [0x0E, 0, 0, 9, 0, 2, 1, 5, 1, 2, 3, 4, 5], 7, -1 },
        { "a parameter cut off", [0x0E, 0, 0, 8, 0, 2, 1, 6, 1, 2, 3, 4], 7, -1 },
        { "parameters that descend", [.. Note(5, 1, pages: 2), 0, 4, 3, 0xFC, .. new byte[0xFC]], 4 + 256, -1 },
        { "one note too many", [0x0F, 0, 1, 0, 0, 0x40, 3, 0xFC, .. new byte[0xFC]], 4, -1 },
    };

    [Theory]
    [MemberData(nameof(WrongLists))]
    public async Task List_WithAMistake_RefusedAtItAndNothingIsSet(string what, byte[] list, int at, int bit)
    {
        using var bench = await Bench.StartAsync();
        Assert.NotEmpty(what);
        Select(bench.A, saves: 0, list).CheckParameter(at, bit);
        Assert.Equal(0, Noted(bench, 5));
        Assert.Equal("      ", Date(bench));
    }

    // Every place where a list may end is an end, a page or parameter that is cut off, or too little for a header.
    [Fact]
    public async Task List_CutAtEachByte_ExactSense()
    {
        using var bench = await Bench.StartAsync();
        byte[] list = [0x0E, 0, 0, 10, 0, 2, 1, 6, .. "202647"u8, .. Note(5, 9)];
        for (var length = 0; length <= list.Length; length++)
        {
            var result = Select(bench.A, saves: 0, list[..length]);
            var inHeader = length is > 0 and < 4 or > 14 and < 18;
            if (length is 0 or 14 || length == list.Length) result.Good();
            else if (inHeader) result.Check(SenseKey.IllegalRequest, AdditionalSense.ParameterListLengthError);
            else result.CheckParameter(length < 14 ? 2 : 16);
            Assert.Equal(length == list.Length ? 9 : 0, Noted(bench, 5));
        }
        Select(bench.A, saves: 0, [.. list, 0])
            .Check(SenseKey.IllegalRequest, AdditionalSense.ParameterListLengthError);
    }

    [Fact]
    public async Task Fields_ThatDoNotGoTogether_Refused()
    {
        using var bench = await Bench.StartAsync();
        var list = Note(0, 1);
        Select(bench.A, saves: 0, list, ("PCR", 1UL)).CheckField(1, 1);
        Select(bench.A, saves: 0, list, ("PAGE CODE", 0x0FUL)).CheckField(2, 5);
        Select(bench.A, saves: 0, list, ("SUBPAGE CODE", 1UL)).CheckField(3);
        bench.A.Run(Cdb.Of(PrimaryCommands.LogSelect, ("PCR", 1), ("PAGE CODE", 0x31))).CheckField(2, 5);
        bench.A.Run(Cdb.Of(PrimaryCommands.LogSelect, ("PCR", 1), ("PAGE CODE", 2), ("SUBPAGE CODE", 7)))
            .CheckField(3);
    }

    // SPC-6, LOG SELECT command: PCR means the pages that the CDB names, and PC 11b the default values.
    [Fact]
    public async Task Reset_OfOnePage_LeavesTheOthers()
    {
        using var bench = await Bench.StartAsync();
        bench.A.Run(Cdb.Write10(0, 2), new byte[1024]).Good();
        bench.A.Run(Cdb.Of(PrimaryCommands.LogSelect, ("PCR", 1), ("PAGE CODE", 0x02))).Good();
        Assert.Equal(0UL, Counter(bench, 0x02, 5));
        bench.A.Run(Cdb.Write10(0, 1), new byte[512]).Good();
        Assert.Equal(512UL, Counter(bench, 0x02, 5));
        Assert.Equal(2UL, Counter(bench, 0x19, 1, at: 8));
        bench.A.Run(Cdb.Of(PrimaryCommands.LogSelect, ("PC", 3), ("PAGE CODE", 0x19), ("SUBPAGE CODE", 0xFF))).Good();
        Assert.Equal(0UL, Counter(bench, 0x19, 1, at: 8));
        bench.A.Run(Cdb.Of(PrimaryCommands.LogSelect, ("PC", 1))).Good();
        Assert.Equal(512UL, Counter(bench, 0x02, 5));
    }

    [Fact]
    public async Task PowerConditions_AreCounted_AndSurvivePowerOff()
    {
        using var bench = await Bench.StartAsync(options => options with { Persistence = new MemoryPersistence() });
        Condition(bench, 2);
        Condition(bench, 2);
        Condition(bench, 3);
        bench.A.Ask(Cdb.Read10(0), 512);
        Assert.Equal([1U, 1, 1], Transitions(bench));
        StartStop(bench, start: 0);
        StartStop(bench, start: 0);
        StartStop(bench, start: 1);
        Assert.Equal([2U, 1, 1], Transitions(bench));
        Condition(bench, 0xB);
        await PowerCycleAsync(bench);
        Assert.Equal([2U, 1, 2], Transitions(bench));
        var page = LogPage.Parse(Page(bench, 0x0E), LogPageCode.StartStopCycleCounter)!;
        Assert.Equal([1U, 0], page.Skip(1).Select(p => BinaryPrimitives.ReadUInt32BigEndian(p.Value.Span)));
    }

    [Fact]
    public async Task SelfTests_TwentyAreRemembered_TheMostRecentFirst()
    {
        using var bench = await Bench.StartAsync(options => options with { Persistence = new MemoryPersistence() });
        bench.A.Run(Cdb.Of(PrimaryCommands.SendDiagnostic, ("SELFTEST", 1))).Good();
        for (var i = 0; i < UnitHistory.SelfTestsMax; i++)
            bench.A.Run(Cdb.Of(PrimaryCommands.SendDiagnostic, ("SELF-TEST CODE", i % 2 == 0 ? 5UL : 6))).Good();
        await PowerCycleAsync(bench);
        var page = LogPage.Parse(Page(bench, 0x10), LogPageCode.SelfTestResults)!;
        Assert.Equal(20, page.Count);
        Assert.Equal(Enumerable.Range(1, 20), page.Select(p => (int)p.Code));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => i % 2 == 0 ? 0xC0 : 0xA0),
            page.Select(p => (int)p.Value.Span[0]));
    }

    [Fact]
    public async Task Temperature_IsSaidNotToBeKnown()
    {
        using var bench = await Bench.StartAsync();
        Assert.Equal([0, 0xFF], LogPage.Parse(Page(bench, 0x0D), LogPageCode.Temperature)![0].Value.ToArray());
        Assert.Equal([0, 0xFF], LogPage.Parse(Page(bench, 0x0D), LogPageCode.Temperature)![1].Value.ToArray());
    }

    private static byte[] Note(ushort code, byte value, int pages = 1) =>
        [0x0F, 0, (byte)pages, 0, (byte)(code >> 8), (byte)code, 0x03, 0xFC, .. Enumerable.Repeat(value, 0xFC)];

    private static ScsiResult Select(
        VirtualInitiator host, ulong saves, byte[] list, params (string, ulong)[] fields) => host.Run(
        Cdb.Of(PrimaryCommands.LogSelect,
            [("SP", saves), ("PARAMETER LIST LENGTH", (ulong)list.Length), ("PC", 1), .. fields]), list);

    private static byte Noted(Bench bench, int code) =>
        LogPage.Parse(Page(bench, 0x0F), LogPageCode.ApplicationClient)![code].Value.Span[0xFB];

    private static string Date(Bench bench) => System.Text.Encoding.ASCII.GetString(
        LogPage.Parse(Page(bench, 0x0E), LogPageCode.StartStopCycleCounter)![0].Value.Span);

    private static uint[] Transitions(Bench bench) =>
        [.. LogPage.Parse(Page(bench, 0x1A), LogPageCode.PowerConditionTransitions)!
            .Select(p => BinaryPrimitives.ReadUInt32BigEndian(p.Value.Span))];

    private static ulong Counter(Bench bench, byte page, int code, int at = 0) => BinaryPrimitives.ReadUInt64BigEndian(
        LogPage.Parse(Page(bench, page), (LogPageCode)(page << 8))!.Single(p => p.Code == code).Value.Span[at..]);

    private static byte[] Page(Bench bench, ulong page) => bench.A.Ask(Cdb.Of(PrimaryCommands.LogSense,
        ("PC", 1), ("PAGE CODE", page), ("ALLOCATION LENGTH", 0x8000)), PageLength);

    private static void Condition(Bench bench, ulong condition) =>
        bench.A.Run(Cdb.Of(BlockCommands.StartStopUnit, ("POWER CONDITION", condition))).Good();

    private static void StartStop(Bench bench, ulong start) =>
        bench.A.Run(Cdb.Of(BlockCommands.StartStopUnit, ("START", start))).Good();

    private static async Task PowerCycleAsync(Bench bench)
    {
        var stop = TestContext.Current.CancellationToken;
        Assert.True((await bench.Unit.OfflineAsync(stop)).Succeeded);
        Assert.True((await bench.Unit.OnlineAsync(stop)).Succeeded);
        Bench.ClearAttentions(bench.A);
    }
}
