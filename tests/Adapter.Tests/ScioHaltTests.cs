using Lunette.Adapter.Arguments;
using Lunette.Adapter.ErrorLog;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Opening;
using Lunette.Adapter.Queues;
using Lunette.Adapter.Transactions;
using Lunette.Adapter.Transports;
using Lunette.Scsi;

namespace Lunette.Adapter.Tests;

/// <summary>
/// SCIOHALT, sentence by sentence of its page, in the page's order. What goes over the wire is shown against three
/// targets by the adapter's tests over iSCSI.
/// <list type="table">
/// <item><term>ends the current command, if there is one</term>
/// <description><see cref="Halt_CommandInProgress_AbortsItClearsPendingAndHalts"/>,
/// <see cref="Halt_NoCommand_QueueIsHaltedAllTheSame"/></description></item>
/// <item><term>clears the queue of any pending commands, and halts it</term>
/// <description><see cref="Halt_CommandInProgress_AbortsItClearsPendingAndHalts"/>,
/// <see cref="Halt_NeighbourLun_GoesOn"/></description></item>
/// <item><term>an abort message to the selected device</term>
/// <description><see cref="Halt_CommandInProgress_AbortsItClearsPendingAndHalts"/>,
/// <see cref="Halt_SeveralCommandsInProgress_AbortsTheTaskSet"/>,
/// <see cref="SamHalt_OneCommand_AbortsTheTaskSet"/></description></item>
/// <item><term>instead of waiting for the operation to complete or time out</term>
/// <description><see cref="Halt_CommandWithoutATimeout_ComesBackAtOnce"/></description></item>
/// <item><term>SC_RESUME in the next structure</term>
/// <description><see cref="Halted_WithResume_AcceptedAndTheNextNeedsNone"/></description></item>
/// <item><term>any structure without it is rejected</term>
/// <description><see cref="Halted_WithoutResume_Rejected"/>,
/// <see cref="Halted_ManyWithoutResume_EachIsRejected"/></description></item>
/// <item><term>the argument's bytes, and the reserved ones 0</term>
/// <description><see cref="Halt_Argument_LunIsTheLowByteTheIdTheNext"/>,
/// <see cref="Halt_ReservedBytesSet_EINVAL"/></description></item>
/// <item><term>normal error recovery; a hung bus is reset</term>
/// <description><see cref="Halt_AbortHangs_BusIsResetAndEveryQueueOfTheTargetSeesIt"/>,
/// <see cref="Halt_AbortRefused_BusIsResetUnlessNothingRan"/></description></item>
/// <item><term>0, or the error</term>
/// <description>every test</description></item>
/// <item><term>EINVAL: no SCIOSTART before</term>
/// <description><see cref="Halt_NotStarted_EINVAL"/>, <see cref="Halt_AfterStop_EINVAL"/></description></item>
/// <item><term>EIO logged; ENOCONNECT; ENODEV not logged; ENOMEM</term>
/// <description><see cref="Halt_TransportFails_ErrnoAsTabledAndLoggedAsTabled"/></description></item>
/// <item><term>EIO: already stopping, or code could not be pinned (nothing is pinned here)</term>
/// <description><see cref="Halt_AlreadyStopping_EIO"/></description></item>
/// <item><term>ETIMEDOUT, logged</term>
/// <description><see cref="Halt_NothingAnswersAtAll_ETIMEDOUTLogged"/></description></item>
/// <item><term>the special files</term>
/// <description><see cref="Halt_BySpecialFile_ThatAdapterAlone"/></description></item>
/// </list>
/// </summary>
public class ScioHaltTests
{
    private const int Halt = IoctlNumber.SCIOHALT;

    [Fact]
    public void Halt_CommandInProgress_AbortsItClearsPendingAndHalts()
    {
        var rig = new ScriptedRig();
        rig.Start();
        var running = rig.Send(tag: QueueTag.None);
        var pending = new[] { rig.Send(tag: QueueTag.None), rig.Send(tag: QueueTag.None) };

        Assert.Equal(Errno.None, rig.Ioctl(Halt, ScriptedRig.Device));

        var abort = Assert.Single(rig.Transport.Functions);
        Assert.Equal(TaskManagementFunction.AbortTask, abort.Function);
        Assert.Same(running.Command, abort.Command);
        Assert.Equal([running, .. pending], rig.Returned);
        Assert.All(rig.Returned, ended => rig.AssertReturned(ended, Errno.ENXIO));
        Assert.Equal(DeviceQueueState.Halted, rig.State());
    }

