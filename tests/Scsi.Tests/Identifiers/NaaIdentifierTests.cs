namespace Lunette.Scsi.Tests;

public class NaaIdentifierTests
{
    [Fact]
    public void ForLogicalUnit_AnExampleFromTheField_HasItsLayout()
    {
        byte[] host = [0x4E, 0x08, 0x6D, 0x08, 0x00, 0x00];
        var identifier = NaaIdentifier.ForLogicalUnit(0x00144F, host, unixTimeSeconds: 0x58255D13, generation: 3);
        Assert.Equal("600144F04E086D08000058255D130003", identifier.ToString());
        Assert.Equal((6, 0x00144F, 16), (identifier.Authority, identifier.CompanyId, identifier.Length));
    }

    [Theory]
    [InlineData("600144F04E086D08000058255D130003")]
    [InlineData("5000C50012345678")]
    [InlineData("3123456789ABCDEF")]
    [InlineData("2001005076501234")]
    public void TryParse_Text_RoundTripsThroughBytes(string text)
    {
        Assert.True(NaaIdentifier.TryParse(text.ToLowerInvariant(), out var identifier));
        Assert.Equal(text, identifier.ToString());
        var bytes = new byte[16];
        Assert.True(NaaIdentifier.TryRead(bytes.AsSpan(0, identifier.Write(bytes)), out var read));
        Assert.Equal(identifier, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("600144F04E086D08")]                     // NAA 6 has 16 bytes
    [InlineData("5000C500123456780000000000000000")]     // NAA 5 has 8
    [InlineData("7000C50012345678")]                     // no such authority
    [InlineData("5000C5001234567G")]
    public void TryParse_NotAnIdentifier_IsFalse(string text) => Assert.False(NaaIdentifier.TryParse(text, out _));

    [Fact]
    public void Registered_And_LocallyAssigned_PlaceTheirFields()
    {
        Assert.Equal("5ABCDEF123456789", NaaIdentifier.Registered(0xABCDEF, 0x123456789).ToString());
        Assert.Equal("3000000000000001", NaaIdentifier.LocallyAssigned(1).ToString());
        Assert.Throws<ArgumentOutOfRangeException>(() => NaaIdentifier.Registered(0x1000000, 0));
    }
}
