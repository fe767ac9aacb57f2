using System.Buffers.Binary;
using Lunette.Adapter.Arguments;
using Lunette.Adapter.Disks;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Opening;
using Lunette.Adapter.Transactions;
using Lunette.Adapter.Virtual;
using Lunette.Scsi;

namespace Lunette.Adapter.Tests;

/// <summary>scdisk's operations against our own target.</summary>
public class DiskIoctlTests
{
    [Fact]
    public async Task EveryOperation_HasItsNumberAndAnotherArgumentIsEFAULT()
    {
        await using var rig = await VirtualRig.StartAsync();
        var disk = await OpenAsync(rig);

        Assert.Equal(DiskOperation.All.Count, DiskOperation.All.DistinctBy(operation => operation.Number).Count());
        foreach (var operation in DiskOperation.All.Where(operation =>
            operation is { Argument: not null, Unsupported: false, Mode: DiskOpenMode.Any or DiskOpenMode.Normal }))
            Assert.Equal(Errno.EFAULT, await rig.Run(disk.IoctlAsync(operation.Number, "another")));
        Assert.Equal(Errno.EINVAL, await rig.Run(disk.IoctlAsync(0x7777)));
        await CloseAsync(rig, disk);
    }

    [Theory]
    [InlineData(DiskIoctlNumber.DKIOWRSE, DiskIoctlNumber.DKIORDSE)]
    [InlineData(DiskIoctlNumber.DKIOLWRSE, DiskIoctlNumber.DKIOLRDSE)]
    [InlineData(DiskIoctlNumber.DKIOWRSE16, DiskIoctlNumber.DKIORDSE16)]
    public async Task ReadWrite_MovesBlocksAndTellsSense(int write, int read)
    {
        await using var rig = await VirtualRig.StartAsync();
        var disk = await OpenAsync(rig);
        var bytes = new byte[1024];
        new Random(write).NextBytes(bytes);
        var back = new byte[1024];

        Assert.Equal(Errno.None, await rig.Run(disk.IoctlAsync(write,
            new DiskReadWrite { LogicalBlockAddress = 9, Buffer = bytes })));
        Assert.Equal(Errno.None, await rig.Run(disk.IoctlAsync(read,
            new DiskReadWrite { LogicalBlockAddress = 9, Buffer = back })));
        Assert.Equal(bytes, back);

        var beyond = new DiskReadWrite { LogicalBlockAddress = 1 << 30, Buffer = back, RequestSense = new byte[32] };
        Assert.Equal(Errno.ENXIO, await rig.Run(disk.IoctlAsync(read, beyond)));
        Assert.Equal((StatusValidity.Scsi | StatusValidity.Sense, (byte)ScsiStatus.CheckCondition),
            (beyond.StatusValidity, beyond.ScsiBusStatus));
        Assert.Equal((0x05, 0x21), (beyond.RequestSense.Span[2] & 0x0F, beyond.RequestSense.Span[12]));
        var far = new DiskReadWrite { LogicalBlockAddress = 1L << 40, Buffer = back };
        Assert.Equal(read == DiskIoctlNumber.DKIORDSE16 ? Errno.ENXIO : Errno.EINVAL,
            await rig.Run(disk.IoctlAsync(read, far)));
        Assert.Equal(Errno.EINVAL, await rig.Run(disk.IoctlAsync(read, new DiskReadWrite { Buffer = new byte[100] })));
        Assert.Equal(Errno.EINVAL, await rig.Run(disk.IoctlAsync(read,
            new DiskReadWrite { Buffer = back, RequestSense = new byte[256] })));
        await CloseAsync(rig, disk);
    }

