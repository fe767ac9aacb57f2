using System.Globalization;
using System.Text;
using Lunette.Scsi;
using Lunette.Testing;

namespace Lunette.Lu.Disk.Tests;

/// <summary>The page of VPD, mode and log pages is made of what a disk answers.</summary>
public sealed class PagePageTests
{
    private const string NoProtocolPage = "excluded by the transport protocol: RFC 7143 defines none";
    private const string NoPower = "excluded by the type of logical unit: software has no power supply to limit";

    private const string OtherLimits = "excluded by RWCDLP, which is zero: a command has limits of pages A and B or of "
        + "these, and here of the former";

    // Why a page is not there; a page that is there must not stand here.
    private static readonly Dictionary<string, string> s_reasons = new()
    {
        ["VPD 89h"] = "excluded by the device type: no ATA device is behind it",
        ["VPD 8Bh"] = "excluded by the type of logical unit: it has no constituents",
        ["VPD 8Ch"] = "excluded by the device type: no CompactFlash",
        ["VPD 8Dh"] = NoPower,
        ["VPD 90h"] = NoProtocolPage,
        ["VPD 91h"] = NoProtocolPage,
        ["VPD B6h"] = "excluded by the device type: ZBC-2 has it for zoned block devices, and ZONED of VPD B1h is zero",
        ["mode 03h,00h"] = "last defined in SBC-2",
        ["mode 04h,00h"] = "last defined in SBC-2",
        ["mode 0Ah,07h"] = OtherLimits,
        ["mode 0Ah,08h"] = OtherLimits,
        ["mode 18h,00h"] = NoProtocolPage,
        ["mode 19h,00h"] = NoProtocolPage,
        ["mode 1Ah,01h"] = NoPower,
        ["log 18h,00h"] = NoProtocolPage,
        ["log 19h,20h"] = "excluded by the type of logical unit: it has no cache memory of its own; what is cached is "
            + "the host's, which does not tell what it writes to the medium",
        ["log 01h,00h"] = "excluded by the transport protocol: TCP paces data, and no buffer runs over or under",
        ["log 15h,03h"] =
            "excluded by MWR of mode page 01h, which is zero: writes that are not aligned are not reported",
        ["log 19h,01h"] = "excluded by GROUP_SUP of VPD 86h, which is zero; so are subpages 02h to 1Fh",
        ["log 19h,21h"] = OtherLimits,
    };

    [Fact]
    public async Task Page_MadeOfWhatADiskAnswers_IsUpToDate()
    {
        var page = Path.Combine(Repository.Root, "docs", "reference", "pages.md");
        var wanted = Write(await PagesAsync(DiskRig.Options()), await PagesAsync(DiskRig.Options(thin: false)),
            await PagesAsync(DiskRig.Options() with { Protection = ProtectionType.Type1 }));
        var written = Path.Combine(AppContext.BaseDirectory, "pages.md");
        File.WriteAllText(written, wanted);
        var there = File.Exists(page) ? File.ReadAllText(page) : "";
        Assert.True(there == wanted, $"{page} is not what a disk answers; copy {written} there");
    }

    private static string Write(HashSet<string> thin, HashSet<string> full, HashSet<string> withProtection)
    {
        var page = new StringBuilder(
            """
            # Pages of a disk

            Every VPD, mode and log page of SPC and SBC that has a name in `src/Scsi`, and what a disk does with it:
            made of what a disk answers, and a test compares. A page that is not there is INVALID FIELD IN CDB at the
            page code or subpage code.


            """.ReplaceLineEndings("\n"));
        page.Append("| page | name | disk |\n|---|---|---|\n");
        List<string> known =
        [
            .. Table<VpdPageCode>(page, StatusOf, code => $"VPD {(int)code:X2}h", _ => true),
            .. Table<ModePageCode>(page, StatusOf, code => Key("mode", (int)code), code => (int)code >> 8 < 0x3F),
            .. Table<LogPageCode>(page, StatusOf, code => Key("log", (int)code), _ => true),
        ];
        Assert.All(s_reasons.Keys, key => Assert.True(!withProtection.Contains(key) && known.Contains(key), key));
        Assert.All(withProtection.Concat(full), key => Assert.True(known.Contains(key), key));
        return page.ToString();

        string StatusOf(string key)
        {
            if (full.Contains(key)) return "implemented";
            if (thin.Contains(key)) return "implemented, thin disks";
            if (withProtection.Contains(key)) return "implemented, disks with protection information";
            Assert.True(s_reasons.TryGetValue(key, out var reason), $"{key}: neither there nor a reason");
            return "not there: " + reason;
        }
    }

    private static List<string> Table<TCode>(StringBuilder page, Func<string, string> statusOf,
        Func<TCode, string> keyOf, Func<TCode, bool> isPage) where TCode : struct, Enum
    {
        List<string> keys = [];
        foreach (var code in Enum.GetValues<TCode>().Where(isPage))
        {
            var key = keyOf(code);
            keys.Add(key);
            page.Append(CultureInfo.InvariantCulture, $"| {key} | {Words(code.ToString())} | {statusOf(key)} |\n");
        }
        return keys;
    }

    private static async Task<HashSet<string>> PagesAsync(DiskOptions options)
    {
        await using var rig = await DiskRig.StartAsync(
            options with { Unit = options.Unit with { ManagementUrl = "https://storage.example/" } });
        HashSet<string> pages = [];
        var vpd = rig.Read(Cdb.Of(PrimaryCommands.Inquiry, ("EVPD", 1UL), ("ALLOCATION LENGTH", 255UL)), 255);
        foreach (var code in vpd[4..]) pages.Add($"VPD {code:X2}h");
        var log = rig.Read(Cdb.Of(PrimaryCommands.LogSense, ("PC", 1UL), ("SUBPAGE CODE", 0xFFUL),
            ("ALLOCATION LENGTH", 512UL)), 512);
        // Subpage FFh is the list of a page's subpages.
        for (var at = 4; at < log.Length; at += 2)
            if (log[at] == 0 || log[at + 1] != 0xFF) pages.Add(Key("log", log[at] << 8 | log[at + 1]));
        var mode = rig.Read(Cdb.Of(PrimaryCommands.ModeSense10, ("DBD", 1UL), ("PAGE CODE", 0x3FUL),
            ("SUBPAGE CODE", 0xFFUL), ("ALLOCATION LENGTH", 4096UL)), 4096);
        for (var at = 8; at < mode.Length;)
        {
            var hasSubpage = (mode[at] & 0x40) != 0;
            pages.Add(Key("mode", (mode[at] & 0x3F) << 8 | (hasSubpage ? mode[at + 1] : 0)));
            at += hasSubpage ? 4 + (mode[at + 2] << 8 | mode[at + 3]) : 2 + mode[at + 1];
        }
        return pages;
    }

    private static string Key(string kind, int code) => $"{kind} {code >> 8:X2}h,{code & 0xFF:X2}h";

    // The member's name as words: LogicalBlockProvisioning is Logical Block Provisioning.
    private static string Words(string name) => string.Concat(
        name.Select((c, i) => i > 0 && char.IsUpper(c) && !char.IsUpper(name[i - 1]) ? " " + c : c.ToString()));
}
