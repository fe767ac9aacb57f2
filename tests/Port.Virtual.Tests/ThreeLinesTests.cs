using Lunette.Lu.Disk;
using Lunette.Testing;

namespace Lunette.Port.Virtual.Tests;

/// <summary>The lines of docs/howto.md: they compile, they work, and the page shows them as they are.</summary>
public sealed class ThreeLinesTests
{
    [Fact]
    public async Task ThreeLines_TargetDiskAndNexus_ABlockIsRead()
    {
        var testUnitReady = new byte[6];
        byte[] read10 = [0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0];
        var block = Enumerable.Repeat((byte)0xEE, 512).ToArray();

        using var target = await VirtualTarget.StartAsync(DiskUnit.InMemory(1 << 20));
        using var host = target.Login("iqn.2026-11.example:host");
        host.Execute(new ScsiRequest(testUnitReady));
        var read = host.Execute(new ScsiRequest(read10) { DataIn = block });

        Assert.True(read.IsGood);
        Assert.Equal((512, 0L), (read.DataInLength, read.Residual));
        Assert.Equal(new byte[512], block);
    }

    [Fact]
    public void Page_ItsCode_IsThisFiles() =>
        HowToPage.AssertIs("Put a SCSI disk into a unit test", "tests/Port.Virtual.Tests/ThreeLinesTests.cs");
}