    [Fact]
    public async Task DiagnosticMode_NothingIsSentAtOpenAndOnlyItsCommandsWork()
    {
        await using var rig = await VirtualRig.StartAsync();
        var disk = await OpenAsync(rig, OpenExtension.Diagnostic);

        // The power-on attention is still there: nobody has asked the device anything.
        var ready = new ScIocmd { TimeoutSeconds = 10 };
        ready.SetCdb(new byte[6]);
        Assert.Equal(Errno.EIO, await rig.Run(disk.IoctlAsync(DiskIoctlNumber.DKIOCMD, ready)));
        Assert.Equal((StatusValidity.Scsi, (byte)ScsiStatus.CheckCondition),
            (ready.StatusValidity, ready.ScsiBusStatus));
        Assert.Equal(Errno.None, await rig.Run(disk.IoctlAsync(DiskIoctlNumber.DKIOCMD, ready)));
        var sam = new ScsiIocmd { DataLength = 36, Buffer = new byte[36], Flags = 1, TimeoutSeconds = 10 };
        sam.ScsiCdb[0] = 0x12;
        sam.ScsiCdb[4] = 36;
        sam.CommandLength = 6;
        Assert.Equal(Errno.None, await rig.Run(disk.IoctlAsync(DiskIoctlNumber.DKIOLCMD, sam)));
        Assert.Equal("LUNETTE ", System.Text.Encoding.ASCII.GetString(sam.Buffer.Span[8..16]));
        Assert.Equal(Errno.None, await rig.Run(disk.IoctlAsync(DiskIoctlNumber.DKPATHIOLCMD,
            new DiskPathArgument(0, sam))));
        Assert.Equal(Errno.EINVAL, await rig.Run(disk.IoctlAsync(DiskIoctlNumber.DKPATHIOLCMD,
            new DiskPathArgument(5, sam))));
        var longer = new ScIocmd { TimeoutSeconds = 10, DataLength = 32, Buffer = new byte[32], Flags = 1 };
        longer.SetCdb([0x9E, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 32, 0, 0]);
        Assert.Equal(Errno.EINVAL, await rig.Run(disk.IoctlAsync(DiskIoctlNumber.DKIOCMD, longer)));
        Assert.Equal(Errno.None, await rig.Run(disk.IoctlAsync(DiskIoctlNumber.DKIOCMD16, longer)));
        Assert.Equal(2047ul, BinaryPrimitives.ReadUInt64BigEndian(longer.Buffer.Span));

        Assert.Equal(Errno.EACCES, await rig.Run(disk.IoctlAsync(DiskIoctlNumber.DKEJECT)));
        var refused = await Assert.ThrowsAsync<ScsiDiskException>(() => disk.ReadAsync(0, new byte[512]).AsTask());
        Assert.Equal(Errno.EACCES, refused.Errno);
        Assert.Empty(rig.Log.Entries);
        await CloseAsync(rig, disk);
    }

    [Fact]
    public async Task PassThrough_Quiesced_RunsAloneAndTheRestGoesOn()
    {
        var rig = new ManyPathRig(1);
        var disk = await rig.OpenAsync(new ScsiDiskOptions());
        rig.Seen[0].Clear();
        rig.Answers[0] = _ => Answer.Nothing;
        var command = new ScPassthru { DataLength = 512, Buffer = new byte[512], Flags = 1, TimeoutSeconds = 10 };
        command.SetCdb([0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0]);

        var before = Enumerable.Range(0, 2).Select(i => disk.ReadAsync((ulong)i, new byte[512]).AsTask()).ToArray();
        var passed = disk.IoctlAsync(DiskIoctlNumber.DK_PASSTHRU, command);
        var after = Enumerable.Range(0, 2).Select(i => disk.ReadAsync((ulong)i, new byte[512]).AsTask()).ToArray();
        rig.Pump();
        Assert.Equal([0x88, 0x88], rig.Seen[0]);
        rig.Answers[0] = cdb => cdb[0] == 0x28 ? Answer.Nothing : Answer.Good;
        rig.ReleaseWaiting();
        Assert.Equal(0x28, rig.Seen[0][^1]);
        rig.Answers[0] = _ => Answer.Good;
        rig.ReleaseWaiting();
        foreach (var read in (Task[])[.. before, .. after]) await rig.RunAsync(new ValueTask(read));

        Assert.Equal(Errno.None, await rig.RunAsync(passed));
        Assert.Equal([0x88, 0x88], rig.Seen[0][^2..]);
        await rig.RunAsync(disk.DisposeAsync());
    }

