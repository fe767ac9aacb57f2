using System.Text;
using Lunette.Adapter.Arguments;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Transactions;
using Lunette.Adapter.Transports;
using Lunette.Port.Virtual;
using Lunette.Scsi;

namespace Lunette.Adapter.Tests;

/// <summary>The adapter against the real target framework's disks, in process.</summary>
public class VirtualTransportTests
{
    private static readonly IdLun s_disk = new(1, 0);

    private static ScBuf Structure(ReadOnlySpan<byte> cdb, byte[] data, bool read, byte lun = 0)
    {
        var structure = new ScBuf { ScsiId = 1, LogicalUnitNumber = lun, Tag = QueueTag.Simple };
        structure.SetCommand(cdb);
        structure.Bufstruct.Flags = read ? BufFlags.Read : BufFlags.Write;
        structure.Bufstruct.Memory = data;
        structure.Bufstruct.Count = data.Length;
        return structure;
    }

    private static byte[] Cdb10(byte operation, uint lba, ushort blocks) =>
        [operation, 0, (byte)(lba >> 24), (byte)(lba >> 16), (byte)(lba >> 8), (byte)lba, 0, (byte)(blocks >> 8),
            (byte)blocks, 0];

    private static Task<ScBuf> Begin(VirtualRig rig, ScBuf structure)
    {
        var done = new TaskCompletionSource<ScBuf>(TaskCreationOptions.RunContinuationsAsynchronously);
        structure.IoDone = ended => done.SetResult((ScBuf)ended);
        Assert.Equal(Errno.None, rig.File.Strategy(structure));
        return done.Task;
    }

    private static Task<ScBuf> Send(VirtualRig rig, ScBuf structure) => rig.Run(Begin(rig, structure));

    [Fact]
    public async Task Inquiry_OfADisk_NamesIt()
    {
        await using var rig = await VirtualRig.StartAsync();
        await rig.StartDevice();
        var inquiry = new ScInquiry { ScsiId = 1, InquiryLength = 36, Inquiry = new byte[36] };

        Assert.Equal(Errno.None, await rig.Ioctl(IoctlNumber.SCIOINQU, inquiry));

        Assert.Equal("LUNETTE ", Encoding.ASCII.GetString(inquiry.Inquiry.Span[8..16]));
    }

    [Fact]
    public async Task Inquiry_UnknownId_ENODEVAndNotLogged()
    {
        await using var rig = await VirtualRig.StartAsync();
        await rig.Ioctl(IoctlNumber.SCIOSTART, new IdLun(5, 0));

        var inquiry = new ScInquiry { ScsiId = 5, InquiryLength = 36, Inquiry = new byte[36] };

        Assert.Equal(Errno.ENODEV, await rig.Ioctl(IoctlNumber.SCIOINQU, inquiry));
        Assert.Empty(rig.Log.Entries);
    }

    [Fact]
    public async Task Write_ThenRead_SameBytes()
    {
        await using var rig = await VirtualRig.StartAsync();
        await rig.StartDevice();
        var written = new byte[8192];
        new Random(5).NextBytes(written);
        var write = await Send(rig, Structure(Cdb10(0x2A, 16, 16), written, read: false));
        Assert.False(write.Bufstruct.HasError);
        Assert.Equal(0, write.Bufstruct.Residual);

        var read = await Send(rig, Structure(Cdb10(0x28, 16, 16), new byte[8192], read: true));

        Assert.False(read.Bufstruct.HasError);
        Assert.Equal(written, read.Bufstruct.Memory.ToArray());
    }

    [Fact]
    public async Task Spanned_And_Gathered_MoveThePiecesInOrder()
    {
        await using var rig = await VirtualRig.StartAsync();
        await rig.StartDevice();
        var bytes = new byte[1024 + 4096 + 512];
        new Random(6).NextBytes(bytes);
        var gathered = Structure(Cdb10(0x2A, 0, 11), [], read: false);
        gathered.Uio = [bytes.AsMemory(0, 700), bytes.AsMemory(700, 1), bytes.AsMemory(701)];
        gathered.Bufstruct.Count = bytes.Length;
        Assert.False((await Send(rig, gathered)).Bufstruct.HasError);

        var pieces = new[] { new byte[1024], new byte[4096], new byte[512] };
        var spanned = Structure(Cdb10(0x28, 0, 11), [], read: true);
        spanned.Bufstruct.Count = bytes.Length;
        Buf? next = null;
        foreach (var piece in pieces.Reverse())
            next = new Buf { Flags = BufFlags.Read, Memory = piece, Count = piece.Length, Next = next };
        spanned.Bp = next;
        Assert.False((await Send(rig, spanned)).Bufstruct.HasError);

        Assert.Equal(bytes, pieces.SelectMany(piece => piece));
    }

