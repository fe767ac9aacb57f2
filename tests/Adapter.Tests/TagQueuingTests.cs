using Lunette.Adapter.ErrorLog;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Queues;
using Lunette.Adapter.Transactions;
using Lunette.Adapter.Transports;
using Lunette.Scsi;

namespace Lunette.Adapter.Tests;

/// <summary>Error recovery with and without tag queuing.</summary>
public class TagQueuingTests
{
    private readonly ScriptedRig _rig = new(attributes => attributes with { ActiveMax = 2 });

    public TagQueuingTests() => _rig.Start();

    private (ScBuf Failed, ScBuf AtDevice, ScBuf Parked) Park()
    {
        var failed = _rig.Send();
        var atDevice = _rig.Send();
        var parked = _rig.Send();
        _rig.Answer(failed, ScsiStatus.CheckCondition);
        return (failed, atDevice, parked);
    }

    [Fact]
    public void Depth_Reached_TheRestWaitsInOrder()
    {
        var sent = Enumerable.Range(0, 4).Select(_ => _rig.Send()).ToArray();

        Assert.Equal(2, _rig.Transport.Commands.Count);
        _rig.Answer(sent[1]);

        Assert.Equal([sent[0].Command, sent[2].Command], _rig.Transport.Commands);
    }

    [Fact]
    public void Untagged_OneAtATime()
    {
        var first = _rig.Send(tag: QueueTag.None);
        var second = _rig.Send(tag: QueueTag.None);

        Assert.Equal([first.Command], _rig.Transport.Commands);
        _rig.Answer(first);

        Assert.Equal([second.Command], _rig.Transport.Commands);
    }

    [Fact]
    public void CheckCondition_Tagged_OnlyTheFailedComesBackAndTheRestIsParked()
    {
        var (failed, atDevice, _) = Park();

        Assert.Equal([failed], _rig.Returned);
        _rig.AssertReturned(failed, Errno.EIO, AdapterQueueStatus.DidNotClear);
        Assert.Equal(StatusValidity.Scsi, failed.StatusValidity);
        Assert.Equal(ScsiStatus.CheckCondition, failed.ScsiStatus);
        Assert.Equal([atDevice.Command], _rig.Transport.Commands);
        Assert.Equal(DeviceQueueState.Parked, _rig.State());
    }

    [Fact]
    public void Parked_RecoveryCommand_OneAtATimeTheRestStays()
    {
        var (_, atDevice, parked) = Park();

        var sense = _rig.Send(TransactionFlags.Resume, QueueTag.None);
        var second = _rig.Send(TransactionFlags.Resume, QueueTag.None);

        Assert.Equal([atDevice.Command, sense.Command], _rig.Transport.Commands);
        _rig.AssertReturned(second, Errno.ENXIO);
        _rig.Answer(sense);
        Assert.DoesNotContain(parked, _rig.Returned);
        Assert.Equal(DeviceQueueState.Recovered, _rig.State());
    }

    [Fact]
    public void Parked_ResumeAfterRecovery_GoesOnInOrder()
    {
        var (_, atDevice, parked) = Park();
        _rig.Answer(_rig.Send(TransactionFlags.Resume, QueueTag.None));

        var resume = _rig.Send(TransactionFlags.QueueResume, command: false);

        _rig.AssertReturned(resume, Errno.None);
        Assert.Equal([atDevice.Command, parked.Command], _rig.Transport.Commands);
    }

    [Fact]
    public void Parked_QueueResumeFirst_NeedsSCResumeToo()
    {
        Park();

        _rig.AssertReturned(_rig.Send(TransactionFlags.QueueResume, command: false), Errno.ENXIO);
        var both = _rig.Send(TransactionFlags.QueueResume | TransactionFlags.Resume, command: false);

        _rig.AssertReturned(both, Errno.None);
        Assert.Equal(DeviceQueueState.Running, _rig.State());
    }

    [Fact]
    public void Parked_Clear_FlushesWithENXIOAndTheNextNeedsResume()
    {
        var (_, _, parked) = Park();

        var clear = _rig.Send(TransactionFlags.QueueClear, command: false);

        _rig.AssertReturned(parked, Errno.ENXIO);
        _rig.AssertReturned(clear, Errno.None);
        Assert.True(_rig.Returned.IndexOf(parked) < _rig.Returned.IndexOf(clear));
        _rig.AssertReturned(_rig.Send(), Errno.ENXIO);
        var resumed = _rig.Send(TransactionFlags.Resume);
        Assert.Contains(resumed.Command, _rig.Transport.Commands);
    }