    [Theory]
    [InlineData(OpenExtension.None, false)]
    [InlineData(OpenExtension.Diagnostic, false)]
    [InlineData(OpenExtension.None, true)]
    public async Task CommandThatTimesOut_LoggedByTheAdapterForOrdinaryCommandsOnly(OpenExtension extension, bool reads)
    {
        var rig = new ManyPathRig(1);
        var disk = await rig.OpenAsync(new ScsiDiskOptions(), extension);
        rig.Answers[0] = _ => Answer.Nothing;
        var passed = new ScPassthru { TimeoutSeconds = 1 };
        passed.SetCdb(new byte[6]);
        var asked = reads
            ? disk.IoctlAsync(DiskIoctlNumber.DKIORDSE,
                new DiskReadWrite { Buffer = new byte[512], TimeoutSeconds = 1 })
            : disk.IoctlAsync(DiskIoctlNumber.DK_PASSTHRU, passed);

        Assert.Equal(Errno.ETIMEDOUT, await rig.RunAsync(asked));

        Assert.Equal(reads, rig.Log.Entries.Count > 0);
        rig.Answers[0] = _ => Answer.Good;
        await rig.RunAsync(disk.DisposeAsync());
    }

    [Theory]
    [InlineData(QueueTag.None, TaskAttribute.Simple)]
    [InlineData(QueueTag.Ordered, TaskAttribute.Ordered)]
    public async Task Tag_OfACallersStructure_ReachesTheDeviceAndTheQueueStatusComesBack(
        QueueTag tag, TaskAttribute attribute)
    {
        var rig = new ManyPathRig(1);
        var disk = await rig.OpenAsync(new ScsiDiskOptions());
        var seen = new List<TaskAttribute>();
        rig.Answers[0] = _ =>
        {
            seen.Add(rig.Transports[0].Commands[^1].Attribute);
            return Answer.Sense(SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInCdb);
        };
        // More seconds than fit 31 bits are a very long time, not none.
        var read = new DiskReadWrite { Buffer = new byte[512], Tag = tag, TimeoutSeconds = uint.MaxValue };
        Assert.Equal(Errno.EINVAL, await rig.RunAsync(disk.IoctlAsync(DiskIoctlNumber.DKIORDSE, read)));
        Assert.Equal(AdapterQueueStatus.DidNotClear, read.AdapterQueueStatus);
        var passed = new ScPassthru { Tag = tag, TimeoutSeconds = uint.MaxValue };
        passed.SetCdb(new byte[6]);
        Assert.Equal(Errno.EIO, await rig.RunAsync(disk.IoctlAsync(DiskIoctlNumber.DK_PASSTHRU, passed)));
        Assert.Equal(AdapterQueueStatus.DidNotClear, passed.AdapterQueueStatus);

        Assert.Equal([attribute, attribute], seen);
        rig.Answers[0] = _ => Answer.Good;
        await rig.RunAsync(disk.ReadAsync(0, new byte[512]));
        await rig.RunAsync(disk.DisposeAsync());
    }

    [Fact]
    public async Task PassThrough_Timeouts_AsItsDeviceFlagsAllow()
    {
        await using var rig = await VirtualRig.StartAsync();
        var disk = await OpenAsync(rig);
        var inquiry = new ScPassthru { DataLength = 36, Buffer = new byte[36], Flags = 1 };
        inquiry.SetCdb([0x12, 0, 0, 0, 36, 0]);

        Assert.Equal(Errno.EINVAL, await rig.Run(disk.IoctlAsync(DiskIoctlNumber.DK_PASSTHRU, inquiry)));
        Assert.Equal(EinvalArgument.TimeoutValue, inquiry.EinvalArgument);
        (inquiry.DeviceFlags, inquiry.TimeoutSeconds) = (1, 61);
        Assert.Equal(Errno.EINVAL, await rig.Run(disk.IoctlAsync(DiskIoctlNumber.DKPATHPASSTHRU,
            new DiskPathArgument(0, inquiry))));
        Assert.Equal((EinvalArgument.TimeoutValue, 60u), (inquiry.EinvalArgument, inquiry.TimeoutSeconds));
        Assert.Equal(Errno.None, await rig.Run(disk.IoctlAsync(DiskIoctlNumber.DKPATHPASSTHRU,
            new DiskPathArgument(0, inquiry))));
        await CloseAsync(rig, disk);
    }