    [Fact]
    public void Halt_SeveralCommandsInProgress_AbortsTheTaskSet()
    {
        var rig = new ScriptedRig();
        rig.Start();
        var running = new[] { rig.Send(), rig.Send(), rig.Send() };

        Assert.Equal(Errno.None, rig.Ioctl(Halt, ScriptedRig.Device));

        Assert.Equal(TaskManagementFunction.AbortTaskSet, Assert.Single(rig.Transport.Functions).Function);
        Assert.Equal(running, rig.Returned);
        Assert.All(running, ended => rig.AssertReturned(ended, Errno.ENXIO));
    }

    [Fact]
    public void Halt_NoCommand_QueueIsHaltedAllTheSame()
    {
        var rig = new ScriptedRig();
        rig.Start();

        Assert.Equal(Errno.None, rig.Ioctl(Halt, ScriptedRig.Device));

        Assert.Equal(DeviceQueueState.Halted, rig.State());
        var rejected = rig.Send();
        rig.AssertReturned(rejected, Errno.ENXIO);
    }

    [Fact]
    public void Halted_WithoutResume_Rejected()
    {
        var rig = new ScriptedRig();
        rig.Start();
        rig.Ioctl(Halt, ScriptedRig.Device);

        var rejected = rig.Send();

        rig.AssertReturned(rejected, Errno.ENXIO);
        Assert.Equal(StatusValidity.None, rejected.StatusValidity);
        Assert.Equal(rejected.Bufstruct.Count, rejected.Bufstruct.Residual);
        Assert.Empty(rig.Transport.Commands);
    }

    [Fact]
    public void Halt_CommandWithoutATimeout_ComesBackAtOnce()
    {
        var rig = new ScriptedRig();
        rig.Start();
        var endless = rig.Send(tag: QueueTag.None, timeoutSeconds: 0);
        var slow = rig.Send(tag: QueueTag.None, timeoutSeconds: 3600);

        Assert.Equal(Errno.None, rig.Ioctl(Halt, ScriptedRig.Device));      // no time has passed

        rig.AssertReturned(endless, Errno.ENXIO);
        rig.AssertReturned(slow, Errno.ENXIO);
        rig.Loop.Advance(TimeSpan.FromHours(2));
        Assert.Equal(2, rig.Returned.Count);
        Assert.Empty(rig.Log.Entries);
    }

    [Fact]
    public void Halted_ManyWithoutResume_EachIsRejected()
    {
        var rig = new ScriptedRig();
        rig.Start();
        rig.Ioctl(Halt, ScriptedRig.Device);

        foreach (var tag in (QueueTag[])[QueueTag.None, QueueTag.Simple, QueueTag.Ordered, QueueTag.HeadOfQueue])
            rig.AssertReturned(rig.Send(tag: tag), Errno.ENXIO);

        Assert.Empty(rig.Transport.Commands);
        Assert.Equal(DeviceQueueState.Halted, rig.State());
    }

    [Fact]
    public void Halted_WithResume_AcceptedAndTheNextNeedsNone()
    {
        var rig = new ScriptedRig();
        rig.Start();
        rig.Ioctl(Halt, ScriptedRig.Device);

        var resumed = rig.Send(TransactionFlags.Resume);
        var next = rig.Send();

        Assert.Equal([resumed.Command, next.Command], rig.Transport.Commands);
        rig.Answer(resumed);
        rig.Answer(next);
        rig.AssertReturned(resumed, Errno.None);
        rig.AssertReturned(next, Errno.None);
    }

    [Fact]
    public void Halt_NeighbourLun_GoesOn()
    {
        var rig = new ScriptedRig();
        var neighbour = new IdLun(2, 1);
        rig.Start();
        rig.Start(neighbour);
        var untouched = rig.Send(device: neighbour);

        rig.Ioctl(Halt, ScriptedRig.Device);

        Assert.Equal(DeviceQueueState.Running, rig.State(neighbour));
        rig.Answer(untouched);
        rig.AssertReturned(untouched, Errno.None);
    }

    [Theory]
    [InlineData(0x0001_0200u)]
    [InlineData(0x8000_0000u)]
    public void Halt_ReservedBytesSet_EINVAL(uint argument)
    {
        var rig = new ScriptedRig();
        rig.Start();

        Assert.Equal(Errno.EINVAL, rig.Ioctl(Halt, new IdLun(argument)));
    }

