using Lunette.Adapter.Arguments;
using Lunette.Adapter.ErrorLog;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Opening;
using Lunette.Adapter.Queues;
using Lunette.Adapter.Transactions;
using Lunette.Runtime.Loops;

namespace Lunette.Adapter.SgIo.Tests;

/// <summary>The adapter's operations by the SG_IO ioctl, with the test in the kernel's place.</summary>
public sealed class SgIoOperationTests : IAsyncLifetime
{
    private readonly ManualLoop _loop = new();
    private readonly SystemErrorLog _log = new(TimeProvider.System);
    private KernelDisk _kernel = null!;
    private ScsiAdapter _adapter = null!;
    private AdapterFile _file = null!;

    private static IdLun Device => new(1, 0);

    [Fact]
    public async Task EveryOperation_OnADevice()
    {
        Assert.Equal(Errno.None, await IoctlAsync(IoctlNumber.SCIOSTART, Device));
        Assert.Equal(Errno.EIO, await IoctlAsync(IoctlNumber.SCIOTUR, new ScReady { ScsiId = 1 }));  // power on
        Assert.Equal(Errno.None, await IoctlAsync(IoctlNumber.SCIOTUR, new ScReady { ScsiId = 1 }));
        var inquiry = new ScInquiry { ScsiId = 1, InquiryLength = 36, Inquiry = new byte[36] };
        Assert.Equal(Errno.None, await IoctlAsync(IoctlNumber.SCIOINQU, inquiry));
        Assert.Equal("LUNETTE ", System.Text.Encoding.ASCII.GetString(inquiry.Inquiry.Span[8..16]));
        var written = new ScPassthru { ScsiId = 1, DataLength = 512, Buffer = new byte[512], TimeoutSeconds = 9 };
        written.Buffer.Span.Fill(0x5A);
        written.SetCdb([0x2A, 0, 0, 0, 0, 3, 0, 0, 1, 0]);
        Assert.Equal(Errno.None, await IoctlAsync(IoctlNumber.SCIOCMD, written));
        var read = new ScReadBlock { ScsiId = 1, BlockLength = 512, BlockNumber = 3, Data = new byte[512] };
        Assert.Equal(Errno.None, await IoctlAsync(IoctlNumber.SCIOREAD, read));
        Assert.Equal(written.Buffer.ToArray(), read.Data.ToArray());
        var start = new ScStartUnit { ScsiId = 1, StartFlag = 1 };
        Assert.Equal(Errno.None, await IoctlAsync(IoctlNumber.SCIOSTUNIT, start));
        Assert.Equal(Errno.None, await IoctlAsync(IoctlNumber.SCIOGTHW));
        Assert.Equal(Errno.None, await IoctlAsync(IoctlNumber.SCIOLUNRST, Device));
        Assert.Equal(Errno.None, await IoctlAsync(IoctlNumber.SCIORESET, Device));
        Assert.Equal(Errno.None, await IoctlAsync(IoctlNumber.SCIOHALT, Device));
        Assert.Equal([1, 4], _kernel.Resets);        // device and target; what is idle is halted without one
        Assert.Equal(Errno.None, await IoctlAsync(IoctlNumber.SCIOSTOP, Device));
        Assert.Equal(Errno.EINVAL, await IoctlAsync(IoctlNumber.SCIOTUR, new ScReady { ScsiId = 1 }));
    }

    [Fact]
    public async Task SamOperations_OnADevice()
    {
        var device = new ScsiSciolst { ScsiId = 1, Flags = ScsiSciolst.IssueLogin };
        Assert.Equal(Errno.None, await IoctlAsync(IoctlNumber.SCIOLSTART, device));
        await IoctlAsync(IoctlNumber.SCIOLTUR, new ScsiReady { ScsiId = 1 });
        Assert.Equal(Errno.None, await IoctlAsync(IoctlNumber.SCIOLTUR, new ScsiReady { ScsiId = 1 }));
        var inquiry = new ScsiInquiry { ScsiId = 1, InquiryLength = 36, Inquiry = new byte[36] };
        Assert.Equal(Errno.None, await IoctlAsync(IoctlNumber.SCIOLINQU, inquiry));
        var read = new ScsiReadBlock { ScsiId = 1, BlockLength = 512, Data = new byte[512] };
        Assert.Equal(Errno.None, await IoctlAsync(IoctlNumber.SCIOLREAD, read));
        var start = new ScsiStartUnit { ScsiId = 1, StartFlag = 1 };
        Assert.Equal(Errno.None, await IoctlAsync(IoctlNumber.SCIOLSTUNIT, start));
        var sense = new byte[32];
        var wrong = new ScsiIocmd { ScsiId = 1, CommandLength = 6, AutosenseBuffer = sense, AutosenseLength = 32 };
        wrong.ScsiCdb[0] = 0xFF;
        Assert.Equal(Errno.EIO, await IoctlAsync(IoctlNumber.SCIOLCMD, wrong));
        Assert.Equal((0x05, 0x20), (sense[2] & 0x0F, sense[12]));
        Assert.Equal(Errno.None, await IoctlAsync(IoctlNumber.SCIOLHALT, device));
        Assert.Equal(Errno.None, await IoctlAsync(IoctlNumber.SCIOLRESET, device));
        Assert.Equal(Errno.None, await IoctlAsync(IoctlNumber.SCIOLSTOP, device));
    }

