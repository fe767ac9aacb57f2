using Lunette.Cli.Disks;

namespace Lunette.Cli.Tests;

/// <summary>The bar of a copy.</summary>
public class ProgressTests
{
    [Fact]
    public void Bar_OnATerminal_ShowsTheShareAndEndsWithWhatWasDone()
    {
        var output = new StringWriter();
        var error = new StringWriter();
        var terminal = new Terminal(output, error, _ => null, TimeProvider.System) { ShowsProgress = true };

        var progress = new Progress(terminal, "copied", 1000);
        progress.Add(250);
        progress.Add(750);
        progress.End();

        Assert.Contains("copied [########################]", error.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("copied 1000 bytes in ", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Bar_NoTerminal_OnlyTheResult()
    {
        var output = new StringWriter();
        var error = new StringWriter();
        var progress = new Progress(new Terminal(output, error, _ => null, TimeProvider.System), "copied", 0);
        progress.End();
        Assert.Equal("", error.ToString());
        Assert.StartsWith("copied 0 bytes", output.ToString(), StringComparison.Ordinal);
    }
}
