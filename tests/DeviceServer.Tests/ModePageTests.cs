using Lunette.Scsi;

namespace Lunette.DeviceServer.Tests;

public class ModePageTests
{
    [Fact]
    public async Task ModeSense6_ControlPage_Golden()
    {
        using var bench = await Bench.StartAsync();
        var cdb = Cdb.Of(PrimaryCommands.ModeSense6, ("PAGE CODE", 0x0A), ("ALLOCATION LENGTH", 255));
        Assert.Equal([
            15, 0, 0, 0,                            // MODE DATA LENGTH, MEDIUM TYPE, DEVICE-SPECIFIC, no descriptors
            0x0A, 0x0A, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0,
        ], bench.A.Ask(cdb));
    }

    [Theory]
    [InlineData(0, 0x00, 0x10, 0x00)]
    [InlineData(1, 0xE6, 0x06, 0x38)]
    [InlineData(2, 0x00, 0x10, 0x00)]
    public async Task ControlPage_CurrentChangeableDefault_FromOneDescription(int control, int tst, int qerr, int swp)
    {
        using var bench = await Bench.StartAsync();
        var page = ModeParameters.Sense(bench.A, 0x0A, control: control);
        Assert.Equal((tst, qerr, swp), (page[2], page[3], page[4]));
    }

    [Fact]
    public async Task SavedValues_WithNoPlaceToSave_SavingParametersNotSupported()
    {
        using var bench = await Bench.StartAsync();
        bench.A.Run(Cdb.Of(PrimaryCommands.ModeSense6, ("PC", 3), ("PAGE CODE", 0x0A)))
            .Check(SenseKey.IllegalRequest, AdditionalSense.SavingParametersNotSupported);
        ModeParameters.Select(bench.A, ModeParameters.Sense(bench.A, 0x0A), save: true).CheckField(1, 0);
    }

    [Fact]
    public async Task AllPages_EachOnceInOrder_WithAndWithoutSubpages()
    {
        using var bench = await Bench.StartAsync();
        Assert.Equal([(0x02, 0), (0x08, 0), (0x0A, 0), (0x1A, 0), (0x1C, 0)],
            Codes(ModeParameters.Sense(bench.A, 0x3F)));
        Assert.Equal([(0x02, 0), (0x08, 0), (0x0A, 0), (0x0A, 1), (0x1A, 0), (0x1C, 0)],
            Codes(ModeParameters.Sense(bench.A, 0x3F, 0xFF)));
        Assert.Equal([(0x0A, 0), (0x0A, 1)], Codes(ModeParameters.Sense(bench.A, 0x0A, 0xFF)));
    }

    [Fact]
    public async Task UnknownPages_InvalidFieldAtPageOrSubpage()
    {
        using var bench = await Bench.StartAsync();
        bench.A.Run(Cdb.Of(PrimaryCommands.ModeSense6, ("PAGE CODE", 0x15))).CheckField(2, 5);
        bench.A.Run(Cdb.Of(PrimaryCommands.ModeSense6, ("PAGE CODE", 0x0A), ("SUBPAGE CODE", 9))).CheckField(3);
        bench.A.Run(Cdb.Of(PrimaryCommands.ModeSense6, ("PAGE CODE", 0x3F), ("SUBPAGE CODE", 1))).CheckField(3);
    }

    [Fact]
    public async Task ModeSelect_EveryUnchangeableBit_RefusedAtItsPlace_NothingChanged()
    {
        using var bench = await Bench.StartAsync();
        foreach (var description in bench.Unit.Modes.Pages)
        {
            var page = ModeParameters.Sense(bench.A, description.Code, description.Subpage);
            for (var at = description.HeaderLength; at < page.Length; at++)
            {
                for (var bit = 0; bit < 8; bit++)
                {
                    if ((description.Changeable[at] & 1 << bit) != 0) continue;
                    page[at] ^= (byte)(1 << bit);
                    ModeParameters.Select(bench.A, page).CheckParameter(8 + at, bit);
                    page[at] ^= (byte)(1 << bit);
                }
            }
            Assert.Equal(page, ModeParameters.Sense(bench.A, description.Code, description.Subpage));
        }
    }

    [Fact]
    public async Task ModeSelect_ValueTheFieldDoesNotHave_Refused()
    {
        using var bench = await Bench.StartAsync();
        foreach (var (at, value, bit) in new[] { (2, 0x40, 7), (3, 0x14, 2), (4, 0x10, 5) })
        {
            var page = ModeParameters.Sense(bench.A, 0x0A);
            page[at] = (byte)value;
            ModeParameters.Select(bench.A, page).CheckParameter(8 + at, bit);
        }
    }

    [Fact]
    public async Task ModeSelect_EveryTruncation_RefusedAndNothingChanged()
    {
        using var bench = await Bench.StartAsync();
        var page = ModeParameters.Sense(bench.A, 0x0A);
        page[5] = 0x40;
        byte[] list = [.. new byte[8], .. page];
        for (var length = 1; length < list.Length; length++)
        {
            if (length == 8) continue;              // a header alone is a whole list
            bench.A.Run(Cdb.Of(PrimaryCommands.ModeSelect10, ("PF", 1), ("PARAMETER LIST LENGTH", (ulong)length)),
                list[..length]).Check(SenseKey.IllegalRequest, AdditionalSense.ParameterListLengthError);
        }
        Assert.False(bench.Unit.Control.TaskAbortedStatus);
        list[9] = 9;                                // PAGE LENGTH of another page
        bench.A.Run(Cdb.Of(PrimaryCommands.ModeSelect10, ("PF", 1), ("PARAMETER LIST LENGTH", (ulong)list.Length)),
            list).CheckParameter(9);
    }

    [Fact]
    public async Task ModeSelect_Change_OtherNexusesHear_TheAskingOneDoesNot()
    {
        using var bench = await Bench.StartAsync();
        _ = bench.B;
        ModeParameters.SetControl(bench.A, 5, 0x40);
        bench.A.Run(Cdb.Of(PrimaryCommands.TestUnitReady)).Good();
        bench.B.Run(Cdb.Of(PrimaryCommands.TestUnitReady))
            .Check(SenseKey.UnitAttention, AdditionalSense.ModeParametersChanged);
        ModeParameters.SetControl(bench.A, 5, 0x40);            // the same values: nothing to tell
        bench.B.Run(Cdb.Of(PrimaryCommands.TestUnitReady)).Good();
    }

    [Fact]
    public async Task DescriptorSense_SenseDataInDescriptorFormat()
    {
        using var bench = await Bench.StartAsync();
        ModeParameters.SetControl(bench.A, 2, 0x04);
        var result = bench.A.Run(Cdb.Of(PrimaryCommands.Inquiry, ("PAGE CODE", 1)));
        Assert.Equal([0x72, 0x05, 0x24, 0x00, 0, 0, 0, 8, 0x02, 6, 0, 0, 0xC0, 0, 2, 0], result.SenseData.ToArray());
    }

    private static List<(int, int)> Codes(byte[] pages)
    {
        List<(int, int)> codes = [];
        for (var at = 0; at < pages.Length;)
        {
            var subpage = (pages[at] & 0x40) != 0;
            codes.Add((pages[at] & 0x3F, subpage ? pages[at + 1] : 0));
            at += subpage ? (pages[at + 2] << 8 | pages[at + 3]) + 4 : pages[at + 1] + 2;
        }
        return codes;
    }
}