    // Linux offers no abort of a command that SG_IO waits for: the bus is reset at once, and that ends it.
    [Fact]
    public async Task Halt_CommandThatHangs_TheBusIsResetAndItComesBackFlushed()
    {
        await StartAsync();
        _kernel.Hangs = 0x28;
        var structure = Send([0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0], new byte[512]);
        Assert.True(_kernel.Hanging.Wait(TimeSpan.FromSeconds(120)));

        Assert.Equal(Errno.None, await IoctlAsync(IoctlNumber.SCIOHALT, Device));

        Assert.Equal([2], _kernel.Resets);
        Assert.Equal(Errno.ENXIO, structure.Bufstruct.Error);
        var queue = _adapter.DescribeAsync(1, default);
        _loop.Pump();
        Assert.Equal(DeviceQueueState.Halted, (await queue)!.State);
        Assert.Contains(_log.Entries, entry => entry.Label == ErrorLabel.SCSI_ERR10);
    }

    [Fact]
    public async Task Reset_TheKernelWillNot_EIOLogged()
    {
        await StartAsync();
        _kernel.MayReset = false;

        Assert.Equal(Errno.EIO, await IoctlAsync(IoctlNumber.SCIORESET, Device));

        Assert.Contains(_log.Entries, entry => entry.Label == ErrorLabel.SCSI_ERR2);
    }

    [Theory]
    [InlineData(19, 0, Errno.ENODEV)]
    [InlineData(12, 0, Errno.ENOMEM)]
    [InlineData(5, 0, Errno.EIO)]
    [InlineData(0, 1, Errno.ENODEV)]
    [InlineData(0, 7, Errno.ENOCONNECT)]
    [InlineData(0, 8, Errno.EIO)]
    public async Task KernelsAnswer_IsAnErrno(int error, ushort hostStatus, Errno errno)
    {
        await StartAsync();
        (_kernel.Error, _kernel.HostStatus) = (error, hostStatus);
        Assert.Equal(errno, await IoctlAsync(IoctlNumber.SCIOTUR, new ScReady { ScsiId = 1 }));
    }

    [Fact]
    public async Task Dispose_TwiceAndBeforeACommand_ItDoesNotAnswerAnyMore()
    {
        await StartAsync();
        await Task.WhenAll(_adapter.DisposeAsync().AsTask(), _adapter.DisposeAsync().AsTask());
        Assert.Equal(Errno.ENODEV, await IoctlAsync(IoctlNumber.SCIOTUR, new ScReady { ScsiId = 1 }));
    }

    [Fact]
    public async Task GatheredWrite_IsOnePieceForTheKernel()
    {
        await StartAsync();
        var pieces = Enumerable.Range(1, 4).Select(i => new Memory<byte>(Enumerable.Repeat((byte)i, 128).ToArray()))
            .ToArray();
        var structure = Made([0x2A, 0, 0, 0, 0, 9, 0, 0, 1, 0]);
        structure.Uio = pieces;
        structure.Bufstruct.Count = 512;
        await HandOverAsync(structure);
        Assert.Equal((Errno.None, 512u, SgIoHeader.DirectionToDevice),
            (structure.Bufstruct.Error, _kernel.Last.DataLength, _kernel.Last.Direction));

        var read = new ScReadBlock { ScsiId = 1, BlockLength = 512, BlockNumber = 9, Data = new byte[512] };
        Assert.Equal(Errno.None, await IoctlAsync(IoctlNumber.SCIOREAD, read));
        Assert.Equal(pieces.SelectMany(piece => piece.ToArray()), read.Data.ToArray());
    }

    public async ValueTask InitializeAsync()
    {
        _kernel = await KernelDisk.StartAsync();
        var transport = new SgIoTransport([new SgIoBinding(1, default, "/dev/sg0")], workers: 1, _ => _kernel);
        _adapter = new ScsiAdapter(
            new AdapterAttributes { Name = "sas0", InternalTimeout = TimeSpan.FromHours(1) }, _loop, transport, _log);
        Assert.Equal(Errno.None, _adapter.Open(AdapterCaller.Kernel, OpenExtension.None, out var file));
        _file = file!;
    }

    public async ValueTask DisposeAsync()
    {
        _file.Dispose();
        await _adapter.DisposeAsync();
    }

    private async Task StartAsync()
    {
        Assert.Equal(Errno.None, await IoctlAsync(IoctlNumber.SCIOSTART, Device));
        await IoctlAsync(IoctlNumber.SCIOTUR, new ScReady { ScsiId = 1 });
    }

    private Task<Errno> IoctlAsync(int number, object? argument = null)
    {
        var answer = _file.IoctlAsync(number, argument);
        Pump(() => answer.IsCompleted);
        return answer;
    }

    private static ScBuf Made(byte[] cdb)
    {
        var structure = new ScBuf { ScsiId = 1, Tag = QueueTag.Simple };
        structure.SetCommand(cdb);
        return structure;
    }

    private ScBuf Send(byte[] cdb, byte[] dataIn)
    {
        var structure = Made(cdb);
        structure.Bufstruct.Flags = BufFlags.Read;
        structure.Bufstruct.Memory = dataIn;
        structure.Bufstruct.Count = dataIn.Length;
        Assert.Equal(Errno.None, _file.Strategy(structure));
        _loop.Pump();
        return structure;
    }

    private Task HandOverAsync(ScBuf structure)
    {
        var done = false;
        structure.IoDone = _ => done = true;
        Assert.Equal(Errno.None, _file.Strategy(structure));
        Pump(() => done);
        return Task.CompletedTask;
    }

    private void Pump(Func<bool> ended) =>
        Assert.True(SpinWait.SpinUntil(() => _loop.Pump() >= 0 && ended(), TimeSpan.FromSeconds(120)), "no answer");
}