    [Fact]
    public void Halt_Argument_LunIsTheLowByteTheIdTheNext()
    {
        var argument = new IdLun(0x0000_0A03u);

        Assert.Equal(0x0A, argument.ScsiId);
        Assert.Equal(0x03, argument.LunId);
    }

    [Fact]
    public void Halt_NotStarted_EINVAL() =>
        Assert.Equal(Errno.EINVAL, new ScriptedRig().Ioctl(Halt, ScriptedRig.Device));

    [Fact]
    public void Halt_AfterStop_EINVAL()
    {
        var rig = new ScriptedRig();
        rig.Start();
        Assert.Equal(Errno.None, rig.Ioctl(IoctlNumber.SCIOSTOP, ScriptedRig.Device));
        Assert.Equal(Errno.EINVAL, rig.Ioctl(Halt, ScriptedRig.Device));
    }

    [Fact]
    public void Halt_AlreadyStopping_EIO()
    {
        var rig = new ScriptedRig();
        rig.Start();
        var running = rig.Send();
        var stop = rig.Begin(IoctlNumber.SCIOSTOP, ScriptedRig.Device);

        Assert.Equal(Errno.EIO, rig.Ioctl(Halt, ScriptedRig.Device));

        Assert.False(stop.IsCompleted);
        Assert.Empty(rig.Transport.Functions);
        rig.Answer(running);
        Assert.Equal(Errno.None, ScriptedRig.Now(stop));
        rig.AssertReturned(running, Errno.None);
    }

    [Theory]
    [InlineData(TransportOutcome.NoDevice, Errno.ENODEV, false)]
    [InlineData(TransportOutcome.ConnectionLost, Errno.ENOCONNECT, false)]
    [InlineData(TransportOutcome.NoMemory, Errno.ENOMEM, false)]
    [InlineData(TransportOutcome.HostFailure, Errno.EIO, true)]
    public void Halt_TransportFails_ErrnoAsTabledAndLoggedAsTabled(TransportOutcome outcome, Errno errno, bool logged)
    {
        var rig = new ScriptedRig();
        rig.Start();
        rig.Transport.OnManage = _ => (outcome, default);

        Assert.Equal(errno, rig.Ioctl(Halt, ScriptedRig.Device));

        Assert.Equal(logged ? 1 : 0, rig.Log.Entries.Count);
        Assert.Equal(DeviceQueueState.Halted, rig.State());
    }

