using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests;

/// <summary>
/// BACKGROUND CONTROL with its pages, and REPORT PROVISIONING INITIALIZATION PATTERN (SBC-5); what the type of the
/// logical unit excludes.
/// </summary>
public sealed class ProvisionedCommandTests
{
    [Fact]
    public async Task BackgroundControl_StartStopOrNothing_GoodAndNothingIsPerformed()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        foreach (var operation in (ulong[])[0, 1, 2])
        {
            DiskRig.Good(rig.Run(Cdb.Of(BlockCommands.BackgroundControl, ("BO_CTL", operation), ("BO_TIME", 1UL))));
            // Background Operation log page: BO_STATUS 01h, no advanced background operation is being performed.
            Assert.Equal(new byte[] { 0xD5, 0x02, 0, 8, 0, 0, 0x23, 4, 1, 0, 0, 0 }, rig.Read(
                Cdb.Of(PrimaryCommands.LogSense, ("PC", 1UL), ("PAGE CODE", 0x15UL), ("SUBPAGE CODE", 2UL),
                    ("ALLOCATION LENGTH", 255UL)), 255));
        }
        var result = rig.Run(Cdb.Of(BlockCommands.BackgroundControl, ("BO_CTL", 3UL)));
        DiskRig.Refused(result, SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInCdb);
        Assert.Equal(Sense.FieldPointer(commandData: true, 2, 7), DiskRig.SenseOf(result).SenseKeySpecific);
    }

    // SBC-5, Background operation control: what goes with the command.
    [Fact]
    public async Task BackgroundControl_ItsPages_HaveTheStandardsBytes()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var page = rig.Read(Cdb.Of(PrimaryCommands.Inquiry, ("EVPD", 1UL), ("PAGE CODE", 0xB1UL),
            ("ALLOCATION LENGTH", 255UL)), 255);
        Assert.True(BlockDeviceCharacteristics.Parse(page)!.BackgroundOperationControl);
        Assert.Equal("5C01000C" + new string('0', 24), Mode(rig, 0x1C, 0x01));
        Assert.Equal("4A0601FD" + new string('0', 2 * 0x1FD), Mode(rig, 0x0A, 0x06));
        // It does not fit MODE SENSE (6), whose length has one byte.
        var six = rig.Run(Cdb.Of(PrimaryCommands.ModeSense6, ("PAGE CODE", 0x0AUL), ("SUBPAGE CODE", 6UL),
            ("ALLOCATION LENGTH", 255UL)));
        Assert.Equal(Sense.FieldPointer(commandData: true, 3, -1), DiskRig.SenseOf(six).SenseKeySpecific);
    }

    [Theory]
    [InlineData(512)]
    [InlineData(4096)]
    public async Task ReportProvisioningInitializationPattern_OneBlockAsUnmappedOnesRead(int block)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(block: block));
        var pattern = rig.Read(Cdb.Of(BlockCommands.ReportProvisioningInitializationPattern,
            ("ALLOCATION LENGTH", 65536UL)), 65536);
        Assert.Equal(rig.Read(Cdb.Blocks(BlockCommands.Read16, 0, 1), block), pattern);
    }

    // SPC-6, LU_CONG: the binding commands are for conglomerates, which this is none of.
    [Fact]
    public async Task Bindings_OfALogicalUnitThatIsNoConglomerate_ServiceActionThatIsNotThere()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        Assert.Equal(0, rig.Read(Cdb.Of(PrimaryCommands.Inquiry, ("ALLOCATION LENGTH", 96UL)), 96)[1] & 0x40);
        foreach (var row in (CommandDescriptor[])[PrimaryCommands.TestBind, PrimaryCommands.PrepareBindingReport,
            PrimaryCommands.SetAffiliation, PrimaryCommands.Bind, PrimaryCommands.Unbind,
            PrimaryCommands.ReceiveBindingReport])
        {
            var result = rig.Run(Cdb.Of(row));
            DiskRig.Refused(result, SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInCdb);
            Assert.Equal(Sense.FieldPointer(commandData: true, 1, 4), DiskRig.SenseOf(result).SenseKeySpecific);
        }
    }

    // SPC-6, SECURITY PROTOCOL OUT: protocol 00h takes none, and there is no other.
    [Theory]
    [InlineData(0x00)]
    [InlineData(0x01)]
    [InlineData(0xEF)]
    public async Task SecurityProtocolOut_AnyProtocol_InvalidFieldAtIt(byte protocol)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var result = rig.Run(Cdb.Of(PrimaryCommands.SecurityProtocolOut, ("SECURITY PROTOCOL", protocol),
            ("TRANSFER LENGTH", 512UL)), new byte[512]);
        DiskRig.Refused(result, SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInCdb);
        Assert.Equal(Sense.FieldPointer(commandData: true, 1, -1), DiskRig.SenseOf(result).SenseKeySpecific);
    }

    // SPC-6, MANAGEMENT PROTOCOL IN: protocol 00h lists itself, and it alone; OUT has none.
    [Fact]
    public async Task ManagementProtocol_Information_HasTheStandardsBytes()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        Assert.Equal(new byte[] { 0, 0, 0, 0, 0, 0, 0, 1, 0 },
            rig.Read(Cdb.Of(PrimaryCommands.ManagementProtocolIn, ("ALLOCATION LENGTH", 64UL)), 64));
        foreach (var (field, at) in (ReadOnlySpan<(string, int)>)[("MANAGEMENT PROTOCOL", 2),
            ("MANAGEMENT PROTOCOL SPECIFIC1", 3), ("MANAGEMENT PROTOCOL SPECIFIC2", 10)])
        {
            var result = rig.Run(Cdb.Of(PrimaryCommands.ManagementProtocolIn, (field, 0x30UL)));
            Assert.Equal(Sense.FieldPointer(commandData: true, at, -1), DiskRig.SenseOf(result).SenseKeySpecific);
        }
        var refused = rig.Run(Cdb.Of(PrimaryCommands.ManagementProtocolOut, ("MANAGEMENT PROTOCOL", 0x30UL)));
        Assert.Equal(Sense.FieldPointer(commandData: true, 2, -1), DiskRig.SenseOf(refused).SenseKeySpecific);
    }

    private static string Mode(DiskRig rig, ulong code, ulong subpage) => Convert.ToHexString(rig.Read(
        Cdb.Of(PrimaryCommands.ModeSense10, ("DBD", 1UL), ("PAGE CODE", code), ("SUBPAGE CODE", subpage),
            ("ALLOCATION LENGTH", 4096UL)), 4096)[8..]);
}
