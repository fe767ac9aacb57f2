using System.Buffers.Binary;
using Lunette.Adapter.Arguments;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Transactions;
using Lunette.Adapter.Transports;
using Lunette.Scsi;

namespace Lunette.Adapter.Tests;

/// <summary>What operations leave in their structures, and what of a structure reaches the wire.</summary>
public class OperationAnswerTests
{
    private static readonly byte[] s_sense = [0x70, 0, 5, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x24, 0, 0, 0, 0, 0];

    public static TheoryData<QueueTag, TaskAttribute> Tags => new()
    {
        { QueueTag.None, TaskAttribute.Simple },
        { QueueTag.Simple, TaskAttribute.Simple },
        { QueueTag.HeadOfQueue, TaskAttribute.HeadOfQueue },
        { QueueTag.Ordered, TaskAttribute.Ordered },
        { QueueTag.Aca, TaskAttribute.Aca },
    };

    [Theory]
    [MemberData(nameof(Tags))]
    public void PassThrough_Tag_IsTheTaskAttribute(QueueTag tag, TaskAttribute attribute)
    {
        foreach (var argument in (object[])
            [
                new ScPassthru { ScsiId = 2, CommandLength = 6, Tag = tag },
                new ScsiIocmd { ScsiId = 2, CommandLength = 6, Tag = tag },
            ])
        {
            var rig = new ScriptedRig();
            rig.Start();
            rig.Begin(argument is ScPassthru ? IoctlNumber.SCIOCMD : IoctlNumber.SCIOLCMD, argument);
            Assert.Equal(attribute, Assert.Single(rig.Transport.Commands).Attribute);
        }
    }

    [Fact]
    public void PassThrough_ClearAca_GoesFirstAndItsRefusalIsEIO()
    {
        var rig = new ScriptedRig();
        rig.Start();
        var command = new ScPassthru { ScsiId = 2, CommandLength = 6, QueueFlags = TransactionFlags.ClearAca };
        rig.Begin(IoctlNumber.SCIOCMD, command);
        Assert.Equal(TaskManagementFunction.ClearAca, Assert.Single(rig.Transport.Functions).Function);
        Assert.Single(rig.Transport.Commands);

        rig.Transport.OnManage = _ => (TransportOutcome.Answered, ServiceResponse.FunctionRejected);
        Assert.Equal(Errno.EIO, rig.Ioctl(IoctlNumber.SCIOCMD, command));
        Assert.Single(rig.Transport.Commands);
    }

    [Fact]
    public void PassThrough_UsedAgain_TheFirstAnswerIsGone()
    {
        var rig = new ScriptedRig();
        rig.Start();
        var command = new ScPassthru
        {
            ScsiId = 2,
            CommandLength = 6,
            AutosenseLength = 32,
            AutosenseBuffer = new byte[32],
        };
        Run(rig, IoctlNumber.SCIOCMD, command, ScsiStatus.CheckCondition);
        Assert.Equal((StatusValidity.Scsi, (byte)ScsiStatus.CheckCondition, 1, AdapterQueueStatus.DidNotClear),
            (command.StatusValidity, command.ScsiBusStatus, command.AdapterSetFlags, command.AdapterQueueStatus));
        Run(rig, IoctlNumber.SCIOCMD, command, ScsiStatus.Good);
        Assert.Equal((StatusValidity.None, 0, 0, AdapterQueueStatus.Cleared),
            (command.StatusValidity, command.ScsiBusStatus, command.AdapterSetFlags, command.AdapterQueueStatus));

        Run(rig, IoctlNumber.SCIOCMD, command, ScsiStatus.CheckCondition);
        command.CommandLength = 5;
        Assert.Equal(Errno.EINVAL, rig.Ioctl(IoctlNumber.SCIOCMD, command));
        Assert.Equal((StatusValidity.None, 0), (command.StatusValidity, command.AdapterSetFlags));
    }

    [Fact]
    public void SamStructures_UsedAgain_TheFirstAnswerIsGone()
    {
        var rig = new ScriptedRig();
        rig.Start();
        foreach (var (number, argument) in ((int, SamArgument)[])
            [
                (IoctlNumber.SCIOLTUR, new ScsiReady()),
                (IoctlNumber.SCIOLSTUNIT, new ScsiStartUnit()),
                (IoctlNumber.SCIOLINQU, new ScsiInquiry { InquiryLength = 36, Inquiry = new byte[36] }),
                (IoctlNumber.SCIOLREAD, new ScsiReadBlock { BlockLength = 512, Data = new byte[512] }),
                (IoctlNumber.SCIOLCMD, new ScsiIocmd { CommandLength = 6 }),
            ])
        {
            argument.ScsiId = 2;
            argument.AutosenseBuffer = new byte[32];
            Run(rig, number, argument, ScsiStatus.CheckCondition);
            Assert.Equal((StatusValidity.Scsi, 1), (argument.StatusValidity, argument.AdapterSetFlags));
            Assert.Equal(s_sense, argument.AutosenseBuffer[..s_sense.Length].ToArray());
            Run(rig, number, argument, ScsiStatus.Good);
            Assert.Equal((StatusValidity.None, 0), (argument.StatusValidity, argument.AdapterSetFlags));
        }
    }

