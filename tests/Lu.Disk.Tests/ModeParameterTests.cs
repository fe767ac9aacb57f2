using Lunette.DeviceServer.ModePages;
using Lunette.Port.Virtual;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests;

/// <summary>
/// Every bit of every mode page of every kind of disk, as the description of the page says: what may be changed
/// changes, is saved and comes back; all else is refused at its place; default values never change.
/// </summary>
public sealed class ModeParameterTests
{
    /// <summary>Thin, and with protection information: every page there is is on one of them.</summary>
    public static TheoryData<bool, bool> Disks => new() { { true, false }, { false, false }, { true, true } };

    [Theory]
    [MemberData(nameof(Disks))]
    public async Task EachChangeableField_EachValueItMayHave_ReadsBack_AndOnlyCurrentChanges(bool thin, bool protect)
    {
        await using var rig = await DiskRig.StartAsync(Options(thin, protect, new KeptState()));
        foreach (var page in rig.Disk.Modes.Pages)
        {
            var before = Read(rig, page, ModePageControl.Current);
            foreach (var wanted in ChangesOf(page, before))
            {
                Select(rig, wanted, save: false);
                Assert.Equal(wanted, Read(rig, page, ModePageControl.Current));
                Assert.Equal(before, Read(rig, page, ModePageControl.Saved));
                Assert.Equal(before, Read(rig, page, ModePageControl.Default));
            }
            if (page.IsChangeable) Select(rig, before, save: false);
            Assert.Equal(before, Read(rig, page, ModePageControl.Current));
        }
    }

    [Theory]
    [MemberData(nameof(Disks))]
    public async Task EachOtherBit_RefusedAtItsByteAndBit_NothingChanges(bool thin, bool protect)
    {
        await using var rig = await DiskRig.StartAsync(Options(thin, protect, new KeptState()));
        foreach (var page in rig.Disk.Modes.Pages)
        {
            var current = Read(rig, page, ModePageControl.Current);
            var changeable = Read(rig, page, ModePageControl.Changeable);
            for (var bit = page.HeaderLength * 8; bit < current.Length * 8; bit++)
            {
                var (at, mask) = (bit / 8, 1 << bit % 8);
                if ((changeable[at] & mask) != 0) continue;
                byte[] wanted = [.. current];
                wanted[at] ^= (byte)mask;
                var sense = DiskRig.SenseOf(TrySelect(rig, wanted, save: true));
                Assert.Equal(InvalidField(at, bit % 8), sense);
            }
            Assert.Equal(current, Read(rig, page, ModePageControl.Current));
            Assert.Equal(current, Read(rig, page, ModePageControl.Saved));
        }
    }

    [Theory]
    [MemberData(nameof(Disks))]
    public async Task EachChangeableField_ValueItMayNotHave_RefusedAtTheField(bool thin, bool protect)
    {
        await using var rig = await DiskRig.StartAsync(Options(thin, protect, new KeptState()));
        var refused = 0;
        foreach (var page in rig.Disk.Modes.Pages)
        {
            var current = Read(rig, page, ModePageControl.Current);
            foreach (var field in page.Fields.Where(field => field.Allowed.Count > 0))
            {
                for (var value = 0; value < 1 << field.Width; value++)
                {
                    if (field.Allowed.Contains(value)) continue;
                    refused++;
                    var wanted = page.Write(current, field.Name, (uint)value);
                    var sense = DiskRig.SenseOf(TrySelect(rig, wanted, save: true));
                    Assert.Equal(InvalidField(field.Index, field.HighestBit), sense);
                }
            }
            Assert.Equal(current, Read(rig, page, ModePageControl.Current));
        }
        // TST, QERR, UA_INTLCK_CTRL and BO_MODE have such values, and CDLUNIT of twice seven descriptors.
        Assert.Equal(6 + 1 + 1 + 2 + (14 * 4), refused);
    }

    [Theory]
    [MemberData(nameof(Disks))]
    public async Task EachPageSaved_PowerLost_SavedIsCurrent_DefaultIsAsBefore(bool thin, bool protect)
    {
        var kept = new KeptState();
        Dictionary<string, byte[]> saved = [], defaults = [];
        await using (var rig = await DiskRig.StartAsync(Options(thin, protect, kept)))
        {
            foreach (var page in rig.Disk.Modes.Pages)
            {
                var before = Read(rig, page, ModePageControl.Current);
                defaults[page.ToString()] = before;
                saved[page.ToString()] = before;
                foreach (var wanted in ChangesOf(page, before))
                {
                    Select(rig, wanted, save: true);
                    Assert.Equal(wanted, Read(rig, page, ModePageControl.Saved));
                    saved[page.ToString()] = wanted;
                }
            }
            Assert.NotEqual(defaults["0Ah Control"], saved["0Ah Control"]);
        }
        await using var again = await DiskRig.StartAsync(Options(thin, protect, kept));
        foreach (var page in again.Disk.Modes.Pages)
        {
            Assert.Equal(saved[page.ToString()], Read(again, page, ModePageControl.Saved));
            Assert.Equal(saved[page.ToString()], Read(again, page, ModePageControl.Current));
            Assert.Equal(defaults[page.ToString()], Read(again, page, ModePageControl.Default));
        }
    }

    // Each field in turn at each of its values; of fields of whole bytes, each bit alone.
    private static IEnumerable<byte[]> ChangesOf(ModePage page, byte[] current)
    {
        foreach (var field in page.Fields.Where(field => (page.Changeable[field.Index] & field.Mask) != 0))
        {
            var values = field.Allowed.Count > 0
                ? field.Allowed.Select(value => (uint)value)
                : Enumerable.Range(0, field.Width).Select(bit => 1u << bit);
            foreach (var value in values) yield return page.Write(current, field.Name, value);
        }
    }

    private static DiskOptions Options(bool thin, bool protect, KeptState kept)
    {
        var options = DiskRig.Options(length: 16 << 20, thin: thin);
        return options with
        {
            Unit = options.Unit with { Persistence = kept },
            Protection = protect ? ProtectionType.Type1 : null,
        };
    }

    private static Sense InvalidField(int at, int bit) => Sense.InvalidFieldInParameterList(8 + at, bit);

    private static byte[] Read(DiskRig rig, ModePage page, ModePageControl control) => rig.Read(
        Cdb.Of(PrimaryCommands.ModeSense10, ("DBD", 1UL), ("PC", (ulong)control), ("PAGE CODE", page.Code),
            ("SUBPAGE CODE", page.Subpage), ("ALLOCATION LENGTH", 4096UL)), 4096)[8..];

    private static void Select(DiskRig rig, byte[] page, bool save) => DiskRig.Good(TrySelect(rig, page, save));

    private static ScsiResult TrySelect(DiskRig rig, byte[] page, bool save)
    {
        byte[] list = [.. new byte[8], .. page];
        list[8] &= 0x7F;                            // PS is reserved in MODE SELECT
        return rig.Run(Cdb.Of(PrimaryCommands.ModeSelect10, ("PF", 1UL), ("SP", save ? 1UL : 0),
            ("PARAMETER LIST LENGTH", (ulong)list.Length)), list);
    }
}
