using Lunette.Adapter.Arguments;
using Lunette.Adapter.ErrorLog;
using Lunette.Adapter.Events;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Opening;
using Lunette.Adapter.Queues;
using Lunette.Adapter.TargetMode;
using Lunette.Adapter.Transactions;
using Lunette.Adapter.Transports;
using Lunette.Port.Virtual;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Scsi;

namespace Lunette.Adapter.Tests;

/// <summary>
/// Wherever a device queue is when its adapter's loop ends: every structure comes back and every operation is answered;
/// what is at the device when its transport lets go of it, and not before.
/// </summary>
public sealed class LoopEndTests
{
    private readonly ScriptedRig _rig = new(attributes => attributes with { ActiveMax = 2, TargetModeEnabled = true },
        new ScriptedTransport
        {
            Connections = [],
            Description = new() { Kind = AdapterKind.Parallel, TargetMode = new SenderNames(s_senders) },
        });

    private static readonly Dictionary<string, ulong> s_senders = new() { ["iqn.2026-11.example:sender"] = 5 };

    private readonly List<Task<Errno>> _operations = [];
    private readonly List<ScBuf> _atDevice = [];
    private readonly List<(ScBuf Structure, Errno Error)> _unsent = [];

    public static TheoryData<DeviceQueueState, string> Ends
    {
        get
        {
            var data = new TheoryData<DeviceQueueState, string>();
            foreach (var state in Enum.GetValues<DeviceQueueState>())
                foreach (var end in (string[])["answered", "refused", "lost"])
                    data.Add(state, end);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public void LoopEnds_InEachState_EverybodyIsToldTheTruth(DeviceQueueState state, string end)
    {
        BringTo(state);
        Assert.Equal(state, _rig.State());
        var events = AdapterEvents.None;
        if (state is not (DeviceQueueState.Stopped or DeviceQueueState.Starting))
        {
            Assert.Equal(Errno.None, _rig.Ioctl(IoctlNumber.SCIOEVENT, new EventRequest
            {
                ScsiId = 2,
                Handler = told => events |= told.Events,
            }));
        }

        _rig.Loop.End();

        Assert.All(_operations, operation => Assert.Equal(Errno.EIO, ScriptedRig.Now(operation)));
        Assert.All(_unsent, unsent => _rig.AssertReturned(unsent.Structure, unsent.Error));
        Assert.DoesNotContain(_rig.Returned, returned => _atDevice.Contains(returned));
        var isCutShort = _operations.Count + _unsent.Count + _atDevice.Count > 0;
        Assert.Equal(isCutShort, _rig.Log.Entries.Any(entry => entry.Label == ErrorLabel.SCSI_ERR1));
        if (state is not (DeviceQueueState.Stopped or DeviceQueueState.Starting))
            Assert.True((events & AdapterEvents.FatalHardwareError) != 0);
        foreach (var structure in _atDevice) LetGo(structure, end);
        foreach (var function in _rig.Transport.Functions.Where(function => function.InProgress))
            function.Complete(TransportOutcome.ConnectionLost);
        foreach (var connection in _rig.Transport.Connections!) connection.Complete(TransportOutcome.Answered);
        foreach (var ofOperation in _rig.Transport.Commands.ToArray())
            _rig.Transport.Answer(ofOperation, ScsiStatus.Good);
        Assert.Empty(_rig.Transport.Commands);
        AssertOver();
    }

    private void LetGo(ScBuf structure, string end)
    {
        switch (end)
        {
            case "answered":
                _rig.Transport.Answer(structure.Command, ScsiStatus.Good);
                _rig.AssertReturned(structure, Errno.None);
                break;
            case "refused":
                _rig.Transport.Answer(structure.Command, ScsiStatus.CheckCondition, [0x70, 0, 3]);
                _rig.AssertReturned(structure, Errno.EIO);
                Assert.Equal((StatusValidity.Scsi, ScsiStatus.CheckCondition),
                    (structure.StatusValidity, structure.ScsiStatus));
                break;
            default:
                _rig.Transport.End(structure.Command, TransportOutcome.ConnectionLost);
                _rig.AssertReturned(structure, Errno.EIO);
                Assert.Equal((StatusValidity.Adapter, GeneralCardStatus.ScsiBusFault),
                    (structure.StatusValidity, structure.GeneralCardStatus));
                break;
        }
    }

    private void AssertOver()
    {
        var late = _rig.Send();
        _rig.AssertReturned(late, Errno.ENODEV);
        foreach (var number in (int[])[IoctlNumber.SCIOSTART, IoctlNumber.SCIOSTOP, IoctlNumber.SCIOHALT])
            Assert.Equal(Errno.ENODEV, _rig.Ioctl(number, ScriptedRig.Device));
        Assert.Equal(Errno.ENODEV, _rig.Ioctl(IoctlNumber.SCIOTUR, new ScReady { ScsiId = 2 }));
        Assert.IsType<ObjectDisposedException>(_rig.Adapter.DescribeAsync().Exception!.InnerException);
        _rig.File.Dispose();
    }

    private void BringTo(DeviceQueueState state)
    {
        if (state == DeviceQueueState.Stopped) return;
        if (state == DeviceQueueState.Starting)
        {
            _operations.Add(_rig.Begin(IoctlNumber.SCIOLSTART,
                new ScsiSciolst { ScsiId = 2, Flags = ScsiSciolst.IssueLogin }));
            return;
        }
        _rig.Transport.OnManage = static _ => null;
        _rig.Start();
        switch (state)
        {
            case DeviceQueueState.Running:
                Fill(pending: 2);
                _operations.Add(_rig.Begin(IoctlNumber.SCIOTUR, new ScReady { ScsiId = 2 }));
                break;
            case DeviceQueueState.Halted:
                FailWithoutTag();
                Flag();
                break;
            case DeviceQueueState.Parked:
                Park();
                break;
            case DeviceQueueState.Recovering:
                Park();
                _atDevice.Add(_rig.Send(TransactionFlags.Resume, QueueTag.None));
                break;
            case DeviceQueueState.Recovered:
                Park();
                _rig.Answer(_rig.Send(TransactionFlags.Resume, QueueTag.None));
                break;
            case DeviceQueueState.Clearing:
                Fill(pending: 2);
                _operations.Add(_rig.Begin(IoctlNumber.SCIOHALT, ScriptedRig.Device));
                break;
            default:
                Fill(pending: 1);
                _operations.Add(_rig.Begin(IoctlNumber.SCIOSTOP, ScriptedRig.Device));
                break;
        }
    }

    // Two at the device, as many as may be; the rest waits.
    private void Fill(int pending)
    {
        for (var i = 0; i < 2; i++) _atDevice.Add(_rig.Send());
        for (var i = 0; i < pending; i++) _unsent.Add((_rig.Send(), Errno.ENODEV));
    }

    private void Park()
    {
        Fill(pending: 2);
        var failing = _atDevice[0];
        _atDevice.RemoveAt(0);
        _rig.Answer(failing, ScsiStatus.CheckCondition);
    }

    private void FailWithoutTag() => _rig.Answer(_rig.Send(tag: QueueTag.None), ScsiStatus.CheckCondition);

    // SC_RESUME with SC_CLEAR_ACA: its CLEAR ACA is on its way, its command is not. The queue runs then; another's
    // error halts it again.
    private void Flag()
    {
        var ahead = _rig.Send(TransactionFlags.Resume);
        _unsent.Add((_rig.Send(TransactionFlags.ClearAca), Errno.EIO));
        _rig.Transport.End(ahead.Command, TransportOutcome.ConnectionLost);
        _rig.Loop.Pump();
    }

    [Fact]
    public void LoopEnds_TargetMode_SendersFindNobody()
    {
        var received = 0;
        Assert.Equal(Errno.None, _rig.Ioctl(IoctlNumber.SCIOSTARTTGT, new StartTargetRequest
        {
            ScsiId = 5,
            BufferSize = 512,
            BufferCount = ScsiAdapter.TargetModeBuffersMin,
            Receive = _ => received++,
        }));
        ITargetModeReceiver receiver = _rig.Adapter;
        Assert.Equal(TargetModeReception.Received, receiver.Receive(5, new byte[10]));
        _rig.Loop.Pump();
        Assert.Equal(1, received);

        _rig.Loop.End();

        Assert.Equal(TargetModeReception.NotStarted, receiver.Receive(5, new byte[10]));
        Assert.Equal(Errno.ENODEV, _rig.Ioctl(IoctlNumber.SCIOSTOPTGT, new StopTargetRequest { ScsiId = 5 }));
        Assert.Equal(1, received);
    }

    [Fact]
    public void LoopEnds_AReceiverThrows_TheOthersAreTold()
    {
        _rig.Start();
        Fill(pending: 3);
        _unsent[0].Structure.IoDone = _ => throw new InvalidOperationException("planted");

        Assert.ThrowsAny<Exception>(_rig.Loop.End);

        foreach (var (structure, error) in _unsent.Skip(1)) _rig.AssertReturned(structure, error);
    }

    [Fact]
    public void OperationThatThrowsOnTheLoop_ItsCallerGetsIt()
    {
        _rig.Start();
        _rig.Transport.OnManage = static _ => throw new InvalidOperationException("planted");
        Task<Errno>? answer = null;
        _rig.Loop.Post(new Here(() => answer = _rig.File.IoctlAsync(IoctlNumber.SCIOHALT, ScriptedRig.Device)));
        _rig.Loop.Pump();
        Assert.Equal("planted", Assert.IsType<InvalidOperationException>(answer!.Exception!.InnerException).Message);
    }

    [Fact]
    public async Task LoopWithAThread_OperationThrowsThenItEnds_CallersAreTold()
    {
        var patience = TimeSpan.FromSeconds(120);
        using var buffers = new BufferPool(1 << 20);
        var loops = LoopGroup.Start(new LoopGroupOptions { Count = 1, Spin = false }, buffers);
        var transport = new ScriptedTransport
        {
            OnManage = static _ => throw new InvalidOperationException("planted"),
        };
        var adapter = new ScsiAdapter(new AdapterAttributes { Name = "scsi0", ActiveMax = 1 }, loops.LeastLoaded(),
            transport, new SystemErrorLog(TimeProvider.System));
        adapter.Open(AdapterCaller.Kernel, OpenExtension.None, out var file);
        Assert.Equal(Errno.None, await Told(file!.IoctlAsync(IoctlNumber.SCIOSTART, ScriptedRig.Device)));
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Told(file.IoctlAsync(IoctlNumber.SCIOHALT, ScriptedRig.Device)));
        Assert.Equal("planted", thrown.Message);

        Assert.Equal(Errno.None, await Told(file.IoctlAsync(IoctlNumber.SCIOSTART, new IdLun(0, 0))));
        TaskCompletionSource<Errno>[] ended = [new(), new()];
        foreach (var end in ended)
        {
            var structure = new ScBuf { Tag = QueueTag.Simple, IoDone = of => end.SetResult(of.Bufstruct.Error) };
            structure.SetCommand(new byte[6]);
            file.Strategy(structure);
        }
        var stopping = file.IoctlAsync(IoctlNumber.SCIOSTOP, new IdLun(0, 0));
        Assert.Equal(2, (await adapter.DescribeAsync().WaitAsync(patience)).Count);
        await loops.DisposeAsync().AsTask().WaitAsync(patience);
        Assert.Equal(Errno.EIO, await Told(stopping));
        Assert.Equal(Errno.ENODEV, await Told(ended[1].Task));
        Assert.False(ended[0].Task.IsCompleted);
        transport.Answer(transport.Commands[0], ScsiStatus.Good);
        Assert.Equal(Errno.None, await Told(ended[0].Task));

        Task<Errno> Told(Task<Errno> answer) => answer.WaitAsync(patience);
    }

    [Fact]
    public async Task LoopEnds_TargetInTheProcessWaitsForData_WriterIsTold()
    {
        // The target still has its task, and that the buffer: the rig has no end in good order.
        var rig = await VirtualRig.StartAsync();
        rig.Transport.DataOutDelivery = DataOutDelivery.Held;
        await rig.StartDevice();
        var write = new ScsiBuf { ScsiId = 1, Tag = QueueTag.Simple };
        write.SetCommand([0x8A, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0]);
        write.Bufstruct.Memory = new byte[512];
        write.Bufstruct.Count = 512;
        var returned = 0;
        write.IoDone = _ => returned++;
        Assert.Equal(Errno.None, rig.File.Strategy(write));
        rig.Loop.Pump();
        Assert.Equal(0, returned);

        rig.Loop.End();

        Assert.Equal((1, Errno.EIO), (returned, write.Bufstruct.Error));
        Assert.Equal(AdapterStatus.TransportFault, write.AdapterStatus);
    }

    private sealed class Here(Action action) : LoopWork
    {
        public override void Run() => action();
    }
}
