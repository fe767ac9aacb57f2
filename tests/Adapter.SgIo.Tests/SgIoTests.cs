using System.Runtime.InteropServices;
using Lunette.Adapter.Arguments;
using Lunette.Adapter.ErrorLog;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Opening;
using Lunette.Adapter.Transports;
using Lunette.Runtime.Loops;

namespace Lunette.Adapter.SgIo.Tests;

/// <summary>The header and the way of a request; no device is needed.</summary>
public class SgIoTests
{
    [Theory]
    [InlineData(nameof(SgIoHeader.Direction), 4)]
    [InlineData(nameof(SgIoHeader.CdbLength), 8)]
    [InlineData(nameof(SgIoHeader.SegmentCount), 10)]
    [InlineData(nameof(SgIoHeader.DataLength), 12)]
    [InlineData(nameof(SgIoHeader.Data), 16)]
    [InlineData(nameof(SgIoHeader.Sense), 32)]
    [InlineData(nameof(SgIoHeader.TimeoutMilliseconds), 40)]
    [InlineData(nameof(SgIoHeader.User), 56)]
    [InlineData(nameof(SgIoHeader.Status), 64)]
    [InlineData(nameof(SgIoHeader.SenseLength), 67)]
    [InlineData(nameof(SgIoHeader.HostStatus), 68)]
    [InlineData(nameof(SgIoHeader.Residual), 72)]
    [InlineData(nameof(SgIoHeader.Info), 80)]
    public void Header_Field_StandsWhereTheKernelLooks(string field, int offset)
    {
        Assert.Equal(offset, (int)Marshal.OffsetOf<SgIoHeader>(field));
        Assert.Equal(88, Marshal.SizeOf<SgIoHeader>());
    }

    [Fact]
    public void Prepare_Write_SaysWhatTheKernelNeeds()
    {
        var header = SgIoDevice.Prepare(TransferDirection.Out, cdbLength: 10, dataLength: 512, TimeSpan.FromSeconds(3));

        Assert.Equal(('S', -2), ((char)header.InterfaceIdentifier, header.Direction));
        Assert.Equal((10, 512u, 3000u), (header.CdbLength, header.DataLength, header.TimeoutMilliseconds));
    }

    [Theory]
    [InlineData(0, TransportOutcome.Answered)]
    [InlineData(1, TransportOutcome.NoDevice)]
    [InlineData(5, TransportOutcome.Aborted)]
    [InlineData(8, TransportOutcome.Reset)]
    [InlineData(7, TransportOutcome.ConnectionLost)]
    public void HostStatus_IsAnOutcome(ushort status, TransportOutcome outcome) =>
        Assert.Equal(outcome, SgIoDevice.OutcomeOf(new SgIoHeader { HostStatus = status }));

    [Theory]
    [InlineData(0, 512)]
    [InlineData(500, 12)]
    [InlineData(-5, 512)]
    [InlineData(9999, 0)]
    public void Residual_NeverMakesMoreOrLessThanThereIs(int residual, int transferred) =>
        Assert.Equal(transferred, SgIoDevice.TransferredOf(new SgIoHeader { DataLength = 512, Residual = residual }));

    [Fact]
    public async Task Inquiry_NoSuchDevice_ENODEV() => Assert.Equal(Errno.ENODEV, await InquireAsync("/dev/nosuch"));

    [Fact]
    public async Task Inquiry_FileThatIsNoScsiDevice_ENODEV() =>
        Assert.Equal(Errno.ENODEV, await InquireAsync("/dev/null"));

    [Fact]
    public void Path_ThatIsNoScsiDevice_SaysSo()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("SG_IO is Linux's");
        var file = Path.GetTempFileName();
        try
        {
            Assert.Null(SgIoTransport.FindFault("/dev/nosuch"));
            foreach (var path in (string[])["/dev/null", file])
                Assert.Equal($"{path} is no SCSI device of the kernel: it does not know SG_IO",
                    SgIoTransport.FindFault(path));
            Assert.Contains(Path.GetTempPath().TrimEnd('/'), SgIoTransport.FindFault(Path.GetTempPath().TrimEnd('/')),
                StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<Errno> InquireAsync(string path)
    {
        var loop = new ManualLoop();
        await using var adapter = new ScsiAdapter(new AdapterAttributes { Name = "sas0" }, loop,
            new SgIoTransport([new SgIoBinding(1, default, path)], workers: 1),
            new SystemErrorLog(TimeProvider.System));
        Assert.Equal(Errno.None, adapter.Open(AdapterCaller.Kernel, OpenExtension.None, out var file));
        using var opened = file!;
        var start = opened.IoctlAsync(IoctlNumber.SCIOSTART, new IdLun(1, 0));
        loop.Pump();
        Assert.Equal(Errno.None, await start);
        var inquiry = new ScInquiry { ScsiId = 1, InquiryLength = 36, Inquiry = new byte[36] };
        var answer = opened.IoctlAsync(IoctlNumber.SCIOINQU, inquiry);
        Assert.True(SpinWait.SpinUntil(() => loop.Pump() >= 0 && answer.IsCompleted, TimeSpan.FromSeconds(120)));
        return await answer;
    }
}