    [Theory]
    [InlineData(WriteBufferFlags.None, new[] { 3, 3, 3 }, new[] { 5, 5, 5 })]
    [InlineData(WriteBufferFlags.NextBufferId, new[] { 3, 4, 5 }, new[] { 5, 5, 5 })]
    [InlineData(WriteBufferFlags.NextOffset | WriteBufferFlags.StopStart, new[] { 3, 3, 3 }, new[] { 5, 105, 205 })]
    public async Task WriteBuffer_GoesInFragments(WriteBufferFlags flags, int[] ids, int[] offsets)
    {
        var rig = new ManyPathRig(1);
        var disk = await rig.OpenAsync(new ScsiDiskOptions());
        var seen = new List<byte[]>();
        rig.Answers[0] = cdb =>
        {
            seen.Add(cdb);
            return Answer.Good;
        };
        var image = new DiskWriteBuffer
        {
            BufferId = 3,
            Offset = 5,
            Buffer = new byte[250],
            FragmentLength = 100,
            DeviceFlags = flags,
        };

        Assert.Equal(Errno.None, await rig.RunAsync(disk.IoctlAsync(DiskIoctlNumber.DK_RWBUFFER, image)));

        var fragments = seen.Where(cdb => cdb[0] == 0x3B).ToArray();
        Assert.Equal(ids, fragments.Select(cdb => (int)cdb[2]));
        Assert.Equal(offsets, fragments.Select(cdb => (int)cdb[5]));
        Assert.Equal([100, 100, 50], fragments.Select(cdb => (int)cdb[8]));
        Assert.Equal(250, image.Written);
        Assert.Equal(flags.HasFlag(WriteBufferFlags.StopStart) ? [0, 1] : Array.Empty<int>(),
            seen.Where(cdb => cdb[0] == 0x1B).Select(cdb => (int)cdb[4]));
        // Echo buffers and the like are not microcode.
        image.Mode = 2;
        Assert.Equal(Errno.EINVAL, await rig.RunAsync(disk.IoctlAsync(DiskIoctlNumber.DKPATHRWBUFFER,
            new DiskPathArgument(0, image))));
        await rig.RunAsync(disk.DisposeAsync());
    }