    [Theory]
    [InlineData(32, true)]
    [InlineData(33, false)]
    [InlineData(260, false)]
    public void Cdb_LongerThanTheTransportCarries_EINVALAndNothingIsLogged(int length, bool isLawful)
    {
        var rig = new ScriptedRig(transport: new ScriptedTransport
        {
            Description = new TransportDescription { Kind = AdapterKind.Iscsi, CdbLengthMax = 32 },
        });
        rig.Start();
        var passed = new ScPassthru { ScsiId = 2 };
        passed.SetCdb(new byte[length]);
        rig.Begin(IoctlNumber.SCIOCMD, passed);
        Assert.Equal(isLawful ? 1 : 0, rig.Transport.Commands.Count);
        Assert.Equal(isLawful ? EinvalArgument.None
            : length > 64 ? EinvalArgument.VariableCdbLength
            : EinvalArgument.CommandLength, passed.EinvalArgument);

        var structure = new ScsiBuf { ScsiId = 2, Tag = QueueTag.Simple };
        structure.SetCommand(new byte[length]);
        Assert.Equal(Errno.None, rig.File.Strategy(structure));
        rig.Loop.Pump();
        Assert.Equal(isLawful ? Errno.None : Errno.EINVAL, structure.Bufstruct.Error);
        Assert.Empty(rig.Log.Entries);
    }

