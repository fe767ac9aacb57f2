using Lunette.Adapter.Arguments;
using Lunette.Adapter.ErrorLog;
using Lunette.Adapter.Events;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Queues;
using Lunette.Adapter.Transactions;

namespace Lunette.Adapter.Iscsi.Tests;

/// <summary>SCIOHALT on the wire: against tgt, against our own target, and against one that swallows aborts.</summary>
public sealed class PeerHaltTests
{
    private static readonly byte[] s_read64K = [0x28, 0, 0, 0, 0, 0, 0, 0, 128, 0];

    [Theory]
    [InlineData("lunette", QueueTag.None)]
    [InlineData("lunette", QueueTag.Simple)]
    [InlineData("tgt", QueueTag.None)]
    [InlineData("tgt", QueueTag.Simple)]
    public async Task Halt_UnderLoad_EverythingComesBackAndTheQueueIsHalted(string peer, QueueTag tag)
    {
        // More than a device has at once, tagged or not: some are at the device, some wait.
        const int Load = 512;
        await using var rig = new PeerRig(await PeerRig.StartTargetAsync(peer));
        await rig.StartAsync(rig.Lun);
        var buffer = new byte[64 << 10];
        var load = Enumerable.Range(0, Load).Select(_ => SendUntilHaltedAsync()).ToArray();

        Assert.Equal(Errno.None, await rig.IoctlAsync(IoctlNumber.SCIOHALT, new IdLun(1, rig.Lun)));

        var ended = await Task.WhenAll(load);
        Assert.All(ended, error => Assert.Equal(Errno.ENXIO, error));
        Assert.Equal(DeviceQueueState.Halted, await rig.StateAsync(rig.Lun));
        Assert.Equal(Errno.ENXIO, await rig.SendAsync(rig.Lun, new byte[6]));
        Assert.Equal(Errno.None, await rig.ResumeAsync(rig.Lun));
        Assert.Equal(Errno.None, await rig.SendAsync(rig.Lun, s_read64K, new byte[64 << 10]));
        Assert.Equal(Errno.None, await rig.IoctlAsync(IoctlNumber.SCIOSTOP, new IdLun(1, rig.Lun)));
        Assert.Empty(rig.Log.Entries);

        async Task<Errno> SendUntilHaltedAsync()
        {
            while (true)
            {
                var error = await rig.SendAsync(rig.Lun, s_read64K, buffer, tag: tag);
                if (error != Errno.None) return error;
            }
        }
    }

    [Fact]
    public async Task Halt_OfTwoUnitsAtOnceAtATargetThatSwallowsAborts_OneResetServesBoth()
    {
        const byte OtherLun = 5;
        var target = await PeerRig.StartTargetAsync("lunette");
        await using var proxy = new SwallowingProxy(target.Port);
        await using var rig = new PeerRig(target, proxy.Port, internalTimeout: TimeSpan.FromSeconds(10));
        byte[] luns = [rig.Lun, OtherLun];
        foreach (var lun in luns) await rig.StartAsync(lun);
        proxy.Swallow();
        var running = luns.Select(lun => rig.SendAsync(lun, new byte[6])).ToArray();
        await proxy.UntilSwallowedAsync(commands: 2);

        var halts = luns.Select(lun => rig.IoctlAsync(IoctlNumber.SCIOHALT, new IdLun(1, lun))).ToArray();

        Assert.All(await Task.WhenAll(halts), error => Assert.Equal(Errno.None, error));
        Assert.All(await Task.WhenAll(running), error => Assert.Equal(Errno.ENXIO, error));
        // That the bus hung is logged; that the adapter failed would not be true.
        Assert.All(rig.Log.Entries, entry => Assert.Equal(ErrorLabel.SCSI_ERR10, entry.Label));
        Assert.Equal(Errno.None, await rig.ResumeAsync(rig.Lun));
    }

    [Fact]
    public async Task Halt_TargetSwallowsAborts_SessionIsDroppedAndEveryQueueOfTheTargetSeesIt()
    {
        const byte OtherLun = 5;
        var target = await PeerRig.StartTargetAsync("lunette");
        await using var proxy = new SwallowingProxy(target.Port);
        await using var rig = new PeerRig(target, proxy.Port, internalTimeout: TimeSpan.FromSeconds(10));
        await rig.StartAsync(rig.Lun);
        await rig.StartAsync(OtherLun);
        var told = new List<AdapterEventInfo>();
        Assert.Equal(Errno.None, await rig.IoctlAsync(IoctlNumber.SCIOEVENT, new EventRequest
        {
            ScsiId = 1,
            LunId = Scsi.Lun.FromNumber(OtherLun).Wire,
            Handler = told.Add,
        }));
        Assert.Equal(Errno.None, await rig.ResumeAsync(rig.Lun));
        proxy.Swallow();
        var running = rig.SendAsync(rig.Lun, s_read64K, new byte[64 << 10]);
        var waiting = rig.SendAsync(rig.Lun, s_read64K, new byte[64 << 10]);
        var other = rig.SendAsync(OtherLun, new byte[6]);
        // What is not on the wire yet needs no abort.
        await proxy.UntilSwallowedAsync(commands: 2);

        Assert.Equal(Errno.None, await rig.IoctlAsync(IoctlNumber.SCIOHALT, new IdLun(1, rig.Lun)));

        Assert.InRange(proxy.Commands, 1, 3);
        Assert.InRange(proxy.Functions, 1, 3);
        Assert.Equal(Errno.ENXIO, await running);
        Assert.Equal(Errno.ENXIO, await waiting);
        Assert.True(await other is Errno.EIO or Errno.ENXIO);
        Assert.Equal(DeviceQueueState.Halted, await rig.StateAsync(rig.Lun));
        Assert.Equal(DeviceQueueState.Halted, await rig.StateAsync(OtherLun));
        // The loop has been asked since, so what it had to tell is told.
        Assert.Contains(told, info => info.Events == AdapterEvents.ResetEvent);
        Assert.Contains(rig.Log.Entries, entry => entry.Label == ErrorLabel.SCSI_ERR10);
        // The session is whole again: the next structure with SC_RESUME is carried out.
        Assert.Equal(Errno.None, await rig.ResumeAsync(rig.Lun));
    }
}
