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

    [Theory]
    [InlineData(1L << 30, 1L << 20, "00:17:03 left")]
    [InlineData(1L << 40, 1L << 20, "291:16:15 left")]
    [InlineData(long.MaxValue, 1, "9999:00:00 left")]
    public void TimeLeft_PastADay_IsInHours(long total, long done, string left)
    {
        var error = new StringWriter();
        var time = new Later();
        var progress = new Progress(
            new Terminal(new StringWriter(), error, _ => null, time) { ShowsProgress = true }, "copied", total);
        time.Seconds++;
        progress.Add(done);
        Assert.Contains(left, error.ToString(), StringComparison.Ordinal);
    }

    private sealed class Later : TimeProvider
    {
        public long Seconds { get; set; } = 1000;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
