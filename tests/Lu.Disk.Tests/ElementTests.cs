using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests;

/// <summary>Physical elements (SBC-5): there is one, and it stays.</summary>
public sealed class ElementTests
{
    [Fact]
    public async Task GetPhysicalElementStatus_OneStorageElement_HasTheStandardsBytes()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        // NUMBER OF DESCRIPTORS, NUMBER OF DESCRIPTORS RETURNED, IDENTIFIER OF ELEMENT BEING DEPOPULATED, reserved;
        // then ELEMENT IDENTIFIER, RALWD, PHYSICAL ELEMENT TYPE, PHYSICAL ELEMENT HEALTH, ASSOCIATED CAPACITY.
        const string None = "0000000000000000" + "00000000" + "0000000000000000000000000000000000000000";
        const string One = "0000000100000001" + "00000000" + "0000000000000000000000000000000000000000"
            + "00000000" + "00000001" + "0000000000" + "00" + "01" + "00" + "0000000000000800" + "0000000000000000";
        Assert.Equal(One, Status(rig));
        Assert.Equal(One, Status(rig, ("STARTING ELEMENT", 1), ("REPORT TYPE", 1)));
        Assert.Equal(None, Status(rig, ("STARTING ELEMENT", 2)));
        Assert.Equal(None, Status(rig, ("FILTER", 1)));
    }

    [Theory]
    [InlineData("FILTER", 2, 7)]
    [InlineData("REPORT TYPE", 2, 3)]
    public async Task GetPhysicalElementStatus_ReservedValue_InvalidFieldAtIt(string field, int value, int bit)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var result = rig.Run(Cdb.Of(BlockCommands.GetPhysicalElementStatus, (field, (ulong)value)));
        DiskRig.Refused(result, SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInCdb);
        Assert.Equal(Sense.FieldPointer(commandData: true, 14, bit), DiskRig.SenseOf(result).SenseKeySpecific);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task RemoveElementAndTruncate_AnyElement_InvalidFieldAtItAndTheCapacityStays(int element)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var result = rig.Run(Cdb.Of(BlockCommands.RemoveElementAndTruncate, ("ELEMENT IDENTIFIER", (ulong)element)));
        DiskRig.Refused(result, SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInCdb);
        Assert.Equal(Sense.FieldPointer(commandData: true, 10, -1), DiskRig.SenseOf(result).SenseKeySpecific);
        Assert.Equal(2048UL, rig.Disk.CapacityBlocks);
    }

    // SBC-5, RESTORE ELEMENTS AND REBUILD command: that no element is depopulated is no error.
    [Fact]
    public async Task RestoreElementsAndRebuild_NothingDepopulated_Good()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        DiskRig.Good(rig.Run(Cdb.Of(BlockCommands.RestoreElementsAndRebuild)));
    }

    private static string Status(DiskRig rig, params (string Field, ulong Value)[] fields) =>
        Convert.ToHexString(rig.Read(Cdb.Of(BlockCommands.GetPhysicalElementStatus,
            [.. fields, ("ALLOCATION LENGTH", 1024UL)]), 1024));
}
