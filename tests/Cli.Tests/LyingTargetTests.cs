using Lunette.Cli.Disks;
using Lunette.Scsi;

namespace Lunette.Cli.Tests;

/// <summary>What a target says of its logical units is not believed: <c>disk discover</c> says what is wrong, and goes
/// on.</summary>
public class LyingTargetTests
{
    private static readonly byte[] s_honestList = [0, 0, 0, 8, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];

    public static TheoryData<byte[], int[], string> Lists => new()
    {
        { [], [], "too short" },
        { [0, 0, 0, 8], [], "too short" },
        { [0, 0, 0, 0, 0, 0, 0, 0], [], "no logical unit" },
        { [0, 0, 0, 12, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0], [1], "no list of whole LUNs" },
        { [0, 0, 0, 32, .. s_honestList[4..]], [1], "longer than what came" },
        { [0xFF, 0xFF, 0xFF, 0xF8, .. s_honestList[4..]], [1], "536870911 logical units; 256 are looked at" },
        { [0, 0, 0, 8, 0, 0, 0, 0, 0xC1, 1, 0, 0, 0, 0, 0, 0], [], "1 of its LUNs have no number here" },
        { [0, 0, 0, 16, .. s_honestList[4..], 0x40, 1, 0, 0, 0, 0, 0, 0], [1], "" },
        { [0, 0, 8, 8, 0, 0, 0, 0, .. Many(257)], [.. Enumerable.Range(0, 256)], "257 logical units" },
    };

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task List_ShortOrLying_WhatItNamesIsShownAndSoIsTheLie(byte[] list, int[] units, string lie)
    {
        var found = await DiscoverAsync(cdb => cdb[0] == 0xA0 ? list : Honest(cdb));

        Assert.Equal(units, found.Where(unit => unit.Lun >= 0).Select(unit => unit.Lun));
        Assert.All(found.Where(unit => unit.Lun >= 0), unit => Assert.Null(unit.Error));
        var said = found.SingleOrDefault(unit => unit.Lun < 0)?.Error;
        if (lie.Length == 0) Assert.Null(said);
        else Assert.Contains(lie, said, StringComparison.Ordinal);
    }

    public static TheoryData<byte[], string, string> Inquiries => new()
    {
        { [], "", "INQUIRY data too short" },
        { [0, 0, 6, 2], "", "INQUIRY data too short" },
        { [0, 0, 6, 2, 0], "", "" },
        { [0, 0, 6, 2, 255, 0, 0, 0, .. "LUN"u8], "LUN", "" },
        { [0, 0, 6, 2, 5, 0, 0, 0, .. "LUNETTE DISK"u8], "LU", "" },
        { [0, 0, 6, 2, 31, 0, 0, 0, .. "a/\0\u001b[2J"u8, .. new byte[20]], "a/", "" },
    };

    [Theory]
    [MemberData(nameof(Inquiries))]
    public async Task Inquiry_ShortOrLying_NoMoreThanCameAndNothingThatControlsATerminal(
        byte[] inquiry, string vendor, string lie)
    {
        var found = await DiscoverAsync(cdb => cdb[0] == 0x12 && cdb[1] == 0 ? inquiry : Honest(cdb));

        var unit = Assert.Single(found);
        Assert.Equal(lie, unit.Error ?? "");
        Assert.StartsWith(vendor, unit.Vendor, StringComparison.Ordinal);
        Assert.DoesNotContain(unit.Vendor + unit.Product + unit.Serial, char.IsControl);
    }

    public static TheoryData<byte[], string> Pages => new()
    {
        { [], "" },
        { [0, 0x83, 0, 4, .. "four"u8], "" },
        { [0, 0x80, 0xFF, 0xFF, .. "four"u8], "four" },
        { [0, 0x80, 0, 2, .. "four"u8], "fo" },
        { [0, 0x80, 0, 3, (byte)'a', 7, (byte)'b'], "a?b" },
    };

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task SerialNumber_ShortOrLying_NoMoreThanCame(byte[] page, string serial)
    {
        var found = await DiscoverAsync(cdb => cdb[0] == 0x12 && cdb[1] == 1 ? page : Honest(cdb));

        Assert.Equal(serial, Assert.Single(found).Serial);
    }

    [Fact]
    public async Task Capacity_ThatCannotBe_IsSaidBesideTheUnit()
    {
        foreach (var lie in (byte[][])[[], new byte[32], [.. Enumerable.Repeat((byte)0xFF, 32)]])
        {
            var unit = Assert.Single(await DiscoverAsync(cdb => cdb[0] is 0x9E or 0x25 ? lie : Honest(cdb)));
            Assert.Equal((0UL, "what it says of its capacity cannot be"), (unit.Bytes, unit.Error));
            Assert.Equal("LUNETTE", unit.Vendor);
        }
    }

    private static async Task<List<DiscoveredUnit>> DiscoverAsync(Func<byte[], byte[]> answers)
    {
        var found = new List<DiscoveredUnit>();
        var port = new LyingPort(answers);
        await DiskDiscovery.DescribeAllAsync("iqn.2026-11.example:liar", port, _ => port, found);
        return found;
    }

    private static byte[] Honest(byte[] cdb) => (cdb[0], cdb[1]) switch
    {
        (0xA0, _) => s_honestList,
        (0x12, 0) => [0, 0, 6, 2, 31, 0, 0, 2, .. "LUNETTE DISK            1.0 "u8],
        (0x12, _) => [0, 0x80, 0, 4, .. "four"u8],
        (0x9E, _) => [0, 0, 0, 0, 0, 0, 7, 0xFF, 0, 0, 2, 0, .. new byte[20]],
        _ => [],
    };

    private static IEnumerable<byte> Many(int units) =>
        Enumerable.Range(0, units).SelectMany(i =>
            (byte[])[(byte)(i < 256 ? 0 : 0x41), (byte)i, 0, 0, 0, 0, 0, 0]);

    private sealed class LyingPort(Func<byte[], byte[]> answers) : IScsiPort
    {
        public int DataLengthMax => 1 << 20;

        public ValueTask<PortAnswer> ExecuteAsync(byte[] cdb, int dataInLength = 0, byte[]? dataOut = null)
        {
            var came = answers(cdb);
            var data = came[..Math.Min(came.Length, dataInLength)];
            return new(new PortAnswer(null, (byte)ScsiStatus.Good, [], data, dataInLength - data.Length));
        }

        public ValueTask DisposeAsync() => default;
    }
}