    [Fact]
    public async Task Reservations_OfTwoHosts_AsThePagesSay()
    {
        await using var rig = await VirtualRig.StartAsync();
        var mine = await OpenAsync(rig);
        await using var other = new ScsiAdapter(new AdapterAttributes { Name = "vscsi1" }, rig.Loop,
            new VirtualTransport("iqn.2026-11.example:other", [new VirtualBinding(1, rig.Target)]), rig.Log);
        var theirs = await rig.Run(ScsiDisk.OpenAsync(other, 1, default));

        Assert.Equal(Errno.None, await Ask(mine, DiskIoctlNumber.DKPRES_REGISTER, new() { ActionKey = 0xA }));
        Assert.Equal(Errno.None, await Ask(theirs, DiskIoctlNumber.DKPRES_REGISTER, new() { ActionKey = 0xB }));
        var both = await KeysAsync();
        Assert.Equal(new HashSet<ulong> { 0xA, 0xB }, both.ToHashSet());
        Assert.Equal(Errno.None, await rig.Run(Code(mine.ReserveOutAsync(0x01, 5, 0xA, 0))));
        var held = new DiskReservation { Data = new byte[24] };
        Assert.Equal(Errno.None, await Ask(theirs, DiskIoctlNumber.DKPRES_READRES, held));
        Assert.Equal(0xAul, BinaryPrimitives.ReadUInt64BigEndian(held.Data.Span[8..]));
        // With another's key it is a conflict, and the structure says so.
        var wrong = new DiskReservation { Key = 0xA, ActionKey = 0xA, Type = 5 };
        Assert.Equal(Errno.EBUSY, await Ask(theirs, DiskIoctlNumber.DKPRES_PREEMPT, wrong));
        Assert.Equal((byte)ScsiStatus.ReservationConflict, wrong.ScsiStatus);
        Assert.Equal(Errno.None, await Ask(theirs, DiskIoctlNumber.DKPRES_PREEMPT_ABORT,
            new() { Key = 0xB, ActionKey = 0xA, Type = 5 }));
        var left = await KeysAsync();
        Assert.Equal(0xBul, Assert.Single(left));
        Assert.Equal(Errno.None, await Ask(theirs, DiskIoctlNumber.DKPRES_CLEAR, new() { Key = 0xB }));
        Assert.Empty(await KeysAsync());
        await CloseAsync(rig, theirs);
        await CloseAsync(rig, mine);

        Task<Errno> Ask(ScsiDisk disk, int operation, DiskReservation argument) =>
            rig.Run(disk.IoctlAsync(operation, argument));

        async Task<ulong[]> KeysAsync()
        {
            var keys = new DiskReservation { Data = new byte[256] };
            Assert.Equal(Errno.None, await Ask(theirs, DiskIoctlNumber.DKPRES_READKEYS, keys));
            var length = (int)BinaryPrimitives.ReadUInt32BigEndian(keys.Data.Span[4..]);
            return [.. Enumerable.Range(0, length / 8)
                .Select(i => BinaryPrimitives.ReadUInt64BigEndian(keys.Data.Span[(8 + (i * 8))..]))];
        }

        static async Task<Errno> Code(ValueTask<DiskAnswer> answer) => (await answer).Error;
    }

    [Fact]
    public async Task Log_SenseAndSelect()
    {
        await using var rig = await VirtualRig.StartAsync();
        var disk = await OpenAsync(rig);
        var pages = new DiskLog { Data = new byte[256] };

        Assert.Equal(Errno.None, await rig.Run(disk.IoctlAsync(DiskIoctlNumber.DKLOGSENSE, pages)));
        Assert.InRange(pages.Length, 5, 256);
        Assert.Equal(0, pages.Data.Span[0] & 0x3F);
        Assert.Equal(Errno.None, await rig.Run(disk.IoctlAsync(DiskIoctlNumber.DKLOGSELECT,
            new DiskLog { ParameterCodeReset = true })));
        var none = new DiskLog { PageCode = 0x3E, Data = new byte[16] };
        Assert.Equal(Errno.EINVAL, await rig.Run(disk.IoctlAsync(DiskIoctlNumber.DKLOGSENSE, none)));
        Assert.Equal((0x05, 0x24), (none.SenseKey, none.AdditionalSenseCode));
        await CloseAsync(rig, disk);
    }

    [Fact]
    public async Task Medium_FixedOnes_AreNeitherKeptInNorThrownOutAndStopWithTheirConfiguration()
    {
        await using var rig = await VirtualRig.StartAsync();
        var disk = await OpenAsync(rig);

        foreach (var operation in (int[])[DiskIoctlNumber.DKPMR, DiskIoctlNumber.DKAMR, DiskIoctlNumber.DKEJECT,
            DiskIoctlNumber.DKAUDIO, DiskIoctlNumber.DK_CD_MODE, DiskIoctlNumber.DKPCMPASSTHRU])
            Assert.Equal(Errno.EINVAL, await rig.Run(disk.IoctlAsync(operation)));
        Assert.Equal(Errno.EACCES, await rig.Run(disk.IoctlAsync(DiskIoctlNumber.DKFORMAT, new DiskFormat())));
        Assert.Equal(Errno.None, await rig.Run(disk.IoctlAsync(DiskIoctlNumber.DKUCFG_STOPU)));
        var info = disk.GetInfo();
        Assert.Equal(('r', 'p', DiskInfoFlags.Valid, 512, 2048ul),
            (info.DeviceType, info.Subtype, info.Flags, info.BlockLength, info.BlockCount));
        Assert.Equal(Errno.None, await rig.Run(disk.IoctlAsync(IoctlNumber.IOCINFO)));
        await CloseAsync(rig, disk);
    }

