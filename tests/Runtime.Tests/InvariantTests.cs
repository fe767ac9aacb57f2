namespace Lunette.Runtime.Tests;

public class InvariantTests
{
    [Fact]
    public void That_RuleBroken_NamesTheRule()
    {
        var broken = Assert.Throws<InvariantException>(() => Invariant.That(false, "a task ends exactly once"));
        Assert.Contains("a task ends exactly once", broken.Message, StringComparison.Ordinal);
    }
}
