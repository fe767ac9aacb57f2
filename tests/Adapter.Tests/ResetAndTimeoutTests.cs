using Lunette.Adapter.ErrorLog;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Queues;
using Lunette.Adapter.Transactions;
using Lunette.Adapter.Transports;
using Lunette.Scsi;

namespace Lunette.Adapter.Tests;

/// <summary>Time-outs and resets: who recovers what, and what comes back of it.</summary>
public class ResetAndTimeoutTests
{
    private readonly ScriptedRig _rig = new(attributes => attributes with { ActiveMax = 2 });

    public ResetAndTimeoutTests() => _rig.Start();

    [Theory]
    [InlineData(TransportOutcome.NoDevice, GeneralCardStatus.NoDeviceResponse)]
    [InlineData(TransportOutcome.ConnectionLost, GeneralCardStatus.ScsiBusFault)]
    [InlineData(TransportOutcome.Reset, GeneralCardStatus.ScsiBusReset)]
    [InlineData(TransportOutcome.HostFailure, GeneralCardStatus.AdapterHardwareFailure)]
    public void TransportError_FlushesEverythingPending(TransportOutcome outcome, GeneralCardStatus status)
    {
        var failed = _rig.Send();
        var other = _rig.Send();
        var pending = _rig.Send();

        _rig.Transport.End(failed.Command, outcome);
        _rig.Loop.Pump();

        _rig.AssertReturned(failed, Errno.EIO);
        Assert.Equal(status, failed.GeneralCardStatus);
        _rig.AssertReturned(pending, Errno.ENXIO);
        Assert.DoesNotContain(other, _rig.Returned);
        _rig.Answer(other);
        _rig.AssertReturned(other, Errno.None);
        Assert.Equal(DeviceQueueState.Halted, _rig.State());
    }

    [Fact]
    public void Timeout_TaskSetAborted_CulpritTimedOutOthersENXIO()
    {
        var slow = _rig.Send(timeoutSeconds: 1);
        var other = _rig.Send();
        var pending = _rig.Send();

        _rig.Loop.Advance(TimeSpan.FromSeconds(1.1));

        Assert.Equal(TaskManagementFunction.AbortTaskSet, Assert.Single(_rig.Transport.Functions).Function);
        _rig.AssertReturned(slow, Errno.EIO);
        Assert.Equal(GeneralCardStatus.CommandTimeout, slow.GeneralCardStatus);
        _rig.AssertReturned(other, Errno.ENXIO);
        _rig.AssertReturned(pending, Errno.ENXIO);
        Assert.Equal(ErrorLabel.SCSI_ERR10, Assert.Single(_rig.Log.Entries).Label);
    }

    [Fact]
    public void Timeout_OfSeveralAtOnce_OneRecoveryForAll()
    {
        var slow = new[] { _rig.Send(timeoutSeconds: 1), _rig.Send(timeoutSeconds: 1) };
        _rig.Transport.OnManage = _ => null;

        _rig.Loop.Advance(TimeSpan.FromSeconds(1.1));
        var abort = Assert.Single(_rig.Transport.Functions);
        Assert.Equal(TaskManagementFunction.AbortTaskSet, abort.Function);
        _rig.Transport.Answer(abort, TransportOutcome.Answered, ServiceResponse.FunctionComplete);
        _rig.Loop.Pump();

        foreach (var structure in slow)
        {
            _rig.AssertReturned(structure, Errno.EIO);
            Assert.Equal(GeneralCardStatus.CommandTimeout, structure.GeneralCardStatus);
        }
        Assert.Equal(2, _rig.Log.Entries.Count);
        Assert.Equal(DeviceQueueState.Halted, _rig.State());
    }

    [Fact]
    public void Timeout_RecoveryForAnotherComesToNothing_OwnOneFollows()
    {
        var first = _rig.Send(timeoutSeconds: 1);
        var second = _rig.Send(timeoutSeconds: 1);
        _rig.Transport.OnManage = _ => null;
        _rig.Loop.Advance(TimeSpan.FromSeconds(1.1));

        _rig.Transport.Answer(Assert.Single(_rig.Transport.Functions), TransportOutcome.NoMemory, default);
        _rig.Loop.Pump();
        Assert.DoesNotContain(first, _rig.Returned);
        Assert.DoesNotContain(second, _rig.Returned);

        _rig.Transport.OnManage = _ => (TransportOutcome.Answered, ServiceResponse.FunctionComplete);
        _rig.Loop.Advance(TimeSpan.FromSeconds(60));
        _rig.AssertReturned(first, Errno.EIO);
        _rig.AssertReturned(second, Errno.EIO);
        Assert.Equal(2, _rig.Transport.Functions.Count);
        Assert.Equal(2, _rig.Log.Entries.Count(entry => entry.Label == ErrorLabel.SCSI_ERR10));
    }

