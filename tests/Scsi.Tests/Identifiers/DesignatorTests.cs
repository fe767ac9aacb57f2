namespace Lunette.Scsi.Tests;

public class DesignatorTests
{
    private static byte[] Write(Designator designator)
    {
        var bytes = new byte[Designator.HeaderLength + Designator.LengthMax];
        var to = new ParameterDataWriter(bytes);
        designator.Write(ref to);
        return to.Written.ToArray();
    }

    [Fact]
    public void Write_EachType_HasTheStandardsBytes()
    {
        Assert.True(NaaIdentifier.TryParse("600144F04E086D08000058255D130003", out var naa));
        // code set; PIV, association, type; reserved; length; designator
        Assert.Equal("01030010" + "600144F04E086D08000058255D130003", Hex(Designator.Naa(naa)));
        Assert.Equal("0114000400000001", Hex(Designator.RelativeTargetPort(1)));
        Assert.Equal("0115000400000102", Hex(Designator.TargetPortGroup(0x102)));
        Assert.Equal("0106000400000007", Hex(Designator.LogicalUnitGroup(7)));
        Assert.Equal("0201000B" + "4C554E4554544520" + "616263", Hex(Designator.T10VendorId("LUNETTE", "abc")));
        Assert.Equal("01020008" + "0011223344556677", Hex(Designator.Eui64([0, 17, 34, 51, 68, 85, 102, 119])));
        byte[] digest = [.. Enumerable.Repeat((byte)0xAA, 16)];
        Assert.Equal("01070010" + new string('A', 32), Hex(Designator.Md5(digest)));
        Assert.Equal("010A0012" + "1000" + "00112233445566778899AABBCCDDEEFF",
            Hex(Designator.Uuid(Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"))));
        Assert.Equal("5398000C" + "69716E2E6578616D706C6500",
            Hex(Designator.ScsiName("iqn.example").For(DesignatorAssociation.TargetPort, ProtocolIdentifier.Iscsi)));
        static string Hex(Designator designator) => Convert.ToHexString(Write(designator));
    }

    [Fact]
    public void TryRead_AnyDesignator_RoundTrips()
    {
        var random = new Random(5);
        for (var i = 0; i < 5_000; i++)
        {
            var value = new byte[random.Next(Designator.LengthMax + 1)];
            random.NextBytes(value);
            var association = (DesignatorAssociation)random.Next(3);
            var designator = Designator.Of((DesignatorType)random.Next(16), (CodeSet)random.Next(16), value).For(
                association, association == DesignatorAssociation.LogicalUnit || random.Next(2) == 0
                    ? null
                    : (ProtocolIdentifier)random.Next(16));
            var bytes = Write(designator);
            Assert.True(Designator.TryRead(bytes, out var read));
            Assert.Equal(designator, read);
            Assert.False(Designator.TryRead(bytes.AsSpan(0, random.Next(bytes.Length)), out _));
            Assert.NotEmpty(read.ToString());
            read.TryGetNaa(out _);
            read.GetNumber();
        }
    }

    [Fact]
    public void Accessors_OfTheirTypes_GiveTheValue()
    {
        Assert.True(NaaIdentifier.TryParse("5000C50012345678", out var naa));
        Assert.True(Designator.Naa(naa).TryGetNaa(out var back));
        Assert.Equal(naa, back);
        Assert.Equal(0x102, Designator.TargetPortGroup(0x102).GetNumber());
        Assert.Equal("iqn.example", Designator.ScsiName("iqn.example").GetText());
        Assert.Null(Designator.Naa(naa).GetNumber());
        Assert.Null(Designator.Naa(naa).GetText());
    }
}
