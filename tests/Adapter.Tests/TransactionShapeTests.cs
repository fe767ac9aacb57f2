using Lunette.Adapter.Arguments;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Queues;
using Lunette.Adapter.Transactions;
using Lunette.Adapter.Transports;
using Lunette.Scsi;

namespace Lunette.Adapter.Tests;

/// <summary>Data shapes of a structure: simple, spanned and gathered, with the rules of each; and what comes back of
/// them.</summary>
public class TransactionShapeTests
{
    private const int Page = 4096;
    private const int TransferMax = 1 << 16;

    private readonly ScriptedRig _rig = new(transport: new ScriptedTransport
    {
        Description = new TransportDescription { Kind = AdapterKind.Parallel, MaxTransferBytes = TransferMax },
    });

    public TransactionShapeTests() => _rig.Start();

    public static TheoryData<string, bool> Shapes => new()
    {
        { "simple of the longest transfer", true },
        { "simple past the longest transfer", false },
        { "simple of more bytes than its memory has", false },
        { "simple of a negative length", false },
        { "span whose inner pieces are pages", true },
        { "span whose inner piece is no page", false },
        { "span of both directions", false },
        { "span whose total is another", false },
        { "span past the longest transfer", false },
        { "span of more pieces than there may be", false },
        { "span that comes back to its beginning", false },
        { "span with a uio", false },
        { "gathered write of odd pieces", true },
        { "gathered write whose total is another", false },
        { "gathered write past the longest transfer", false },
        { "gathered write of more pieces than there may be", false },
        { "gathered read", false },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Shape_LawfulOrEINVALAndTheQueueGoesOn(string shape, bool isLawful)
    {
        var structure = Made();
        Give(structure, shape);
        var total = structure.Bufstruct.Count;
        Send(structure);

        if (isLawful)
        {
            var command = Assert.Single(_rig.Transport.Commands);
            Assert.Equal(total, command.Data.Length);
            _rig.Answer(structure);
            _rig.AssertReturned(structure, Errno.None);
            Assert.Equal(0, structure.Bufstruct.Residual);
        }
        else
        {
            _rig.AssertReturned(structure, Errno.EINVAL);
            Assert.Empty(_rig.Transport.Commands);
        }
        Assert.Equal(DeviceQueueState.Running, _rig.State());
        Assert.Empty(_rig.Log.Entries);
    }

    [Fact]
    public void Residual_WhatWasNotMoved_WithAnErrorOrWithout()
    {
        var cut = Made(512);
        Send(cut);
        cut.Command.TransferredBytes = 500;
        cut.Command.Status = ScsiStatus.Good;
        _rig.Transport.End(cut.Command, TransportOutcome.Answered);
        _rig.Loop.Pump();
        _rig.AssertReturned(cut, Errno.None);
        Assert.Equal(12, cut.Bufstruct.Residual);

        ScBuf running = Made(512), flushed = Made(1024);
        running.Tag = flushed.Tag = QueueTag.None;
        Send(running);
        Send(flushed);
        Assert.Equal(Errno.None, _rig.Ioctl(IoctlNumber.SCIOHALT, ScriptedRig.Device));
        var rejected = Made(2048);
        Send(rejected);
        Assert.Equal([512, 1024, 2048],
            ((ScBuf[])[running, flushed, rejected]).Select(structure => structure.Bufstruct.Residual));
        Assert.All((ScBuf[])[running, flushed, rejected], structure =>
        {
            _rig.AssertReturned(structure, Errno.ENXIO);
            Assert.Equal(StatusValidity.None, structure.StatusValidity);
        });
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(2, 2)]
    [InlineData(64, 3)]
    public void Autosense_AsMuchAsThereIsRoomFor(int room, int length)
    {
        var structure = Made();
        structure.AutosenseBuffer = new byte[room];
        Send(structure);
        _rig.Answer(structure, ScsiStatus.CheckCondition);

        Assert.Equal(length, structure.AutosenseLength);
        Assert.Equal(new byte[] { 0x70, 0, 5 }[..length], structure.AutosenseBuffer[..length].ToArray());
    }

    [Theory]
    [InlineData(QueueTag.None, TaskAttribute.Simple)]
    [InlineData(QueueTag.Simple, TaskAttribute.Simple)]
    [InlineData(QueueTag.HeadOfQueue, TaskAttribute.HeadOfQueue)]
    [InlineData(QueueTag.Ordered, TaskAttribute.Ordered)]
    [InlineData(QueueTag.Aca, TaskAttribute.Aca)]
    public void Tag_IsTheTaskAttribute(QueueTag tag, TaskAttribute attribute)
    {
        var structure = Made();
        structure.Tag = tag;
        Send(structure);
        Assert.Equal(attribute, structure.Command.Attribute);
    }

    [Theory]
    [InlineData(TransactionFlags.TargetReset)]
    [InlineData(TransactionFlags.LunReset)]
    [InlineData(TransactionFlags.QueueClear | TransactionFlags.QueueResume)]
    public void Flags_ThatContradict_EINVAL(TransactionFlags flags)
    {
        var structure = Made();
        structure.Flags = flags;
        Send(structure);
        _rig.AssertReturned(structure, Errno.EINVAL);
    }

    [Fact]
    public void Structure_HandedOverTwice_IsTheCallersMistake()
    {
        var structure = Made();
        Send(structure);
        Assert.Throws<InvalidOperationException>(() => _rig.File.Strategy(structure));
    }

    [Fact]
    public void Stop_AnIoctlsCommandIsOutstanding_WaitsForItToo()
    {
        var asked = _rig.Begin(IoctlNumber.SCIOTUR, new ScReady { ScsiId = 2 });
        var stop = _rig.Begin(IoctlNumber.SCIOSTOP, ScriptedRig.Device);
        Assert.False(stop.IsCompleted);

        _rig.Transport.Answer(Assert.Single(_rig.Transport.Commands), ScsiStatus.Good);
        _rig.Loop.Pump();

        Assert.Equal((Errno.None, Errno.None), (ScriptedRig.Now(asked), ScriptedRig.Now(stop)));
        Assert.Equal(DeviceQueueState.Stopped, _rig.State());
    }

    private static void Give(ScBuf structure, string shape)
    {
        var request = structure.Bufstruct;
        switch (shape)
        {
            case "simple of the longest transfer":
                (request.Memory, request.Count) = (new byte[TransferMax], TransferMax);
                break;
            case "simple past the longest transfer":
                (request.Memory, request.Count) = (new byte[TransferMax + 1], TransferMax + 1);
                break;
            case "simple of more bytes than its memory has":
                (request.Memory, request.Count) = (new byte[511], 512);
                break;
            case "simple of a negative length":
                request.Count = -1;
                break;
            case "span whose inner pieces are pages":
                Span(structure, 100, Page, 2 * Page, 300);
                break;
            case "span whose inner piece is no page":
                Span(structure, 100, Page + 1, 300);
                break;
            case "span of both directions":
                Span(structure, 100, 300).Next!.Flags = BufFlags.Write;
                break;
            case "span whose total is another":
                Span(structure, 100, 300);
                request.Count = 401;
                break;
            case "span past the longest transfer":
                Span(structure, TransferMax, Page);
                break;
            case "span of more pieces than there may be":
                Span(structure, new int[TransferMemory.CountMax + 1]);
                break;
            case "span that comes back to its beginning":
                var first = Span(structure, 0, 0);
                first.Next!.Next = first;
                break;
            case "span with a uio":
                Span(structure, 100, 300);
                structure.Uio = [new byte[400]];
                break;
            case "gathered write of odd pieces":
                Gather(structure, 1, 700, 3);
                break;
            case "gathered write whose total is another":
                Gather(structure, 1, 700);
                request.Count = 700;
                break;
            case "gathered write past the longest transfer":
                Gather(structure, TransferMax, 1);
                break;
            case "gathered write of more pieces than there may be":
                Gather(structure, new int[TransferMemory.CountMax + 1]);
                break;
            case "gathered read":
                Gather(structure, 512);
                request.Flags = BufFlags.Read;
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(shape), shape);
        }
    }