    [Fact]
    public void BusReset_WhileANeighbourLogsIn_TheNeighboursLaterHaltIsItsOwn()
    {
        _rig.Transport.Connections = [];
        var starting = _rig.Begin(IoctlNumber.SCIOLSTART, new Arguments.ScsiSciolst
        {
            ScsiId = 2,
            LunId = Lun.FromNumber(1).Wire,
            Flags = Arguments.ScsiSciolst.IssueLogin,
        });
        _rig.Transport.OnManage = function => (TransportOutcome.Answered,
            function.Function == TaskManagementFunction.ItNexusReset
                ? ServiceResponse.FunctionComplete : ServiceResponse.FunctionRejected);
        Assert.Equal(Errno.None, _rig.Ioctl(IoctlNumber.SCIOHALT, ScriptedRig.Device));
        _rig.Transport.Connections[0].Complete(TransportOutcome.Answered);
        _rig.Loop.Pump();
        Assert.Equal(Errno.None, ScriptedRig.Now(starting));

        var running = _rig.Send(device: new(2, 1));
        Assert.Equal(Errno.None, _rig.Ioctl(IoctlNumber.SCIOHALT, new Arguments.IdLun(2, 1)));

        _rig.AssertReturned(running, Errno.ENXIO);
    }

    [Fact]
    public void Halts_OfTwoUnitsWhoseAbortsHang_BothSucceedAndNeitherSweepsTheOther()
    {
        var other = new Arguments.IdLun(2, 1);
        _rig.Start(other);
        ScBuf[] running = [_rig.Send(), _rig.Send(device: other)];
        _rig.Transport.OnManage = function => function.Function == TaskManagementFunction.ItNexusReset
            ? (TransportOutcome.Answered, ServiceResponse.FunctionComplete)
            : null;
        var halts = new[] { ScriptedRig.Device, other }
            .Select(device => _rig.Begin(IoctlNumber.SCIOHALT, device)).ToArray();

        _rig.Loop.Advance(ScriptedRig.InternalTimeout + TimeSpan.FromMilliseconds(20));

        Assert.All(halts, halt => Assert.Equal(Errno.None, ScriptedRig.Now(halt)));
        Assert.All(running, structure => _rig.AssertReturned(structure, Errno.ENXIO));
        Assert.All(_rig.Log.Entries, entry => Assert.Equal(ErrorLabel.SCSI_ERR10, entry.Label));
    }

    [Fact]
    public void Timeout_AbortHangs_TargetResetThenBusReset()
    {
        _rig.Transport.OnManage = _ => null;
        _rig.Send(timeoutSeconds: 1);

        _rig.Loop.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(
            [
                TaskManagementFunction.AbortTaskSet, TaskManagementFunction.TargetWarmReset,
                TaskManagementFunction.ItNexusReset,
            ],
            _rig.Transport.Functions.Select(function => function.Function));
    }

    [Fact]
    public void Reset_RefusedByTheTarget_EachLunIsReset()
    {
        _rig.Start(new(2, 1));
        _rig.Transport.OnManage = function => (TransportOutcome.Answered,
            function.Function == TaskManagementFunction.TargetWarmReset
                ? ServiceResponse.FunctionRejected
                : ServiceResponse.FunctionComplete);
        var beside = _rig.Send(device: new(2, 1));

        Assert.Equal(Errno.None, _rig.Ioctl(IoctlNumber.SCIORESET, ScriptedRig.Device));

        Assert.Equal(2, _rig.Transport.Functions.Count(f => f.Function == TaskManagementFunction.LogicalUnitReset));
        _rig.AssertReturned(beside, Errno.ENXIO);
        Assert.Equal(DeviceQueueState.Halted, _rig.State(new(2, 1)));
    }

    [Fact]
    public void LunReset_OneLun_NeighbourGoesOn()
    {
        _rig.Start(new(2, 1));

        Assert.Equal(Errno.None, _rig.Ioctl(IoctlNumber.SCIOLUNRST, ScriptedRig.Device));

        Assert.Equal(DeviceQueueState.Halted, _rig.State());
        Assert.Equal(DeviceQueueState.Running, _rig.State(new(2, 1)));
    }

    [Fact]
    public void DelayCommand_AfterAReset_WaitsAsConfigured()
    {
        _rig.Ioctl(IoctlNumber.SCIORESET, ScriptedRig.Device);

        var delayed = _rig.Send(TransactionFlags.Resume | TransactionFlags.DelayCommand);
        Assert.Empty(_rig.Transport.Commands);
        _rig.Loop.Advance(TimeSpan.FromSeconds(_rig.Adapter.Attributes.CommandDelaySeconds + 0.1));

        Assert.Equal([delayed.Command], _rig.Transport.Commands);
    }
}
