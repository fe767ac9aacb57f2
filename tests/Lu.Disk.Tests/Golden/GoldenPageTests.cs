using System.Globalization;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests.Golden;

/// <summary>
/// Every VPD, mode and log page that a disk answers has its bytes in <c>pages.txt</c>, checked by hand against the
/// tables of SPC and SBC; what the lists of pages name and the file does not fails, and the other way about.
/// </summary>
public sealed class GoldenPageTests
{
    private const string Thin = "thin";
    private const string Full = "full";
    private const string Protected = "protected";

    private static readonly Dictionary<string, byte[]> s_golden = GoldenPages.ReadAll();

    [Fact]
    public async Task EachPage_OfEachKindOfDisk_HasItsGoldenBytes()
    {
        HashSet<string> used = [];
        List<string> wrong = [];
        foreach (var kind in (string[])[Thin, Full, Protected])
        {
            await using var rig = await StartAsync(kind);
            foreach (var (page, bytes) in PagesOf(rig))
            {
                var name = s_golden.ContainsKey($"{page}, {kind}") ? $"{page}, {kind}" : page;
                used.Add(name);
                if (s_golden.TryGetValue(name, out var golden) && golden.SequenceEqual(bytes)) continue;
                wrong.Add($"== {page}, {kind}\n{GoldenPages.Describe(bytes)}");
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Empty(s_golden.Keys.Except(used));
    }

    private static Task<DiskRig> StartAsync(string kind)
    {
        var options = DiskRig.Options(length: 16 << 20, thin: kind != Full);
        return DiskRig.StartAsync(options with
        {
            Unit = options.Unit with { ManagementUrl = "https://storage.example/", Persistence = new KeptState() },
            Protection = kind == Protected ? ProtectionType.Type1 : null,
            ThresholdBytes = kind == Thin ? 2 << 20 : 0,
        });
    }

    // Log pages first, so that what they count is what is done here.
    private static IEnumerable<(string Name, byte[] Bytes)> PagesOf(DiskRig rig) =>
        [.. LogPagesOf(rig), .. VpdPagesOf(rig), .. ModePagesOf(rig)];

    private static IEnumerable<(string, byte[])> VpdPagesOf(DiskRig rig)
    {
        foreach (var code in Vpd(rig, 0)[4..])
        {
            var bytes = Vpd(rig, code);
            yield return ($"VPD {code:X2}h", bytes);
        }
    }

    private static IEnumerable<(string, byte[])> LogPagesOf(DiskRig rig)
    {
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write16, 0, 8), new byte[4096]));
        rig.Read(Cdb.Blocks(BlockCommands.Read16, 0, 2), 1024);
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Verify16, 0, 4)));
        var listed = Log(rig, 0, 0xFF)[4..];
        for (var at = 0; at < listed.Length; at += 2)
            yield return (Name("log", listed[at], listed[at + 1]), Log(rig, listed[at], listed[at + 1]));
    }

    // Nothing was changed, so that current, saved and default values are the same.
    private static IEnumerable<(string, byte[])> ModePagesOf(DiskRig rig)
    {
        foreach (var (code, subpage) in CodesOf(Mode(rig, ModePageControl.Default, 0x3F, 0xFF)))
        {
            var defaults = Mode(rig, ModePageControl.Default, code, subpage);
            Assert.Equal(defaults, Mode(rig, ModePageControl.Current, code, subpage));
            Assert.Equal(defaults, Mode(rig, ModePageControl.Saved, code, subpage));
            yield return (Name("mode", code, subpage), defaults);
            yield return (Name("mode", code, subpage) + " changeable",
                Mode(rig, ModePageControl.Changeable, code, subpage));
        }
    }

    private static IEnumerable<(byte Code, byte Subpage)> CodesOf(byte[] pages)
    {
        for (var at = 0; at < pages.Length;)
        {
            var hasSubpage = (pages[at] & 0x40) != 0;
            yield return ((byte)(pages[at] & 0x3F), hasSubpage ? pages[at + 1] : (byte)0);
            at += hasSubpage ? 4 + (pages[at + 2] << 8 | pages[at + 3]) : 2 + pages[at + 1];
        }
    }

    private static string Name(string kind, byte code, byte subpage) =>
        string.Create(CultureInfo.InvariantCulture, $"{kind} {code:X2}h,{subpage:X2}h");

    private static byte[] Vpd(DiskRig rig, byte page) => rig.Read(
        Cdb.Of(PrimaryCommands.Inquiry, ("EVPD", 1UL), ("PAGE CODE", page), ("ALLOCATION LENGTH", 4096UL)), 4096);

    private static byte[] Log(DiskRig rig, byte page, byte subpage) => rig.Read(
        Cdb.Of(PrimaryCommands.LogSense, ("PC", 1UL), ("PAGE CODE", page), ("SUBPAGE CODE", subpage),
            ("ALLOCATION LENGTH", 0x8000UL)), 0x8000);

    private static byte[] Mode(DiskRig rig, ModePageControl control, byte page, byte subpage) => rig.Read(
        Cdb.Of(PrimaryCommands.ModeSense10, ("DBD", 1UL), ("PC", (ulong)control), ("PAGE CODE", page),
            ("SUBPAGE CODE", subpage), ("ALLOCATION LENGTH", 4096UL)), 4096)[8..];
}