    [Fact]
    public void Parked_RecoveryFails_NeedsResumeAgain()
    {
        Park();
        _rig.Answer(_rig.Send(TransactionFlags.Resume, QueueTag.None), ScsiStatus.CheckCondition);

        Assert.Equal(DeviceQueueState.Parked, _rig.State());
        _rig.AssertReturned(_rig.Send(TransactionFlags.QueueResume, command: false), Errno.ENXIO);
    }

    [Fact]
    public void Parked_Plain_Rejected()
    {
        Park();

        _rig.AssertReturned(_rig.Send(), Errno.ENXIO);
    }

    [Fact]
    public void ClearWithoutRecovery_EINVALAndLogged()
    {
        _rig.AssertReturned(_rig.Send(TransactionFlags.QueueClear, command: false), Errno.EINVAL);

        Assert.Equal(ErrorLabel.SCSI_ERR6, Assert.Single(_rig.Log.Entries).Label);
        Assert.Equal(DeviceQueueState.Running, _rig.State());
    }

    [Fact]
    public void Parked_ClearWithLunReset_ResetsAndReturnsAllAtTheDevice()
    {
        var (_, atDevice, _) = Park();

        var clear = _rig.Send(TransactionFlags.QueueClear | TransactionFlags.LunReset, command: false);

        Assert.Equal(TaskManagementFunction.LogicalUnitReset, Assert.Single(_rig.Transport.Functions).Function);
        _rig.AssertReturned(atDevice, Errno.ENXIO);
        _rig.AssertReturned(clear, Errno.None);
    }

    [Fact]
    public void ClearAca_GoesAheadOfTheResume()
    {
        var (_, _, parked) = Park();

        var resume = _rig.Send(
            TransactionFlags.Resume | TransactionFlags.QueueResume | TransactionFlags.ClearAca, command: false);

        Assert.Equal(TaskManagementFunction.ClearAca, Assert.Single(_rig.Transport.Functions).Function);
        _rig.AssertReturned(resume, Errno.None);
        Assert.Contains(parked.Command, _rig.Transport.Commands);
    }

    [Fact]
    public void CheckCondition_Untagged_FlushesAndHalts()
    {
        var failed = _rig.Send(tag: QueueTag.None);
        var waiting = _rig.Send(tag: QueueTag.None);

        _rig.Answer(failed, ScsiStatus.CheckCondition);

        _rig.AssertReturned(failed, Errno.EIO);
        _rig.AssertReturned(waiting, Errno.ENXIO);
        Assert.Equal(DeviceQueueState.Halted, _rig.State());
    }

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
    public void RecoveryCommand_LeftAtTheDeviceByAResetThatFailed_NothingIsSentBesideIt()
    {
        Park();
        var recovery = _rig.Send(TransactionFlags.Resume, QueueTag.None);
        _rig.Transport.OnManage = _ => (TransportOutcome.NoDevice, default);
        Assert.Equal(Errno.ENODEV, _rig.Ioctl(IoctlNumber.SCIOLUNRST, ScriptedRig.Device));
        foreach (var tagged in _rig.Transport.Commands.Where(command => command != recovery.Command).ToArray())
            _rig.Transport.Answer(tagged, ScsiStatus.Good);
        _rig.Loop.Pump();

        var resumed = _rig.Send(TransactionFlags.Resume);
        Assert.Equal([recovery.Command], _rig.Transport.Commands);
        _rig.Answer(recovery);
        Assert.Equal([resumed.Command], _rig.Transport.Commands);
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

    [Fact]
    public void Stop_WaitsForWhatIsOutstanding_AndRefusesMore()
    {
        var running = _rig.Send();
        var stop = _rig.Begin(IoctlNumber.SCIOSTOP, ScriptedRig.Device);

        _rig.AssertReturned(_rig.Send(), Errno.EINVAL);
        Assert.False(stop.IsCompleted);
        _rig.Answer(running);

        Assert.Equal(Errno.None, ScriptedRig.Now(stop));
        Assert.Equal(Errno.EINVAL, _rig.Ioctl(IoctlNumber.SCIOSTOP, ScriptedRig.Device));
    }

    [Fact]
    public void Start_Twice_EINVAL() =>
        Assert.Equal(Errno.EINVAL, _rig.Ioctl(IoctlNumber.SCIOSTART, ScriptedRig.Device));

    [Fact]
    public void Start_TheAdaptersOwnId_EINVAL() =>
        Assert.Equal(Errno.EINVAL, _rig.Ioctl(IoctlNumber.SCIOSTART, new Arguments.IdLun(7, 0)));
}