    [Fact]
    public async Task Spanned_InnerPieceNotInPages_EINVAL()
    {
        await using var rig = await VirtualRig.StartAsync();
        await rig.StartDevice();
        var spanned = Structure(Cdb10(0x28, 0, 3), [], read: true);
        spanned.Bufstruct.Count = 1536;
        var tail = new Buf { Flags = BufFlags.Read, Memory = new byte[512], Count = 512 };
        var inner = new Buf { Flags = BufFlags.Read, Memory = new byte[512], Count = 512, Next = tail };
        spanned.Bp = new Buf { Flags = BufFlags.Read, Memory = new byte[512], Count = 512, Next = inner };

        Assert.Equal(Errno.EINVAL, (await Send(rig, spanned)).Bufstruct.Error);
    }

    [Fact]
    public async Task CheckCondition_AutosenseIsDelivered()
    {
        await using var rig = await VirtualRig.StartAsync();
        await rig.StartDevice();
        var past = Structure(Cdb10(0x28, 100_000, 1), new byte[512], read: true);
        past.AutosenseBuffer = new byte[64];

        await Send(rig, past);

        Assert.Equal(Errno.EIO, past.Bufstruct.Error);
        Assert.Equal(512, past.Bufstruct.Residual);
        Assert.True(Sense.TryParse(past.AutosenseBuffer.Span[..past.AutosenseLength], out var sense));
        Assert.Equal(AdditionalSense.LogicalBlockAddressOutOfRange, sense.Code);
    }

    [Fact]
    public async Task Halt_WriteThatWaitsForItsData_IsAbortedOnTheTarget()
    {
        await using var rig = await VirtualRig.StartAsync();
        rig.Transport.DataOutDelivery = DataOutDelivery.Held;
        await rig.StartDevice();
        var write = Structure(Cdb10(0x2A, 0, 8), new byte[4096], read: false);
        var ended = Begin(rig, write);
        rig.Loop.Pump();
        Assert.False(ended.IsCompleted);

        Assert.Equal(Errno.None, await rig.Ioctl(IoctlNumber.SCIOHALT, s_disk));

        Assert.Equal(Errno.ENXIO, (await ended).Bufstruct.Error);
        var rejected = await Send(rig, Structure(new byte[6], [], read: true));
        Assert.Equal(Errno.ENXIO, rejected.Bufstruct.Error);
        var resumed = Structure(new byte[6], [], read: true);
        resumed.Flags = TransactionFlags.Resume;
        Assert.False((await Send(rig, resumed)).Bufstruct.HasError);
    }

    [Fact]
    public async Task BusReset_AskedForTwiceAtOnce_OneServesBoth()
    {
        await using var rig = await VirtualRig.StartAsync();
        await rig.StartDevice();
        var answered = new List<(TransportOutcome, ServiceResponse)>();
        foreach (var lun in (byte[])[0, 1])
        {
            var reset = new TransportManagement(TaskManagementFunction.ItNexusReset,
                ended => answered.Add((ended.Outcome, ended.Response)));
            reset.Begin(rig.Loop, 1, Lun.FromNumber(lun));
            rig.Adapter.Post(() => rig.Transport.Manage(reset));
        }
        rig.Loop.Pump();

        Assert.Equal(Enumerable.Repeat((TransportOutcome.Answered, ServiceResponse.FunctionComplete), 2), answered);
    }

    [Fact]
    public async Task Reset_OneTarget_EveryLunIsTold()
    {
        await using var rig = await VirtualRig.StartAsync();
        await rig.StartDevice();
        await rig.StartDevice(lun: 1);

        Assert.Equal(Errno.None, await rig.Ioctl(IoctlNumber.SCIORESET, s_disk));

        foreach (var lun in (byte[])[0, 1])
        {
            var ready = new ScReady { ScsiId = 1, LunId = lun };
            Assert.Equal(Errno.EIO, await rig.Ioctl(IoctlNumber.SCIOTUR, ready));
            Assert.Equal((byte)ScsiStatus.CheckCondition, ready.ScsiStatus);
            Assert.Equal(Errno.None, await rig.Ioctl(IoctlNumber.SCIOTUR, ready));
        }
    }

    [Fact]
    public async Task PassThrough_ReadCapacity_ReturnsDataAndResidual()
    {
        await using var rig = await VirtualRig.StartAsync();
        await rig.StartDevice();
        var command = new ScPassthru { Flags = 1, ScsiId = 1, DataLength = 32, Buffer = new byte[32] };
        command.SetCdb([0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0]);

        Assert.Equal(Errno.None, await rig.Ioctl(IoctlNumber.SCIOCMD, command));

        Assert.Equal(24ul, command.Residual);
        Assert.Equal(2047u, ReadCapacityData.Parse10(command.Buffer.Span)!.LastLba);
    }
}
