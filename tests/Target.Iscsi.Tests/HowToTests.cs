using Lunette.Adapter.Iscsi;
using Lunette.Backing.Filters;
using Lunette.Lu.Disk;
using Lunette.Port.Virtual;
using Lunette.Scsi;
using Lunette.Testing;

namespace Lunette.Target.Iscsi.Tests;

/// <summary>The lines of docs/howto.md: they compile, they work, and the page shows them as they are.</summary>
public sealed class HowToTests
{
    private const string Here = "tests/Target.Iscsi.Tests/HowToTests.cs";

    [Theory]
    [InlineData("Make the disk fail")]
    [InlineData("Serve a disk from a program")]
    [InlineData("Use a disk of the network in a program")]
    public void Page_ItsCode_IsThisFiles(string heading) => HowToPage.AssertIs(heading, Here);

    [Fact]
    public async Task Faults_BadPlaceOnTheMedium_MediumErrorThereUntilItIsGone()
    {
        byte[] read10 = [0x28, 0, 0, 0, 0, 3, 0, 0, 1, 0];
        var block = new byte[512];

        var disk = DiskUnit.InMemory(1 << 20);
        using var target = await VirtualTarget.StartAsync(disk);
        using var host = target.Login("iqn.2026-11.example:host");
        disk.OpenStore!.Push(store => new ErrorFilter(store, offset: 3 * 512, length: 512));
        host.Execute(new ScsiRequest(new byte[6]));
        var read = host.Execute(new ScsiRequest(read10) { DataIn = block });
        await disk.OpenStore.PopAsync();

        Assert.Equal(ScsiStatus.CheckCondition, read.Status);
        Assert.Equal(AdditionalSense.UnrecoveredReadError, read.Sense!.Value.Code);
        Assert.True(host.Execute(new ScsiRequest(read10) { DataIn = block }).IsGood);
    }

    [Fact]
    public async Task Serve_OverTcp_AnyInitiatorFindsIt()
    {
        await using var target = await IscsiTarget.StartAsync(DiskUnit.InMemory(64 << 20));
        Console.WriteLine(target.UrlOf(0));
        await target.AddAsync(DiskUnit.InMemory(1 << 20, number: 1));
        await target.OfflineAsync(deadline: TimeSpan.FromSeconds(5));
        await target.OnlineAsync();

        await using var second = await IscsiDisk.OpenAsync(target.UrlOf(1));
        Assert.Equal(1 << 20, second.Disk.LengthBytes);
    }

    [Fact]
    public async Task Use_DiskAtAUrl_WrittenReadAndStreamed()
    {
        await using var target = await IscsiTarget.StartAsync(DiskUnit.InMemory(1 << 20));
        var url = target.UrlOf(0);
        var block = Enumerable.Repeat((byte)0x5A, 512).ToArray();

        await using var opened = await IscsiDisk.OpenAsync(url);
        await opened.Disk.WriteAsync(lba: 7, block);
        await opened.Disk.FlushAsync();
        await using var stream = opened.Disk.OpenStream();

        stream.Position = 7 * 512;
        var back = new byte[512];
        await stream.ReadExactlyAsync(back, TestContext.Current.CancellationToken);
        Assert.Equal(block, back);
    }
}
