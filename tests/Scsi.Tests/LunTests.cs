namespace Lunette.Scsi.Tests;

public class LunTests
{
    [Theory]
    [InlineData(0, 0x0000_0000_0000_0000UL)]
    [InlineData(255, 0x00FF_0000_0000_0000UL)]
    [InlineData(256, 0x4100_0000_0000_0000UL)]
    [InlineData(16383, 0x7FFF_0000_0000_0000UL)]
    public void FromNumber_Below256PeripheralFrom256Flat(int number, ulong wire)
    {
        Assert.Equal(wire, Lun.FromNumber(number).Wire);
        Assert.Equal(number, Lun.FromNumber(number).Number);
    }

    [Fact]
    public void Equals_PeripheralAndFlatOfTheSameNumber_AreOneLun()
    {
        var flat = Lun.FromWire(0x4005_0000_0000_0000);
        Assert.Equal(Lun.FromNumber(5), flat);
        Assert.Equal(Lun.FromNumber(5).GetHashCode(), flat.GetHashCode());
    }

    [Theory]
    [InlineData(0x0001_0002_0000_0000UL)]   // second level
    [InlineData(0x0100_0000_0000_0000UL)]   // bus identifier 1
    [InlineData(0xC101_0000_0000_0000UL)]   // well known logical unit
    public void Number_OfAStructureWeNeverReport_IsMinusOne(ulong wire) => Assert.Equal(-1, Lun.FromWire(wire).Number);
}