    [Fact]
    public void Halt_AbortHangs_BusIsResetAndEveryQueueOfTheTargetSeesIt()
    {
        var rig = new ScriptedRig();
        var neighbour = new IdLun(2, 1);
        var stranger = new IdLun(0, 0);
        foreach (var device in new[] { ScriptedRig.Device, neighbour, stranger }) rig.Start(device);
        var running = rig.Send();
        var beside = rig.Send(tag: QueueTag.None, device: neighbour);
        var behind = rig.Send(tag: QueueTag.None, device: neighbour);
        var elsewhere = rig.Send(device: stranger);
        rig.Transport.OnManage = function => function.Function == TaskManagementFunction.ItNexusReset
            ? (TransportOutcome.Answered, ServiceResponse.FunctionComplete)
            : null;
        var halt = rig.Begin(Halt, ScriptedRig.Device);
        Assert.False(halt.IsCompleted);

        rig.Loop.Advance(ScriptedRig.InternalTimeout + TimeSpan.FromMilliseconds(20));

        Assert.Equal(Errno.None, ScriptedRig.Now(halt));
        Assert.Equal([TaskManagementFunction.AbortTask, TaskManagementFunction.ItNexusReset],
            rig.Transport.Functions.Select(function => function.Function));
        rig.AssertReturned(running, Errno.ENXIO);
        rig.AssertReturned(beside, Errno.EIO);
        Assert.Equal(GeneralCardStatus.ScsiBusReset, beside.GeneralCardStatus);
        Assert.Equal(StatusValidity.Adapter, beside.StatusValidity);
        rig.AssertReturned(behind, Errno.ENXIO);
        Assert.Equal(DeviceQueueState.Halted, rig.State(neighbour));
        Assert.Equal(DeviceQueueState.Running, rig.State(stranger));
        rig.Answer(elsewhere);
        rig.AssertReturned(elsewhere, Errno.None);
        Assert.Contains(rig.Log.Entries, entry => entry.Label == ErrorLabel.SCSI_ERR10);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Halt_AbortRefused_BusIsResetUnlessNothingRan(bool isRunning)
    {
        var rig = new ScriptedRig();
        rig.Start();
        var running = isRunning ? rig.Send() : null;
        rig.Transport.OnManage = function => (TransportOutcome.Answered,
            function.Function == TaskManagementFunction.ItNexusReset
                ? ServiceResponse.FunctionComplete : ServiceResponse.FunctionRejected);

        Assert.Equal(Errno.None, rig.Ioctl(Halt, ScriptedRig.Device));

        Assert.Equal(isRunning ? TaskManagementFunction.ItNexusReset : TaskManagementFunction.AbortTaskSet,
            rig.Transport.Functions[^1].Function);
        if (running is not null) rig.AssertReturned(running, Errno.ENXIO);
        Assert.Equal(isRunning, rig.Log.Entries.Count > 0);
        Assert.Equal(DeviceQueueState.Halted, rig.State());
    }

    [Theory]
    [InlineData("scsi0", "scsi1")]
    [InlineData("vscsi0", "vscsi1")]
    public async Task Halt_BySpecialFile_ThatAdapterAlone(string halted, string other)
    {
        await using var directory = new AdapterDirectory();
        var rigs = new[] { halted, other }
            .Select(name => new ScriptedRig(attributes => attributes with { Name = name })).ToArray();
        foreach (var rig in rigs)
        {
            Assert.True(directory.TryAdd(rig.Adapter));
            rig.Start();
        }
        Assert.Equal(Errno.None,
            directory.Open("/dev/" + halted, AdapterCaller.Kernel, OpenExtension.None, out var file));

        var answer = file!.IoctlAsync(Halt, ScriptedRig.Device);
        rigs[0].Loop.Pump();

        Assert.Equal(Errno.None, await answer);
        Assert.Equal([DeviceQueueState.Halted, DeviceQueueState.Running], rigs.Select(rig => rig.State()));
    }

    [Fact]
    public void Halt_NothingAnswersAtAll_ETIMEDOUTLogged()
    {
        var rig = new ScriptedRig();
        rig.Start();
        rig.Send();
        rig.Transport.OnManage = _ => null;
        var halt = rig.Begin(Halt, ScriptedRig.Device);

        rig.Loop.Advance((ScriptedRig.InternalTimeout * 2) + TimeSpan.FromMilliseconds(100));

        Assert.Equal(Errno.ETIMEDOUT, ScriptedRig.Now(halt));
        Assert.NotEmpty(rig.Log.Entries);
    }

    [Fact]
    public void Halt_CommandEndsBeforeTheAbortReachesIt_ReturnedAsItEnded()
    {
        var rig = new ScriptedRig();
        rig.Start();
        var running = rig.Send();
        TransportManagement? held = null;
        rig.Transport.OnManage = function =>
        {
            held = function;
            return null;
        };
        var halt = rig.Begin(Halt, ScriptedRig.Device);

        rig.Answer(running);
        rig.Transport.Answer(held!, TransportOutcome.Answered, ServiceResponse.FunctionComplete);
        rig.Loop.Pump();

        Assert.Equal(Errno.None, ScriptedRig.Now(halt));
        rig.AssertReturned(running, Errno.None);
    }

    [Fact]
    public void Halt_Twice_BothSucceed()
    {
        var rig = new ScriptedRig();
        rig.Start();
        rig.Send();
        var held = new List<TransportManagement>();
        rig.Transport.OnManage = function =>
        {
            held.Add(function);
            return null;
        };
        var first = rig.Begin(Halt, ScriptedRig.Device);
        var second = rig.Begin(Halt, ScriptedRig.Device);

        foreach (var function in held)
            rig.Transport.Answer(function, TransportOutcome.Answered, ServiceResponse.FunctionComplete);
        rig.Loop.Pump();

        Assert.Equal((Errno.None, Errno.None), (ScriptedRig.Now(first), ScriptedRig.Now(second)));
        Assert.Equal(DeviceQueueState.Halted, rig.State());
    }

    [Fact]
    public void SamHalt_OneCommand_AbortsTheTaskSet()
    {
        var rig = new ScriptedRig();
        rig.Start();
        rig.Send();

        Assert.Equal(Errno.None, rig.Ioctl(IoctlNumber.SCIOLHALT, new ScsiSciolst { ScsiId = 2 }));

        Assert.Equal(TaskManagementFunction.AbortTaskSet, Assert.Single(rig.Transport.Functions).Function);
    }
}