    private static Buf Span(ScBuf structure, params int[] lengths)
    {
        Buf? next = null;
        foreach (var length in lengths.Reverse())
            next = new Buf { Flags = BufFlags.Read, Memory = new byte[length], Count = length, Next = next };
        structure.Bp = next;
        structure.Bufstruct.Count = lengths.Sum();
        return next!;
    }

    private static void Gather(ScBuf structure, params int[] lengths)
    {
        structure.Uio = [.. lengths.Select(length => new Memory<byte>(new byte[length]))];
        structure.Bufstruct.Flags = BufFlags.Write;
        structure.Bufstruct.Count = lengths.Sum();
    }

    private ScBuf Made(int length = 0)
    {
        var structure = new ScBuf
        {
            ScsiId = ScriptedRig.Device.ScsiId,
            Tag = QueueTag.Simple,
            IoDone = ended => _rig.Returned.Add((ScBuf)ended),
        };
        structure.SetCommand(new byte[6]);
        structure.Bufstruct.Flags = BufFlags.Read;
        structure.Bufstruct.Memory = new byte[length];
        structure.Bufstruct.Count = length;
        return structure;
    }

    private void Send(ScBuf structure)
    {
        Assert.Equal(Errno.None, _rig.File.Strategy(structure));
        _rig.Loop.Pump();
    }
}
