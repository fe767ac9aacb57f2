using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests;

/// <summary>FORMAT WITH PRESET and the page of its presets (SBC-5).</summary>
public sealed class FormatPresetTests
{
    private static readonly byte[] s_testUnitReady = new byte[6];

    [Theory]
    [InlineData(512, null, "00000000 01 000003 00000200 00000000 00000000000007FF")]
    [InlineData(4096, null, "00000100 01 000000 00001000 00000000 00000000000000FF")]
    [InlineData(2048, null, "00010000 01 000001 00000800 00000000 00000000000001FF")]
    public async Task FormatPresets_Page_HasTheStandardsBytes(int block, ProtectionType? type, string descriptor)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(block: block) with { Protection = type });
        var bytes = descriptor.Replace(" ", "", StringComparison.Ordinal);
        Assert.Equal("00B80040" + bytes + new string('0', 80), Convert.ToHexString(Page(rig)));
    }

    [Fact]
    public async Task FormatPresets_OfAProtectedDisk_OneForEachType()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options() with { Protection = ProtectionType.Type1 });
        // PRESET IDENTIFIER, FMTPINFO and PROTECTION FIELD USAGE as FORMAT UNIT has them.
        Assert.Equal([(0u, 0, 0), (0x10001u, 2, 0), (0x10002u, 3, 0), (0x10003u, 3, 1)],
            FormatPresets.Parse(Page(rig))!.Select(preset => (preset.PresetIdentifier,
                (int)preset.FormatProtectionInformation, (int)preset.ProtectionFieldUsage)));
    }

    [Fact]
    public async Task FormatWithPreset_Done_OnlyRequestSenseUntilAPowerCycle()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var other = rig.Login();
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write10, 0, 1), [.. Enumerable.Repeat((byte)9, 512)]));
        DiskRig.Good(rig.Run(Cdb.Of(BlockCommands.FormatWithPreset)));
        foreach (var row in rig.Disk.Commands.Rows.Select(row => row.Descriptor))
        {
            if (row.Name == "REQUEST SENSE") continue;
            var result = rig.Run(Cdb.Of(row), host: other);
            Assert.Equal((row.Name, SenseKey.NotReady, AdditionalSense.LogicalUnitNotReadyPowerCycleRequired),
                (row.Name, DiskRig.SenseOf(result).Key, DiskRig.SenseOf(result).Code));
        }
        var told = rig.Read(Cdb.Of(PrimaryCommands.RequestSense, ("ALLOCATION LENGTH", 252UL)), 252);
        Assert.True(Sense.TryParse(told, out var sense));
        Assert.Equal(SenseKey.NotReady, sense.Key);
        Assert.Equal(AdditionalSense.LogicalUnitNotReadyPowerCycleRequired, sense.Code);

        Assert.True((await rig.Disk.OfflineAsync(TestContext.Current.CancellationToken)).Succeeded);
        Assert.True((await rig.Disk.OnlineAsync(TestContext.Current.CancellationToken)).Succeeded);
        DiskRig.Refused(rig.Run(s_testUnitReady), SenseKey.UnitAttention, AdditionalSense.PowerOnOccurred);
        Assert.Equal(new byte[512], rig.Read(Cdb.Blocks(BlockCommands.Read10, 0, 1), 512));
    }

    [Fact]
    public async Task FormatWithPreset_Immediate_InProgressThenPowerCycleRequired()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var hang = rig.Disk.OpenStore!.Push(s => new Backing.Filters.HangFilter(s))!;
        DiskRig.Good(rig.Run(Cdb.Of(BlockCommands.FormatWithPreset, ("IMMED", 1UL), ("FMTMAXLBA", 1UL))));
        DiskRig.Refused(rig.Run(s_testUnitReady), SenseKey.NotReady,
            AdditionalSense.LogicalUnitNotReadyFormatInProgress);
        hang.Release();
        rig.PumpUntil(() => DiskRig.SenseOf(rig.Run(s_testUnitReady)).Code
            == AdditionalSense.LogicalUnitNotReadyPowerCycleRequired);
    }

    [Theory]
    [InlineData(0x100)]
    [InlineData(0x10001)]
    [InlineData(0xFFFFFFFF)]
    public async Task FormatWithPreset_PresetThatIsNotThere_InvalidFieldAtIt(uint preset)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var result = rig.Run(Cdb.Of(BlockCommands.FormatWithPreset, ("PRESET IDENTIFIER", preset)));
        DiskRig.Refused(result, SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInCdb);
        Assert.Equal(Sense.FieldPointer(commandData: true, 2, -1), DiskRig.SenseOf(result).SenseKeySpecific);
        DiskRig.Good(rig.Run(s_testUnitReady));
    }

    [Theory]
    [InlineData(0x00000, ProtectionType.Type0)]
    [InlineData(0x10001, ProtectionType.Type1)]
    [InlineData(0x10002, ProtectionType.Type2)]
    [InlineData(0x10003, ProtectionType.Type3)]
    public async Task FormatWithPreset_OfAType_TheDiskIsOfIt(uint preset, ProtectionType type)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options() with { Protection = ProtectionType.Type1 });
        DiskRig.Good(rig.Run(Cdb.Of(BlockCommands.FormatWithPreset, ("PRESET IDENTIFIER", preset))));
        Assert.Equal(type, rig.Disk.ProtectionType);
    }

    private static byte[] Page(DiskRig rig) => rig.Read(Cdb.Of(PrimaryCommands.Inquiry, ("EVPD", 1UL),
        ("PAGE CODE", 0xB8UL), ("ALLOCATION LENGTH", 1024UL)), 1024);
}
