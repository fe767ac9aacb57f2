using Lunette.Adapter.Disks;
using Lunette.Adapter.ErrorLog;
using Lunette.Adapter.Transports;
using Lunette.Scsi;

namespace Lunette.Adapter.Tests;

/// <summary>scdisk's error conditions: what a disk's answer is to the caller, how often it was asked, and what is
/// logged.</summary>
public class DiskErrorTests
{
    private const int RetriesMax = 2;
    private const int Once = 1;
    private const int Always = RetriesMax + 1;

    public static TheoryData<SenseKey, ushort, Errno, int, ErrorLabel?> SenseKeys => new()
    {
        { SenseKey.RecoveredError, 0x1800, Errno.None, Once, ErrorLabel.DISK_ERR4 },
        { SenseKey.NotReady, 0x3A00, Errno.ENOTREADY, Once, null },
        { SenseKey.NotReady, 0x0401, Errno.EIO, Always, ErrorLabel.DISK_ERR5 },
        { SenseKey.NotReady, 0x3000, Errno.EFORMAT, Once, ErrorLabel.DISK_ERR1 },
        { SenseKey.MediumError, 0x3100, Errno.EFORMAT, Once, ErrorLabel.DISK_ERR1 },
        { SenseKey.MediumError, 0x1100, Errno.EMEDIA, Always, ErrorLabel.DISK_ERR1 },
        { SenseKey.HardwareError, 0x4400, Errno.EIO, Always, ErrorLabel.DISK_ERR2 },
        { SenseKey.IllegalRequest, 0x2100, Errno.ENXIO, Once, null },
        { SenseKey.IllegalRequest, 0x2400, Errno.EINVAL, Once, null },
        { SenseKey.UnitAttention, 0x2900, Errno.EIO, Always, ErrorLabel.DISK_ERR5 },
        { SenseKey.UnitAttention, 0x3F0E, Errno.EIO, Always, ErrorLabel.DISK_ERR5 },
        { SenseKey.DataProtect, 0x2700, Errno.EWRPROTECT, Once, null },
        { SenseKey.AbortedCommand, 0x4700, Errno.EIO, Always, ErrorLabel.DISK_ERR5 },
        { SenseKey.Miscompare, 0x1D00, Errno.EIO, Once, ErrorLabel.DISK_ERR5 },
    };

    public static TheoryData<ScsiStatus, Errno, int, ErrorLabel?> Statuses => new()
    {
        { ScsiStatus.Busy, Errno.EBUSY, Always, ErrorLabel.DISK_ERR5 },
        { ScsiStatus.TaskSetFull, Errno.EBUSY, Always, ErrorLabel.DISK_ERR5 },
        { ScsiStatus.TaskAborted, Errno.EIO, Always, null },
        { ScsiStatus.ReservationConflict, Errno.EBUSY, Once, null },
        { ScsiStatus.AcaActive, Errno.EIO, Once, ErrorLabel.DISK_ERR5 },
        { ScsiStatus.CheckCondition, Errno.EIO, Once, ErrorLabel.DISK_ERR5 },     // and no sense data with it
    };

    public static TheoryData<TransportOutcome, Errno, int, ErrorLabel?> Outcomes => new()
    {
        { TransportOutcome.NoDevice, Errno.ENODEV, Always, ErrorLabel.DISK_ERR3 },
        { TransportOutcome.ConnectionLost, Errno.EIO, Always, ErrorLabel.DISK_ERR3 },
        { TransportOutcome.Reset, Errno.EIO, Always, ErrorLabel.DISK_ERR3 },
        { TransportOutcome.HostFailure, Errno.EIO, Always, ErrorLabel.DISK_ERR3 },
        { TransportOutcome.NoMemory, Errno.ENOMEM, Always, null },
    };

    [Theory]
    [MemberData(nameof(SenseKeys))]
    public Task SenseData_AsTabled(SenseKey key, ushort code, Errno errno, int attempts, ErrorLabel? label) =>
        AssertAsync(Answer.Sense(key, (AdditionalSense)code), errno, attempts, label);

    [Theory]
    [MemberData(nameof(Statuses))]
    public Task Status_AsTabled(ScsiStatus status, Errno errno, int attempts, ErrorLabel? label) =>
        AssertAsync(new Answer(status, [], TransportOutcome.Answered, Waits: false), errno, attempts, label);

    [Theory]
    [MemberData(nameof(Outcomes))]
    public Task Outcome_AsTabled(TransportOutcome outcome, Errno errno, int attempts, ErrorLabel? label) =>
        AssertAsync(new Answer(default, [], outcome, Waits: false), errno, attempts, label);

    [Fact]
    public Task NoAnswer_ETIMEDOUT() => AssertAsync(Answer.Nothing, Errno.ETIMEDOUT, Always, ErrorLabel.DISK_ERR3);

    private static async Task AssertAsync(Answer answer, Errno errno, int attempts, ErrorLabel? label)
    {
        var rig = new ManyPathRig(1);
        var disk = await rig.OpenAsync(new ScsiDiskOptions { RetriesMax = RetriesMax, ReadWriteTimeoutSeconds = 1 });
        rig.Seen[0].Clear();
        rig.Answers[0] = _ => answer;
        var read = disk.ReadAsync(0, new byte[512]).AsTask();

        if (errno == Errno.None)
        {
            await rig.RunAsync(new ValueTask(read));
        }
        else
        {
            var told = await Assert.ThrowsAsync<ScsiDiskException>(() => rig.RunAsync(new ValueTask(read)));
            Assert.Equal(errno, told.Errno);
        }

        Assert.Equal(attempts, rig.Seen[0].Count);
        var logged = rig.Log.Entries.Where(entry => entry.ResourceName == disk.Options.Name).ToList();
        Assert.Equal(label is { } one ? [one] : [], logged.Select(entry => entry.Label));
        Assert.All(logged, entry => Assert.Equal(0x88, entry.Cdb[0]));
        Assert.All(logged, entry => Assert.Equal(answer.SenseBytes, entry.Sense));
        // One request's error is not the next one's.
        rig.Answers[0] = _ => Answer.Good;
        await rig.RunAsync(disk.ReadAsync(0, new byte[512]));
        await rig.RunAsync(disk.DisposeAsync());
    }
}
