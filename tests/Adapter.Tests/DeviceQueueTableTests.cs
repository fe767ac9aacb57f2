using Lunette.Adapter.Arguments;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Queues;
using Lunette.Adapter.Transactions;
using Lunette.Adapter.Transports;

namespace Lunette.Adapter.Tests;

public class DeviceQueueTableTests
{
    [Fact]
    public void EveryPair_IsInTheTableOrImpossible_NeverBoth()
    {
        var impossible = DeviceQueueTable.Impossible.ToList();
        Assert.Equal(impossible.Count, impossible.Distinct().Count());
        foreach (var state in Enum.GetValues<DeviceQueueState>())
        {
            foreach (var on in Enum.GetValues<DeviceQueueEvent>())
            {
                var inTable = DeviceQueueTable.Find(state, on) is not null;
                Assert.True(inTable != impossible.Contains((state, on)), $"{state}, {on}");
            }
        }
    }

    [Fact]
    public void EveryState_IsReachableFromStopped()
    {
        var reached = new HashSet<DeviceQueueState> { DeviceQueueState.Stopped };
        while (DeviceQueueTable.Transitions.Any(row => reached.Contains(row.State) && reached.Add(row.Next)))
        {
        }

        Assert.Equal(Enum.GetValues<DeviceQueueState>().ToHashSet(), reached);
    }

    [Fact]
    public void Stopping_AcceptsNothingNew()
    {
        DeviceQueueEvent[] arrivals =
        [
            DeviceQueueEvent.Plain, DeviceQueueEvent.Resume, DeviceQueueEvent.Recovery, DeviceQueueEvent.QueueClear,
            DeviceQueueEvent.QueueResume, DeviceQueueEvent.ResumeQueueResume,
        ];
        Assert.All(arrivals, arrival => Assert.Equal(DeviceQueueAction.RefuseUnstarted,
            DeviceQueueTable.Find(DeviceQueueState.Stopping, arrival)!.Action));
    }

    // The pairs of a queue that is starting; SeveralCallersTests meet all others.
    [Theory]
    [InlineData(TransportOutcome.Answered, Errno.None)]
    [InlineData(TransportOutcome.NoDevice, Errno.ENODEV)]
    [InlineData(TransportOutcome.ConnectionLost, Errno.ENOCONNECT)]
    [InlineData(TransportOutcome.NoMemory, Errno.ENOMEM)]
    [InlineData(TransportOutcome.HostFailure, Errno.EIO)]
    public void Starting_UntilTheLoginHasEnded_NothingElseIsTaken(TransportOutcome outcome, Errno answer)
    {
        var rig = new ScriptedRig();
        rig.Transport.Connections = [];
        var login = new ScsiSciolst { ScsiId = 2, Flags = ScsiSciolst.IssueLogin };
        var starting = rig.Begin(IoctlNumber.SCIOLSTART, login);

        Assert.Equal(DeviceQueueState.Starting, rig.State());
        foreach (var operation in (int[])[IoctlNumber.SCIOSTART, IoctlNumber.SCIOSTOP, IoctlNumber.SCIOHALT,
            IoctlNumber.SCIORESET, IoctlNumber.SCIOLUNRST])
            Assert.Equal(Errno.EINVAL, rig.Ioctl(operation, ScriptedRig.Device));
        Assert.Equal(Errno.EINVAL, rig.Ioctl(IoctlNumber.SCIOTUR, new ScReady { ScsiId = 2 }));
        foreach (var flags in (TransactionFlags[])[TransactionFlags.None, TransactionFlags.Resume,
            TransactionFlags.QueueClear, TransactionFlags.QueueResume,
            TransactionFlags.Resume | TransactionFlags.QueueResume])
            rig.AssertReturned(rig.Send(flags, QueueTag.None), Errno.EINVAL);
        // A reset of the target, from a neighbour, leaves it alone.
        rig.Start(new IdLun(2, 1));
        Assert.Equal(Errno.None, rig.Ioctl(IoctlNumber.SCIORESET, new IdLun(2, 1)));
        rig.Transport.Connections[0].Complete(outcome);
        rig.Loop.Pump();

        Assert.Equal(answer, ScriptedRig.Now(starting));
        Assert.Equal(answer == Errno.None ? DeviceQueueState.Running : DeviceQueueState.Stopped, rig.State());
    }

    [Fact]
    public void Stopped_EverythingButAStart_EINVAL()
    {
        var rig = new ScriptedRig();
        foreach (var operation in (int[])[IoctlNumber.SCIOSTOP, IoctlNumber.SCIOHALT, IoctlNumber.SCIORESET,
            IoctlNumber.SCIOLUNRST])
            Assert.Equal(Errno.EINVAL, rig.Ioctl(operation, ScriptedRig.Device));
        foreach (var flags in (TransactionFlags[])[TransactionFlags.None, TransactionFlags.Resume,
            TransactionFlags.QueueClear, TransactionFlags.QueueResume,
            TransactionFlags.Resume | TransactionFlags.QueueResume])
            rig.AssertReturned(rig.Send(flags, QueueTag.Simple), Errno.EINVAL);
        Assert.Empty(rig.Transport.Commands);
    }
}
