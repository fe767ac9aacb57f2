namespace Lunette.Scsi.Tests;

public class CdbDescriptionTests
{
    [Theory]
    [InlineData("2808000008000000080000", "READ (10) FUA lba=2048 blocks=8")]
    [InlineData("12018300FF00", "INQUIRY EVPD page-code=83h allocation=255")]
    [InlineData("000000000000", "TEST UNIT READY")]
    [InlineData("5F02030000000000180000", "PERSISTENT RESERVE OUT, RELEASE type=3h list=24")]
    [InlineData("C10203040506", "vendor specific operation code C1h: C10203040506")]
    [InlineData("28", "operation code 28h: 28")]
    [InlineData("", "empty CDB")]
    public void Describe_Cdb_IsNameAndFields(string cdb, string text) =>
        Assert.Equal(text, CdbDescription.Describe(Convert.FromHexString(cdb)));

    [Fact]
    public void Describe_RandomBytes_NeverThrows()
    {
        var random = new Random(3);
        var cdb = new byte[40];
        for (var i = 0; i < 20_000; i++)
        {
            random.NextBytes(cdb);
            Assert.NotEmpty(CdbDescription.Describe(cdb.AsSpan(0, random.Next(41))));
        }
    }
}
