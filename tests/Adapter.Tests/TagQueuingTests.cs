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

    [Theory]
    [InlineData(TransactionFlags.LunReset)]
    [InlineData(TransactionFlags.TargetReset)]
    [InlineData(TransactionFlags.ClearAca)]
    public void Parked_ClearWithAFunctionThatFailsWhileTheDeviceStops_BothAreAnswered(TransactionFlags function)
    {
        var (_, atDevice, parked) = Park();
        _rig.Transport.OnManage = _ => null;
        var clear = _rig.Send(TransactionFlags.QueueClear | function, command: false);
        var stop = _rig.Begin(IoctlNumber.SCIOSTOP, ScriptedRig.Device);
        _rig.Answer(atDevice);
        _rig.Transport.Answer(Assert.Single(_rig.Transport.Functions), TransportOutcome.NoDevice, default);
        _rig.Loop.Pump();

        _rig.AssertReturned(parked, Errno.ENXIO);
        Assert.True(clear.Bufstruct.Error is Errno.ENODEV or Errno.EIO);
        Assert.Equal(Errno.None, ScriptedRig.Now(stop));
        Assert.Equal(DeviceQueueState.Stopped, _rig.State());
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
    public void ClearAca_WhileItIsOutstanding_NothingOvertakesItsStructure()
    {
        var (atDevice, parked, resumed, clearing) = ClearAca();

        Assert.Equal([atDevice.Command], _rig.Transport.Commands);
        _rig.Transport.Answer(clearing, TransportOutcome.Answered, ServiceResponse.FunctionComplete);
        _rig.Loop.Pump();
        Assert.Equal([atDevice.Command, resumed.Command], _rig.Transport.Commands);
        _rig.Answer(resumed);
        Assert.Equal([atDevice.Command, parked.Command], _rig.Transport.Commands);
    }

    [Fact]
    public void ClearAca_HaltedWhileItIsOutstanding_TheCommandWasNotCarriedOutAndSaysSo()
    {
        var (_, parked, resumed, clearing) = ClearAca();
        _rig.Transport.OnManage = _ => (TransportOutcome.Answered, ServiceResponse.FunctionComplete);
        Assert.Equal(Errno.None, _rig.Ioctl(IoctlNumber.SCIOHALT, ScriptedRig.Device));

        _rig.Transport.Answer(clearing, TransportOutcome.Answered, ServiceResponse.FunctionComplete);
        _rig.Loop.Pump();

        _rig.AssertReturned(parked, Errno.ENXIO);
        _rig.AssertReturned(resumed, Errno.ENXIO);
        Assert.Empty(_rig.Transport.Commands);
    }

    [Fact]
    public void ClearAca_WithTheRecoveryCommand_GoesAheadOfItAndTheRestStays()
    {
        var (_, atDevice, _) = Park();
        _rig.Transport.OnManage = _ => null;
        var sense = _rig.Send(TransactionFlags.Resume | TransactionFlags.ClearAca, QueueTag.None);
        Assert.Equal([atDevice.Command], _rig.Transport.Commands);
        _rig.Transport.Answer(
            Assert.Single(_rig.Transport.Functions), TransportOutcome.Answered, ServiceResponse.FunctionComplete);
        _rig.Loop.Pump();

        Assert.Equal([atDevice.Command, sense.Command], _rig.Transport.Commands);
        Assert.Equal(DeviceQueueState.Recovering, _rig.State());
        _rig.Answer(sense);
        Assert.Equal(DeviceQueueState.Recovered, _rig.State());
    }

    [Theory]
    [InlineData(ServiceResponse.FunctionComplete, Errno.ENXIO)]
    [InlineData(ServiceResponse.FunctionRejected, Errno.EIO)]
    public void ClearAca_WithTheRecoveryCommandAndHaltedMeanwhile_TheQueueGoesOnAfterwards(
        ServiceResponse response, Errno error)
    {
        Park();
        _rig.Transport.OnManage = _ => null;
        var sense = _rig.Send(TransactionFlags.Resume | TransactionFlags.ClearAca, QueueTag.None);
        var clearing = Assert.Single(_rig.Transport.Functions);
        _rig.Transport.OnManage = _ => (TransportOutcome.Answered, ServiceResponse.FunctionComplete);
        Assert.Equal(Errno.None, _rig.Ioctl(IoctlNumber.SCIOHALT, ScriptedRig.Device));
        _rig.Transport.Answer(clearing, TransportOutcome.Answered, response);
        _rig.Loop.Pump();

        _rig.AssertReturned(sense, error);
        var resumed = new[] { _rig.Send(TransactionFlags.Resume), _rig.Send() };
        Assert.Equal(resumed.Select(structure => structure.Command), _rig.Transport.Commands);
    }

    [Fact]
    public void ClearAca_Refused_EIOAndTheQueueIsHalted()
    {
        var (_, parked, resumed, clearing) = ClearAca();
        _rig.Transport.Answer(clearing, TransportOutcome.Answered, ServiceResponse.FunctionRejected);
        _rig.Loop.Pump();

        _rig.AssertReturned(resumed, Errno.EIO);
        Assert.Equal(GeneralCardStatus.ScsiBusFault, resumed.GeneralCardStatus);
        _rig.AssertReturned(parked, Errno.ENXIO);
        Assert.Equal(DeviceQueueState.Halted, _rig.State());
    }

    // The queue is parked; a command that clears the ACA condition first goes on with it; the target takes its time.
    private (ScBuf AtDevice, ScBuf Parked, ScBuf Resumed, TransportManagement Clearing) ClearAca()
    {
        var (_, atDevice, parked) = Park();
        _rig.Transport.OnManage = _ => null;
        var resumed = _rig.Send(TransactionFlags.Resume | TransactionFlags.QueueResume | TransactionFlags.ClearAca);
        return (atDevice, parked, resumed, Assert.Single(_rig.Transport.Functions));
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
}
