using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests.Protection;

/// <summary>FORMAT UNIT with FMTPINFO, and what the disk says of its protection (SBC-5).</summary>
public sealed class ProtectionFormatTests
{
    // FMTPINFO, PROTECTION FIELD USAGE, and the type they ask for; null: illegal. SBC-5, FMTPINFO field and PROTECTION
    // FIELD USAGE field, for SPT 111b.
    public static TheoryData<int, int, ProtectionType?> Rows => new()
    {
        { 0, 0, ProtectionType.Type0 },
        { 0, 1, null },
        { 2, 0, ProtectionType.Type1 },
        { 2, 1, null },
        { 3, 0, ProtectionType.Type2 },
        { 3, 1, ProtectionType.Type3 },
        { 3, 2, null },
        { 3, 7, null },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task FormatUnit_ProtectionAskedFor_DiskOfThatTypeOrRefused(int info, int usage, ProtectionType? type)
    {
        await using var rig = await ProtectedRig.StartAsync(ProtectionType.Type1);
        var other = rig.Login();
        byte[] list = [(byte)usage, 0, 0, 0];
        var result = rig.Run([0x04, (byte)(info << 6 | 0x10), 0, 0, 0, 0], list);
        if (type is null)
        {
            DiskRig.Refused(result, SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInParameterList);
            Assert.Equal(ProtectionType.Type1, TypeOf(rig));
            return;
        }
        DiskRig.Good(result);
        Assert.Equal(type, TypeOf(rig));
        if (type == ProtectionType.Type1) return;
        DiskRig.Refused(rig.Run(new byte[6], host: other), SenseKey.UnitAttention,
            AdditionalSense.CapacityDataHasChanged);
        DiskRig.Good(rig.Run(new byte[6]));
    }

    [Fact]
    public async Task FormatUnit_WithoutList_FmtpinfoAloneSaysTheType()
    {
        await using var rig = await ProtectedRig.StartAsync(ProtectionType.Type0);
        DiskRig.Good(rig.Run([0x04, 0xC0, 0, 0, 0, 0]));
        Assert.Equal(ProtectionType.Type2, TypeOf(rig));
        DiskRig.Refused(rig.Run([0x04, 0x40, 0, 0, 0, 0]), SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInCdb);
    }

    [Theory]
    [InlineData(0x01, 3)]       // PROTECTION INTERVAL EXPONENT
    [InlineData(0x10, 7)]       // P_I_INFORMATION
    public async Task FormatUnit_IntervalsOfLessThanABlock_Refused(byte value, int bit)
    {
        await using var rig = await ProtectedRig.StartAsync(ProtectionType.Type0);
        var result = rig.Run([0x04, 0xF0, 0, 0, 0, 0], [0, 0, 0, value, 0, 0, 0, 0]);
        DiskRig.Refused(result, SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInParameterList);
        Assert.Equal(Sense.FieldPointer(commandData: false, 3, bit), DiskRig.SenseOf(result).SenseKeySpecific);
    }

    [Fact]
    public async Task FormatUnit_DiskWithoutSupport_FmtpinfoInvalid()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var result = rig.Run([0x04, 0x80, 0, 0, 0, 0]);
        DiskRig.Refused(result, SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInCdb);
        Assert.Equal(Sense.FieldPointer(commandData: true, 1, 7), DiskRig.SenseOf(result).SenseKeySpecific);
    }

    [Theory]
    [InlineData("ram", true)]
    [InlineData("file", false)]
    public async Task FormatUnit_Done_EveryBlockUncheckedAndAllOnes(string store, bool thin)
    {
        await using var rig = await ProtectedRig.StartAsync(ProtectionType.Type1, store, thin);
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write16, 5, 1), ProtectedRig.Block(1)));
        DiskRig.Good(rig.Run([0x04, 0x80, 0, 0, 0, 0]));
        foreach (var lba in (ulong[])[0, 5, 63, 64, 2047])
        {
            Assert.Equal(ProtectionInformation.Default, ProtectedRig.TagsOf(ProtectedRig.ReadUnit(rig, lba)));
            var unit = rig.Read(Cdb.Blocks(BlockCommands.Read16, lba, 1, ("RDPROTECT", 1UL)), 520);
            Assert.Equal(new byte[512], unit[..512]);
        }
    }

    [Fact]
    public async Task Inquiry_DiskThatSupportsProtection_SaysSo()
    {
        await using var rig = await ProtectedRig.StartAsync(ProtectionType.Type0);
        var inquiry = rig.Read(Cdb.Of(PrimaryCommands.Inquiry, ("ALLOCATION LENGTH", 96UL)), 96);
        Assert.Equal(1, inquiry[5] & 1);
        var cdb = Cdb.Of(PrimaryCommands.Inquiry, ("EVPD", 1UL), ("PAGE CODE", 0x86UL), ("ALLOCATION LENGTH", 64UL));
        var page = ExtendedInquiryData.Parse(rig.Read(cdb, 64))!;
        Assert.Equal((7, true, true, true), (page.SupportedProtectionType, page.GuardCheck, page.ApplicationTagCheck,
            page.ReferenceTagCheck));
    }

    [Fact]
    public async Task ModePages_DiskThatSupportsProtection_HasApplicationTagAndAto()
    {
        await using var rig = await ProtectedRig.StartAsync(ProtectionType.Type1);
        var cdb = Cdb.Of(PrimaryCommands.ModeSense10, ("DBD", 1UL), ("PC", 1UL), ("PAGE CODE", 0x0AUL),
            ("SUBPAGE CODE", 0xFFUL), ("ALLOCATION LENGTH", 255UL));
        var pages = rig.Read(cdb, 255)[8..];
        // ATO, TAS, ATMPE and RWWP; DPICZ beside TST, D_SENSE and GLTSD.
        Assert.Equal(0xF0, pages[5]);
        Assert.Equal(0xEE, pages[2]);
        var tags = pages.AsSpan(12 + 32);
        Assert.Equal((0x4A, 0x02, 36), (tags[0] & 0x7F, (int)tags[1], (int)tags[3]));
        Assert.Equal([0xFF, 0xFF], tags[22..24].ToArray());
        Assert.True(tags[24..40].IndexOfAnyExcept((byte)0) < 0, "only the tag may be changed");
    }

    [Fact]
    public async Task Resize_DiskThatSupportsProtection_Refused()
    {
        await using var rig = await ProtectedRig.StartAsync(ProtectionType.Type0);
        var resized = await rig.Disk.ResizeAsync(2 << 20, TestContext.Current.CancellationToken);
        Assert.False(resized.Succeeded);
    }

    private static ProtectionType TypeOf(DiskRig rig)
    {
        var bytes = rig.Read(Cdb.Of(BlockCommands.ReadCapacity16, ("ALLOCATION LENGTH", 32UL)), 32);
        var capacity = ReadCapacityData.Parse16(bytes)!;
        return capacity.ProtectionEnabled ? (ProtectionType)(capacity.ProtectionType + 1) : ProtectionType.Type0;
    }
}
