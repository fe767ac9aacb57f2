namespace Lunette.Scsi.Tests;

public class StandardInquiryDataTests
{
    private static readonly StandardInquiryData s_disk = new()
    {
        Version = 7,
        HierarchicalSupport = true,
        NormalAca = true,
        TargetPortGroupSupport = 1,
        ThirdPartyCopy = true,
        CommandQueuing = true,
        VendorIdentification = "LUNETTE",
        ProductIdentification = "DISK",
        ProductRevisionLevel = "1.0",
        VersionDescriptors = [VersionDescriptor.Sam6, VersionDescriptor.Spc5, VersionDescriptor.Iscsi],
    };

    private static byte[] Write(StandardInquiryData data, int allocation = 255)
    {
        var to = new ParameterDataWriter(new byte[allocation]);
        data.Write(ref to);
        return to.Written.ToArray();
    }

    [Fact]
    public void Write_Disk_HasTheStandardsBytes() => Assert.Equal(
        "00" + "00" + "07" + "32" + "5B" + "18" + "00" + "02"       // device type … CMDQUE
        + "4C554E4554544520"                                        // T10 VENDOR IDENTIFICATION
        + "4449534B202020202020202020202020"                        // PRODUCT IDENTIFICATION
        + "312E3020"                                                // PRODUCT REVISION LEVEL
        + new string('0', 44)                                       // vendor specific, reserved
        + "00C005C00960" + new string('0', 20)                      // VERSION DESCRIPTORs
        + new string('0', 44),                                      // reserved
        Convert.ToHexString(Write(s_disk)));

    [Fact]
    public void Write_AnyAllocation_IsAPrefix()
    {
        var all = Write(s_disk);
        for (var allocation = 0; allocation < all.Length; allocation++)
            Assert.Equal(all[..allocation], Write(s_disk, allocation));
    }

    [Fact]
    public void TryParse_WrittenData_IsTheSame()
    {
        Assert.True(StandardInquiryData.TryParse(Write(s_disk), out var read));
        Assert.Equal(s_disk, read);
        Assert.Equal(s_disk.VersionDescriptors, read.VersionDescriptors);
    }

    [Fact]
    public void TryParse_CutOrRandom_NeverThrows()
    {
        var random = new Random(8);
        var bytes = new byte[128];
        for (var i = 0; i < 20_000; i++)
        {
            random.NextBytes(bytes);
            var part = bytes.AsSpan(0, random.Next(129));
            Assert.Equal(part.Length >= 5, StandardInquiryData.TryParse(part, out _));
        }
    }

    [Fact]
    public void Peripheral_NoLogicalUnit_Is7F() => Assert.Equal(0x7F, Peripheral.NoLogicalUnit.Wire);
}
