using Lunette.Backing;
using Lunette.Backing.Filters;
using Lunette.DeviceServer.LogPages;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests;

/// <summary>Self-tests of a disk (SPC-6, SEND DIAGNOSTIC command and Self-Test Results log page).</summary>
public sealed class SelfTestTests
{
    private const int Blocks = 2048;

    [Theory]
    [InlineData(0, 1)]
    [InlineData(5, 1)]
    [InlineData(6, 1)]
    [InlineData(0, Blocks - 2)]
    [InlineData(5, Blocks - 2)]
    public async Task ForegroundSelfTest_OfAMediumThatCannotBeRead_Fails(int code, int lba)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(Blocks * 512));
        DiskRig.Good(rig.Run(Ask(code)));
        // Two blocks: the second of them is at an end of the medium.
        rig.Disk.OpenStore!.Push(s => new ErrorFilter(s, (lba == 1 ? 0 : lba) * 512, 1024));
        DiskRig.Refused(rig.Run(Ask(code)), SenseKey.HardwareError, AdditionalSense.LogicalUnitFailedSelfTest);
        var (failed, passed) = (Results(rig)[0], Results(rig)[1]);
        Assert.Equal(((byte)code, SelfTestOutcome.Passed), (passed.Code, passed.Result));
        Assert.Equal(SelfTestResult.NoAddress, passed.Address);
        Assert.Equal(((byte)code, SelfTestOutcome.FirstSegmentFailed), (failed.Code, failed.Result));
        Assert.Equal(
            (SenseKey.MediumError, AdditionalSense.UnrecoveredReadError), (failed.Sense.Key, failed.Sense.Code));
        Assert.Equal(lba == 1 ? 0UL : Blocks - 1, failed.Address);
    }

    [Fact]
    public async Task ExtendedSelfTest_LooksInTheMiddleToo()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(Blocks * 512));
        rig.Disk.OpenStore!.Push(s => new ErrorFilter(s, Blocks / 2 * 512, 16 * 512));
        DiskRig.Good(rig.Run(Ask(5)));
        DiskRig.Refused(rig.Run(Ask(6)), SenseKey.HardwareError, AdditionalSense.LogicalUnitFailedSelfTest);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task BackgroundSelfTest_StatusFirst_ResultLater(int code)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(Blocks * 512), "file");
        var hang = rig.Disk.OpenStore!.Push(s => new HangFilter(s, r => r.Operation == StoreOperation.Read))!;
        DiskRig.Good(rig.Run(Ask(code)));
        DiskRig.Refused(rig.Run(Ask(5)), SenseKey.NotReady, AdditionalSense.LogicalUnitNotReadySelfTestInProgress);
        DiskRig.Refused(rig.Run(Ask(2)), SenseKey.NotReady, AdditionalSense.LogicalUnitNotReadySelfTestInProgress);
        Assert.Equal(SelfTestOutcome.InProgress, Results(rig)[0].Result);
        hang.Release();
        rig.PumpUntil(() => rig.Disk.TaskCount == 0);
        Assert.Equal(((byte)code, SelfTestOutcome.Passed), (Results(rig)[0].Code, Results(rig)[0].Result));
        Assert.Equal(default, Results(rig)[1]);
        DiskRig.Good(rig.Run(Ask(5)));
    }

    [Theory]
    [InlineData(false, SelfTestOutcome.AbortedByCommand)]
    [InlineData(true, SelfTestOutcome.AbortedOtherwise)]
    public async Task BackgroundSelfTest_Aborted_SaysByWhat(bool byReset, SelfTestOutcome outcome)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(Blocks * 512), "file");
        DiskRig.Refused(rig.Run(Ask(4)), SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInCdb);
        var hang = rig.Disk.OpenStore!.Push(s => new HangFilter(s, r => r.Operation == StoreOperation.Read))!;
        DiskRig.Good(rig.Run(Ask(2)));
        if (byReset) _ = rig.Host.ManageAsync(TaskManagementFunction.LogicalUnitReset);
        else DiskRig.Good(rig.Run(Ask(4)));
        hang.Release();
        rig.PumpUntil(() => rig.Disk.TaskCount == 0);
        rig.Run(Cdb.Of(PrimaryCommands.TestUnitReady));
        Assert.Equal(((byte)2, outcome), (Results(rig)[0].Code, Results(rig)[0].Result));
        DiskRig.Good(rig.Run(Ask(1)));
    }

    private static byte[] Ask(int code) => Cdb.Of(PrimaryCommands.SendDiagnostic,
        code == 0 ? ("SELFTEST", 1UL) : ("SELF-TEST CODE", (ulong)code));

    private static SelfTestResult[] Results(DiskRig rig) =>
        [.. LogPage.Parse(rig.Read(Cdb.Of(PrimaryCommands.LogSense, ("PC", 1UL), ("PAGE CODE", 0x10UL),
            ("ALLOCATION LENGTH", 512UL)), 512), LogPageCode.SelfTestResults)!
            .Select(p => SelfTestResult.Read(p.Value.Span))];
}