    [Fact]
    public async Task Format_OpenAlone_AllIsZero()
    {
        await using var rig = await VirtualRig.StartAsync();
        var disk = await OpenAsync(rig, OpenExtension.Single);
        await rig.Run(Done(disk.WriteAsync(5, Enumerable.Repeat((byte)7, 512).ToArray())));

        Assert.Equal(Errno.None, await rig.Run(disk.IoctlAsync(DiskIoctlNumber.DKFORMAT, new DiskFormat())));

        var read = new byte[512];
        await rig.Run(Done(disk.ReadAsync(5, read)));
        Assert.Equal(new byte[512], read);
        await CloseAsync(rig, disk);
    }

    [Fact]
    public async Task SpecialFile_Openers_ExclusiveAndDiagnosticAsTabled()
    {
        await using var rig = await VirtualRig.StartAsync();
        using var file = new DiskSpecialFile(new ScsiDiskOptions(), [new(rig.Adapter, 1, default)]);
        Assert.Equal(Errno.EPERM, await RefusalAsync(AdapterCaller.Anybody, OpenExtension.Diagnostic));
        Assert.Equal(Errno.EPERM, await RefusalAsync(AdapterCaller.Anybody, OpenExtension.RetainReservation));

        var (_, first) = await rig.Run(file.OpenAsync(AdapterCaller.Anybody));
        var (_, second) = await rig.Run(file.OpenAsync(AdapterCaller.Privileged));
        Assert.Same(first!.Disk, second!.Disk);
        Assert.Equal(Errno.EBUSY, await RefusalAsync(AdapterCaller.Privileged, OpenExtension.Single));
        Assert.Equal(Errno.EACCES, await RefusalAsync(AdapterCaller.Privileged, OpenExtension.Diagnostic));
        Assert.Equal(Errno.EPERM, await rig.Run(first.IoctlAsync(DiskIoctlNumber.DKIOCMD)));
        Assert.Equal(Errno.EACCES, await rig.Run(second.IoctlAsync(DiskIoctlNumber.DKIOCMD)));
        await rig.Run(Done(first.DisposeAsync()));
        await rig.Run(Done(second.Disk.ReadAsync(0, new byte[512])));
        await rig.Run(Done(second.DisposeAsync()));
        Assert.Equal(Errno.EINVAL, await rig.Run(second.IoctlAsync(IoctlNumber.IOCINFO)));

        foreach (var mode in (OpenExtension[])[OpenExtension.Single, OpenExtension.Diagnostic])
        {
            var (error, alone) = await rig.Run(file.OpenAsync(AdapterCaller.Privileged, mode));
            Assert.Equal(Errno.None, error);
            Assert.Equal(Errno.EACCES, await RefusalAsync(AdapterCaller.Privileged, OpenExtension.None));
            Assert.Equal(Errno.EACCES, await RefusalAsync(AdapterCaller.Privileged, OpenExtension.Single));
            Assert.Equal(Errno.EACCES, await RefusalAsync(AdapterCaller.Privileged, OpenExtension.Diagnostic));
            await rig.Run(Done(alone!.DisposeAsync()));
        }

        async Task<Errno> RefusalAsync(AdapterCaller caller, OpenExtension extension) =>
            (await rig.Run(file.OpenAsync(caller, extension))).Error;
    }

    private static Task<ScsiDisk> OpenAsync(VirtualRig rig, OpenExtension extension = OpenExtension.None) =>
        rig.Run(ScsiDisk.OpenAsync(rig.Adapter, 1, default, new ScsiDiskOptions(), extension));

    private static Task<bool> CloseAsync(VirtualRig rig, ScsiDisk disk) => rig.Run(Done(disk.DisposeAsync()));

    private static async Task<bool> Done(ValueTask task)
    {
        await task;
        return true;
    }
}
