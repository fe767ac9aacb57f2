using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests;

/// <summary>REPORT REFERRALS and its VPD page (SBC-5), and the Concurrent Positioning Ranges page beside it.</summary>
public sealed class ReferralTests
{
    [Fact]
    public async Task ReportReferrals_OneSegment_ReachedByEveryGroup()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        byte[] expected =
        [
            0, 0, 0, 24,                        // USER DATA SEGMENT REFERRAL DESCRIPTOR LENGTH
            0, 0, 0, 1,                         // one target port group
            0, 0, 0, 0, 0, 0, 0, 0,             // FIRST USER DATA SEGMENT LBA
            0, 0, 0, 0, 0, 0, 0x07, 0xFF,       // LAST USER DATA SEGMENT LBA
            0, 0, 0, 1,                         // active/optimized, group 1
        ];
        Assert.Equal(expected, rig.Read(Ask(lba: 0), 255));
        Assert.Equal(expected, rig.Read(Ask(lba: 2047), 255));
        DiskRig.Refused(
            rig.Run(Ask(lba: 2048)), SenseKey.IllegalRequest, AdditionalSense.LogicalBlockAddressOutOfRange);
    }

    [Fact]
    public async Task VpdPages_OneSegmentAndOneRange()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        Assert.Equal([0, 0xB3, 0, 12, .. new byte[12]], rig.Read(Page(VpdPageCode.Referrals), 255));
        var range = Assert.Single(
            ConcurrentPositioningRanges.Parse(rig.Read(Page(VpdPageCode.ConcurrentPositioningRanges), 255))!);
        Assert.Equal(new ConcurrentPositioningRange(0, 1, 0, 2048), range);
    }

    private static byte[] Ask(ulong lba) => Cdb.Of(
        BlockCommands.ReportReferrals, ("LOGICAL BLOCK ADDRESS", lba), ("ALLOCATION LENGTH", 255UL));

    private static byte[] Page(VpdPageCode page) =>
        Cdb.Of(PrimaryCommands.Inquiry, ("EVPD", 1UL), ("PAGE CODE", (ulong)page), ("ALLOCATION LENGTH", 255UL));
}
