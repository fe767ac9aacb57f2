using Lunette.Adapter.Queues;

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
}
