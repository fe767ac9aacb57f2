namespace Lunette.Admin.Contracts.Tests;

public sealed class LuResourceTests
{
    [Theory]
    [InlineData(LuProperty.Alias, "disk one", StmfStatus.Success)]
    [InlineData(LuProperty.BlockSize, "4096", StmfStatus.Success)]
    [InlineData(LuProperty.BlockSize, "65536", StmfStatus.InvalidPropSize)]
    [InlineData(LuProperty.BlockSize, "4k", StmfStatus.InvalidArg)]
    [InlineData(LuProperty.CompanyId, "00144F", StmfStatus.Success)]
    [InlineData(LuProperty.CompanyId, "00144", StmfStatus.InvalidPropSize)]
    [InlineData(LuProperty.CompanyId, "00144G", StmfStatus.InvalidArg)]
    [InlineData(LuProperty.CompanyId, "000000", StmfStatus.InvalidArg)]
    [InlineData(LuProperty.Guid, "600144f04e086d08000058255d130003", StmfStatus.Success)]
    [InlineData(LuProperty.Guid, "500144f04e086d08000058255d130003", StmfStatus.InvalidArg)]
    [InlineData(LuProperty.Guid, "600144f0", StmfStatus.InvalidPropSize)]
    [InlineData(LuProperty.HostId, "4E086D08", StmfStatus.Success)]
    [InlineData(LuProperty.HostId, "00000000", StmfStatus.InvalidArg)]
    [InlineData(LuProperty.WriteProtect, "TRUE", StmfStatus.Success)]
    [InlineData(LuProperty.WriteProtect, "yes", StmfStatus.InvalidArg)]
    [InlineData(LuProperty.Vid, "LUNETTE", StmfStatus.Success)]
    [InlineData(LuProperty.Vid, "LUNETTE89", StmfStatus.InvalidPropSize)]
    [InlineData(LuProperty.AccessState, "0", StmfStatus.InvalidProp)]
    [InlineData(LuProperty.New, "1", StmfStatus.InvalidProp)]
    [InlineData((LuProperty)99, "1", StmfStatus.InvalidProp)]
    public void SetLuProp_ByItsRow_Code(LuProperty property, string value, StmfStatus expected) =>
        Assert.Equal(expected, new LuResource().Set(property, value).Status);

    [Theory]
    [InlineData(LuProperty.Alias, 255)]
    [InlineData(LuProperty.MgmtUrl, 1024)]
    [InlineData(LuProperty.Vid, 8)]
    [InlineData(LuProperty.Pid, 16)]
    [InlineData(LuProperty.SerialNum, 252)]
    public void SetLuProp_TextLength_Bound(LuProperty property, int bound)
    {
        var resource = new LuResource();
        Assert.Equal(StmfStatus.Success, resource.Set(property, new string('x', bound)).Status);
        Assert.Equal(StmfStatus.InvalidPropSize, resource.Set(property, new string('x', bound + 1)).Status);
        Assert.Equal(new string('x', bound), resource.Get(property).Value);
    }

    [Fact]
    public void GetLuProp_NotSet_NoProp() =>
        Assert.Equal(StmfStatus.NoProp, new LuResource().Get(LuProperty.SerialNum).Status);

    [Fact]
    public void GetLuProp_NotReadable_InvalidProp() =>
        Assert.Equal(StmfStatus.InvalidProp, new LuResource().Get(LuProperty.CompanyId).Status);

    [Fact]
    public void GetLuProp_StandbyUnit_OnlyTheAccessStateIsReadable()
    {
        var resource = new LuResource().With(LuProperty.Alias, "a").With(LuProperty.AccessState, "2");
        Assert.Equal(StmfStatus.NoPropStandby, resource.Get(LuProperty.Alias).Status);
        Assert.Equal("2", resource.Get(LuProperty.AccessState).Value);
    }

    // comstar.md, LU property keys: name, number, settable at create, modifiable, readable.
    [Fact]
    public void Rows_AreTheTableOfTheReference()
    {
        (string, int, bool, bool, bool)[] table =
        [
            ("Alias", 1, true, true, true), ("BlockSize", 2, true, false, true), ("CompanyId", 3, true, false, false),
            ("Filename", 4, true, false, true), ("Guid", 5, true, false, true),
            ("MetaFilename", 6, true, false, true), ("MgmtUrl", 7, true, true, true), ("New", 8, false, false, false),
            ("Size", 9, true, true, true), ("WriteProtect", 10, true, true, true),
            ("WriteCacheDisable", 11, true, true, true), ("Vid", 12, true, false, true),
            ("Pid", 13, true, false, true), ("SerialNum", 14, true, false, true),
            ("AccessState", 15, false, false, true), ("HostId", 16, true, false, false),
        ];
        Assert.Equal(table, LuPropertyRow.All.Where(row => (int)row.Property <= 1000).Select(row =>
            (row.Property.ToString(), (int)row.Property, row.AtCreate, row.Modifiable, row.Readable)));
    }
}
