using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Queues;
using Lunette.Adapter.Transactions;
using Lunette.Scsi;

namespace Lunette.Adapter.Tests;

/// <summary>
/// Random operations of several callers on one device against rules that any history must keep: a structure comes back
/// once, commands leave in the order they came, nothing is sent from a halted or parked queue, and every error says
/// what it must.
/// </summary>
public class DeviceQueueModelTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void RandomOperations_KeepTheRules(int seed)
    {
        var random = new Random(seed);
        var rig = new ScriptedRig(attributes => attributes with { ActiveMax = 3 });
        rig.Start();
        var sent = new List<ScBuf>();
        for (var step = 0; step < 400; step++)
        {
            var before = rig.State();
            var returned = rig.Returned.Count;
            switch (random.Next(12))
            {
                case < 4:
                    sent.Add(rig.Send(tag: Tag(random)));
                    CheckArrival(rig, before, sent[^1], seed, step);
                    break;
                case 4:
                    sent.Add(rig.Send(TransactionFlags.Resume, Tag(random)));
                    break;
                case 5:
                    sent.Add(rig.Send(TransactionFlags.QueueClear, command: false));
                    break;
                case 6:
                    sent.Add(rig.Send(TransactionFlags.QueueResume | TransactionFlags.Resume, command: false));
                    break;
                case < 11:
                    Answer(rig, sent, random);
                    break;
                default:
                    Assert.Equal(Errno.None, rig.Ioctl(random.Next(2) == 0
                        ? IoctlNumber.SCIOHALT
                        : IoctlNumber.SCIOLUNRST, ScriptedRig.Device));
                    Assert.Equal(DeviceQueueState.Halted, rig.State());
                    Assert.Empty(rig.Transport.Commands);
                    break;
            }
            Check(rig, sent, returned, seed, step);
        }
        rig.Ioctl(IoctlNumber.SCIOHALT, ScriptedRig.Device);
        Assert.Equal(sent.Count, rig.Returned.Count);
    }

    private static QueueTag Tag(Random random) => random.Next(8) == 0 ? QueueTag.None : QueueTag.Simple;

    private static void Answer(ScriptedRig rig, List<ScBuf> sent, Random random)
    {
        if (rig.Transport.Commands.Count == 0) return;
        var command = rig.Transport.Commands[random.Next(rig.Transport.Commands.Count)];
        rig.Answer(sent.First(structure => structure.Command == command && !rig.Returned.Contains(structure)),
            random.Next(4) == 0 ? ScsiStatus.CheckCondition : ScsiStatus.Good);
    }

    // The reference: halted and parked queues turn away what has no SC_RESUME.
    private static void CheckArrival(ScriptedRig rig, DeviceQueueState before, ScBuf structure, int seed, int step)
    {
        var where = $"seed {seed}, step {step}, {before}";
        if (before == DeviceQueueState.Running) Assert.DoesNotContain(structure, rig.Returned);
        else Assert.True(rig.Returned.Contains(structure) && structure.Bufstruct.Error == Errno.ENXIO, where);
    }

    private static void Check(ScriptedRig rig, List<ScBuf> sent, int returnedBefore, int seed, int step)
    {
        var where = $"seed {seed}, step {step}";
        Assert.True(rig.Returned.Count == rig.Returned.Distinct().Count(), where + ": returned twice");
        var atDevice = rig.Transport.Commands;
        Assert.True(atDevice.Count <= 4, where + ": too many at the device");
        var untagged = sent.Count(structure => structure.Tag == QueueTag.None && atDevice.Contains(structure.Command));
        Assert.True(untagged <= 1, where + ": two untagged commands");
        foreach (var ended in rig.Returned.Skip(returnedBefore))
        {
            Assert.False(atDevice.Contains(ended.Command), where + ": returned and still at the device");
            if (ended.Bufstruct.Error == Errno.ENXIO)
                Assert.True(ended.StatusValidity == StatusValidity.None, where + ": flushed with a status");
            if (ended.QueueStatus == AdapterQueueStatus.DidNotClear)
                Assert.True(rig.State() is DeviceQueueState.Parked or DeviceQueueState.Recovering, where);
        }
        if (rig.State() == DeviceQueueState.Running)
        {
            // Nothing that could be sent is left behind.
            var waiting = sent.Where(s => !rig.Returned.Contains(s) && !atDevice.Contains(s.Command)).ToList();
            Assert.True(waiting.Count == 0 || atDevice.Count > 0, where + ": idle with work");
        }
    }
}
