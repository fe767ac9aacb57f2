namespace Lunette.Backing.Tests;

public sealed class StoreSpecTests
{
    [Theory]
    [InlineData("ram:1g", "ram:1073741824")]
    [InlineData("ram:1.5k,data=1k", "ram:1536,data=1024")]
    [InlineData("file:/a/b.img", "file:/a/b.img")]
    [InlineData("file:/a/b.img,size=10m,direct,readonly", "file:/a/b.img,size=10485760,direct,readonly")]
    [InlineData("block:/dev/sdb,direct", "block:/dev/sdb,direct")]
    public void TryParse_Words_SameWordsBack(string text, string canonical)
    {
        Assert.True(StoreSpec.TryParse(text, out var spec, out var reason), reason);
        Assert.Equal(canonical, spec.ToString());
        Assert.True(StoreSpec.TryParse(spec.ToString(), out var again, out _));
        Assert.Equal(spec, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("disk")]
    [InlineData("nvme:/x")]
    [InlineData("ram:")]
    [InlineData("ram:many")]
    [InlineData("ram:-1")]
    [InlineData("ram:99999999e")]
    [InlineData("ram:1g,direct")]
    [InlineData("file:")]
    [InlineData("file:/a,size")]
    [InlineData("file:/a,direct=1")]
    [InlineData("file:/a,wat")]
    public void TryParse_NoStore_ReasonSaysWhatToWrite(string text)
    {
        Assert.False(StoreSpec.TryParse(text, out _, out var reason));
        Assert.NotEmpty(reason);
    }
}