    [Fact]
    public void Strategy_CdbOfFiveBytes_EINVAL()
    {
        var rig = new ScriptedRig();
        rig.Start();
        foreach (var structure in (Transaction[])[Short(new ScsiBuf { ScsiId = 2 }), Short(new ScBuf { ScsiId = 2 })])
        {
            Assert.Equal(Errno.None, rig.File.Strategy(structure));
            rig.Loop.Pump();
            Assert.Equal(Errno.EINVAL, structure.Bufstruct.Error);
        }
        Assert.Empty(rig.Transport.Commands);

        static Transaction Short(Transaction structure)
        {
            if (structure is ScsiBuf sam) sam.SetCommand(new byte[5]);
            else ((ScBuf)structure).SetCommand(new byte[5]);
            return structure;
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task NameServer_ByTheCallersOrderOfBytes_AndAShortListSaysSo(bool bigEndian)
    {
        var abi = new CallerAbi(8, bigEndian);
        var rig = new ScriptedRig();
        var room = new byte[64];
        var bytes = new byte[ScsiNameServer.Layout.SizeFor(abi)];
        ScsiNameServer.Layout.Encode(new ScsiNameServer { ListLength = 16 }, bytes, abi);
        bytes[ScsiNameServer.Layout.OffsetOf("scsi_id_list", abi)] = 1;
        Assert.Equal(Errno.None, await AskAsync());
        Assert.Equal([0ul, 2ul], Enumerable.Range(0, 2).Select(i => bigEndian
            ? BinaryPrimitives.ReadUInt64BigEndian(room.AsSpan(i * 8))
            : BinaryPrimitives.ReadUInt64LittleEndian(room.AsSpan(i * 8))));
        var whole = Decode();
        Assert.Equal((2u, (byte)8, (byte)0), (whole.NumberOfIds, whole.SizeOfScsiId, whole.AdapterSetFlags));

        ScsiNameServer.Layout.Encode(new ScsiNameServer { ListLength = 8 }, bytes, abi);
        Assert.Equal(Errno.None, await AskAsync());
        var cut = Decode();
        Assert.Equal((ScsiNameServer.ListShort, 16u), (cut.AdapterSetFlags, cut.ListLength));
        Assert.Equal(Errno.None, await AskAsync());         // with the length it was told
        Assert.Equal(0, Decode().AdapterSetFlags);

        async Task<Errno> AskAsync()
        {
            var answer = rig.File.IoctlAsync(IoctlNumber.SCIOLNMSRV, bytes, abi, new Room(room));
            rig.Loop.Pump();
            return await answer;
        }

        ScsiNameServer Decode()
        {
            Assert.True(ScsiNameServer.Layout.TryDecode(bytes, abi, new Room(room), out var value));
            return value;
        }
    }

    [Theory]
    [InlineData(AdapterKind.Parallel, true, new byte[] { 0x62, 0, 0, 0x53, 7, 0, 0, 0, 0, 1, 0x86, 0xA0 })]
    [InlineData(AdapterKind.Parallel, false, new byte[] { 0x62, 0, 0x53, 0, 7, 0, 0, 0, 0xA0, 0x86, 1, 0 })]
    [InlineData(AdapterKind.Iscsi, true, new byte[] { 0x62, 0, 0, 0x61, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0x86, 0xA0 })]
    [InlineData(AdapterKind.VirtualClient, true, new byte[] { 0x62, 0, 0, 0x44, 0, 0, 0, 0, 0, 1, 0x86, 0xA0 })]
    public async Task DeviceInfo_WithoutAStart_AsTheCallersProgramLaysItOut(
        AdapterKind kind, bool bigEndian, byte[] info)
    {
        var abi = new CallerAbi(8, bigEndian);
        var rig = new ScriptedRig(transport: new ScriptedTransport
        {
            Description = new TransportDescription { Kind = kind, MaxTransferBytes = 100_000 },
        });
        var bytes = new byte[64];
        Assert.Equal(Errno.None, await AskAsync(bytes));
        Assert.Equal(info, bytes[..info.Length]);
        Assert.Equal(Errno.EFAULT, await AskAsync(bytes.AsMemory(0, info.Length - 1)));
        rig.File.Dispose();
        Assert.Equal(Errno.EINVAL, await AskAsync(bytes));

        Task<Errno> AskAsync(Memory<byte> argument) =>
            rig.File.IoctlAsync(IoctlNumber.IOCINFO, argument, abi, new Room([]));
    }

    [Theory]
    [InlineData(4, true, new byte[] { 0, 0, 2, 3 }, Errno.None)]
    [InlineData(4, false, new byte[] { 3, 2, 0, 0 }, Errno.None)]
    [InlineData(8, true, new byte[] { 0, 0, 0, 0, 0, 0, 2, 3 }, Errno.None)]
    [InlineData(8, false, new byte[] { 3, 2, 0, 0, 0, 0, 0, 0 }, Errno.None)]
    [InlineData(4, true, new byte[] { 0, 1, 2, 3 }, Errno.EINVAL)]
    [InlineData(8, true, new byte[] { 0, 0, 0, 1, 0, 0, 2, 3 }, Errno.EINVAL)]
    [InlineData(4, true, new byte[] { 2, 3 }, Errno.EFAULT)]
    public async Task IdLun_ALongOfTheCallers(int pointer, bool bigEndian, byte[] argument, Errno error)
    {
        var rig = new ScriptedRig();
        var answer = rig.File.IoctlAsync(
            IoctlNumber.SCIOSTART, argument, new CallerAbi(pointer, bigEndian), new Room([]));
        rig.Loop.Pump();

        Assert.Equal(error, await answer);
        Assert.Equal(error == Errno.None ? Queues.DeviceQueueState.Running : Queues.DeviceQueueState.Stopped,
            rig.State(new IdLun(2, 3)));
    }

    [Fact]
    public void SamStart_ByName_TheIdIsToldAndAFailureIsForgottenWithIt()
    {
        var rig = new ScriptedRig();
        var start = new ScsiSciolst { ScsiId = 9, WorldWideName = 0x5000_0000_0000_0002 };
        Assert.Equal(Errno.None, rig.Ioctl(IoctlNumber.SCIOLSTART, start));
        Assert.Equal((2ul, ScsiSciolst.IdReturned | ScsiSciolst.WorldWideNameValid),
            (start.ScsiId, start.AdapterSetFlags));
        Assert.Equal(Errno.EINVAL, rig.Ioctl(IoctlNumber.SCIOLSTART, start));
        Assert.Equal(ScsiSciolst.DeviceStarted, start.AdapterSetFlags);
        Assert.Equal(Errno.None, rig.Ioctl(IoctlNumber.SCIOLSTOP, start));
        var byId = new ScsiSciolst { ScsiId = 2 };
        Assert.Equal(Errno.None, rig.Ioctl(IoctlNumber.SCIOLSTART, byId));
        Assert.Equal((0x5000_0000_0000_0002ul, ScsiSciolst.WorldWideNameValid),
            (byId.WorldWideName, byId.AdapterSetFlags));
    }

    private static void Run(ScriptedRig rig, int number, object argument, ScsiStatus status)
    {
        var answer = rig.Begin(number, argument);
        rig.Transport.Answer(Assert.Single(rig.Transport.Commands), status,
            status == ScsiStatus.CheckCondition ? s_sense : []);
        rig.Loop.Pump();
        Assert.Equal(status == ScsiStatus.Good ? Errno.None : Errno.EIO, ScriptedRig.Now(answer));
    }

    private sealed class Room(byte[] bytes) : ICallerMemory
    {
        public bool TryMap(ulong address, int length, out Memory<byte> memory)
        {
            memory = bytes.AsMemory(0, Math.Min(length, bytes.Length));
            return length <= bytes.Length;
        }
    }
}
