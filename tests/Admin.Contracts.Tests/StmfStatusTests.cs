namespace Lunette.Admin.Contracts.Tests;

public sealed class StmfStatusTests
{
    [Fact]
    public void Codes_All_AreThe44OfLibstmf()
    {
        Assert.Equal(44, StmfStatusRow.All.Count);
        Assert.Equal(Enum.GetValues<StmfStatus>(), StmfStatusRow.All.Select(row => row.Status));
        Assert.Equal(44, StmfStatusRow.All.Select(row => row.CName).Distinct().Count());
    }

    // The values C programs are compiled with; the jump from 8019 to 8020 is the original's.
    [Theory]
    [InlineData("STMF_STATUS_SUCCESS", 0)]
    [InlineData("STMF_STATUS_ERROR", 0x8000)]
    [InlineData("STMF_ERROR_BUSY", 0x8001)]
    [InlineData("STMF_ERROR_NOT_FOUND", 0x8002)]
    [InlineData("STMF_ERROR_GROUP_IN_USE", 0x800C)]
    [InlineData("STMF_ERROR_PROV_DATA_STALE", 0x8013)]
    [InlineData("STMF_ERROR_INVALID_PROPSIZE", 0x8019)]
    [InlineData("STMF_ERROR_INVALID_PROP", 0x8020)]
    [InlineData("STMF_ERROR_DOOR_INSTALLED", 0x8026)]
    [InlineData("STMF_ERROR_FILE_IN_USE", 0x8100)]
    [InlineData("STMF_ERROR_WRITE_CACHE_SET", 0x8109)]
    public void Code_ByItsCName_HasLibstmfsValue(string name, int value) =>
        Assert.Equal(value, (int)StmfStatusRow.All.Single(row => row.CName == name).Status);

    [Fact]
    public void Code_NobodyKnows_ReadsAsError() =>
        Assert.Equal(StmfStatus.Error, StmfStatusRow.Of((StmfStatus)0x8FFF).Status);
}
