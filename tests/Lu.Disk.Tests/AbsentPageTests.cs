using Lunette.Port.Virtual;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests;

/// <summary>Every page code and subpage code that a disk does not list is refused at the byte that names it.</summary>
public sealed class AbsentPageTests
{
    private const int AllPages = 0x3F;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task VpdPage_NotListed_InvalidFieldAtThePageCode(bool thin)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(thin: thin));
        var listed = rig.Read(Vpd(0), 255)[4..];
        // SBC-5, Block Device Characteristics VPD page: ZONED is zero, and the page of zones is not there.
        Assert.Equal(0, rig.Read(Vpd(0xB1), 255)[8] & 0x30);
        Assert.DoesNotContain((byte)VpdPageCode.ZonedBlockDeviceCharacteristics, listed);
        for (var code = 0; code < 256; code++)
        {
            if (listed.Contains((byte)code)) DiskRig.Good(Ask(rig, Vpd(code)));
            else Assert.Equal(Sense.InvalidFieldInCdb(2), DiskRig.SenseOf(Ask(rig, Vpd(code))));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ModePage_NotThere_InvalidFieldAtPageOrSubpageCode(bool thin)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(thin: thin));
        var there = rig.Disk.Modes.Pages.ToLookup(page => (int)page.Code, page => (int)page.Subpage);
        for (var at = 0; at < AllPages << 8; at++)
        {
            var (code, subpage) = (at >> 8, at & 0xFF);
            // Subpage FFh is all of them.
            var known = there[code].Contains(subpage) || (subpage == 0xFF && there[code].Any());
            Expect(rig, Mode(code, subpage), known, there[code].Any());
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LogPage_NotThere_InvalidFieldAtPageOrSubpageCode(bool thin)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(thin: thin));
        var listed = rig.Read(Log(0, 0xFF), 512)[4..];
        var there = listed.Chunk(2).ToLookup(pair => (int)pair[0], pair => (int)pair[1]);
        for (var at = 0; at < 0x40 << 8; at++)
        {
            var (code, subpage) = (at >> 8, at & 0xFF);
            Expect(rig, Log(code, subpage), there[code].Contains(subpage), there[code].Any());
        }
    }

    private static void Expect(DiskRig rig, byte[] cdb, bool isThere, bool codeIsThere)
    {
        var result = Ask(rig, cdb);
        if (isThere) DiskRig.Good(result);
        else if (codeIsThere) Assert.Equal(Sense.InvalidFieldInCdb(3), DiskRig.SenseOf(result));
        else Assert.Equal(Sense.InvalidFieldInCdb(2, bit: 5), DiskRig.SenseOf(result));
    }

    private static ScsiResult Ask(DiskRig rig, byte[] cdb) => rig.Run(new ScsiRequest(cdb) { DataIn = new byte[4] });

    private static byte[] Vpd(int code) => Cdb.Of(PrimaryCommands.Inquiry,
        ("EVPD", 1UL), ("PAGE CODE", (ulong)code), ("ALLOCATION LENGTH", 255UL));

    private static byte[] Mode(int code, int subpage) => Cdb.Of(PrimaryCommands.ModeSense10,
        ("DBD", 1UL), ("PAGE CODE", (ulong)code), ("SUBPAGE CODE", (ulong)subpage), ("ALLOCATION LENGTH", 4UL));

    private static byte[] Log(int code, int subpage) => Cdb.Of(PrimaryCommands.LogSense, ("PC", 1UL),
        ("PAGE CODE", (ulong)code), ("SUBPAGE CODE", (ulong)subpage), ("ALLOCATION LENGTH", 512UL));
}
