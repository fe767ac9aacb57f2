using Lunette.Adapter.Disks;
using Lunette.Adapter.Ioctls;
using Lunette.Scsi;

namespace Lunette.Adapter.Tests;

/// <summary>Whoever hears of log entries may throw: the loop is told, and what was logged about goes on.</summary>
public sealed class LogFaultTests
{
    private int _faults;

    [Fact]
    public void AbortThatHangs_TheLogsListenerThrows_TheHaltIsAnswered()
    {
        var rig = new ScriptedRig();
        rig.Log.Written += Throw;
        rig.Start();
        rig.Send();
        rig.Transport.OnManage = static _ => null;
        var halt = rig.Begin(IoctlNumber.SCIOHALT, ScriptedRig.Device);
        for (var second = 0; second < 60; second++) Catch(() => rig.Loop.Advance(TimeSpan.FromSeconds(1)));
        Assert.Equal(Errno.ETIMEDOUT, ScriptedRig.Now(halt));
        Assert.True(_faults > 0, "nobody was told of the listener's fault");
    }

    [Fact]
    public async Task ReadThatFails_TheLogsListenerThrows_TheReaderIsTold()
    {
        var rig = new ManyPathRig(paths: 1);
        var disk = await rig.OpenAsync(new ScsiDiskOptions { RetriesMax = 0 });
        rig.Once(0, Answer.Sense(SenseKey.MediumError, AdditionalSense.UnrecoveredReadError));
        rig.Log.Written += Throw;
        var read = disk.ReadAsync(0, new byte[512]).AsTask();
        for (var i = 0; i < 10; i++) Catch(rig.Pump);
        rig.Log.Written -= Throw;
        var told = await Assert.ThrowsAsync<ScsiDiskException>(() => rig.RunAsync(new ValueTask(read)));
        Assert.Equal(Errno.EMEDIA, told.Errno);
        Assert.True(_faults > 0, "nobody was told of the listener's fault");
        await rig.RunAsync(disk.DisposeAsync());
    }

    private static void Throw(object? log, ErrorLog.ErrorEntry entry) =>
        throw new InvalidOperationException("planted");

    // A pumped loop tells of faults by throwing them.
    private void Catch(Action turn)
    {
        try
        {
            turn();
        }
        catch (InvalidOperationException planted) when (planted.Message == "planted")
        {
            _faults++;
        }
    }
}
