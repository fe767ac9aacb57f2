using Lunette.Backing;
using Lunette.DeviceServer;
using Lunette.DeviceServer.Commands;
using Lunette.DeviceServer.LogPages;
using Lunette.Scsi;

namespace Lunette.Lu.Disk;

/// <content>
/// Self-tests: the default and the short one read the first and the last block, the extended one so many as are spread
/// over the medium.
/// </content>
public sealed partial class DiskUnit
{
    private const int ShortBlocks = 2;
    private const int ExtendedBlocks = 256;

    private static readonly CommandStep s_tested = BlockTested;

    /// <inheritdoc/>
    protected override CommandOutcome SelfTest(TaskContext command, byte code)
    {
        var task = (DiskTask)command;
        var inBackground = code is 1 or 2;
        if (IsSelfTesting)
            return CommandOutcome.Check(SenseKey.NotReady, AdditionalSense.LogicalUnitNotReadySelfTestInProgress);
        if (inBackground && task.Task is not BackgroundTask) return BackgroundTask.Start(this, task.Task, task.Cdb, []);
        if (inBackground)
        {
            if (!TryBeginBackgroundSelfTest(command, code))
                return CommandOutcome.Check(SenseKey.NotReady, AdditionalSense.LogicalUnitNotReadySelfTestInProgress);
            ((BackgroundTask)task.Task).HasBegun = true;
        }
        task.SelfTestCode = code;
        return TestNext(task);
    }

    /// <summary>A self-test has ended before it was through.</summary>
    internal void SelfTestAborted(byte code)
    {
        var outcome = code is 1 or 2 ? EndBackgroundSelfTest() : SelfTestOutcome.AbortedOtherwise;
        NoteSelfTest(new SelfTestResult(code, outcome, 0, SelfTestResult.NoAddress, default));
    }

    private static CommandOutcome TestNext(DiskTask task)
    {
        var unit = task.Unit;
        var count = (ulong)(task.SelfTestCode is 2 or 6 ? ExtendedBlocks : ShortBlocks);
        var last = unit.CapacityBlocks - 1;
        // Done counts blocks here.
        if ((ulong)task.Done == count) return unit.EndSelfTest(task, StoreResult.Ok);
        var block = (ulong)((UInt128)last * (ulong)task.Done / (count - 1));
        task.Ask(StoreOperation.Read, (long)block << unit.BlockShift, unit.BlockLengthBytes);
        return task.GoInTurn(s_tested);
    }

    private static void BlockTested(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        if (task.Scratch.Count > 0) task.Scratch.Release();
        task.Done++;
        var outcome = task.Request.Result == StoreResult.Ok
            ? TestNext(task)
            : task.Unit.EndSelfTest(task, task.Request.Result);
        if (!outcome.IsPending) task.End(outcome);
    }

    // SPC-6, Device self-tests: what fails is LOGICAL UNIT FAILED SELF-TEST; why, the log page says.
    private CommandOutcome EndSelfTest(DiskTask task, StoreResult result)
    {
        var code = task.SelfTestCode!.Value;
        task.SelfTestCode = null;
        if (code is 1 or 2) EndBackgroundSelfTest();
        var failed = result == StoreResult.Ok ? default : OutcomeOf(result, task.Request.FailedOffset);
        var log = new SelfTestResult(code, SelfTestOutcome.Passed, 0, SelfTestResult.NoAddress, failed.Sense);
        if (result == StoreResult.NoBuffer) log = log with { Result = SelfTestOutcome.Incomplete };
        else if (result != StoreResult.Ok) log = log with { Result = SelfTestOutcome.FirstSegmentFailed };
        if (failed.HasSense && failed.Sense.InformationValid) log = log with { Address = failed.Sense.Information };
        NoteSelfTest(log);
        if (result == StoreResult.Ok) return CommandOutcome.Good;
        return result == StoreResult.NoBuffer
            ? failed
            : CommandOutcome.Check(SenseKey.HardwareError, AdditionalSense.LogicalUnitFailedSelfTest);
    }
}
