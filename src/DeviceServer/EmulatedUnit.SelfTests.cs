using Lunette.DeviceServer.Commands;
using Lunette.DeviceServer.LogPages;
using Lunette.DeviceServer.Tasks;

namespace Lunette.DeviceServer;

/// <content>Self-tests (SPC-6, Device self-tests).</content>
public abstract partial class EmulatedUnit
{
    private TaskContext? _backgroundSelfTest;
    private byte _backgroundSelfTestCode;
    private bool _selfTestAborted;

    /// <summary>
    /// Carries out a self-test, and ends its command. What the device type looks at is its own; here there is nothing
    /// that could fail.
    /// </summary>
    /// <param name="command">SEND DIAGNOSTIC.</param>
    /// <param name="code">SELF-TEST CODE: 0 the default self-test; 1 and 2 short and extended in the background; 5 and
    /// 6 the same in the foreground.</param>
    protected internal virtual CommandOutcome SelfTest(TaskContext command, byte code)
    {
        NoteSelfTest(new SelfTestResult(code, SelfTestOutcome.Passed, 0, SelfTestResult.NoAddress, default));
        return CommandOutcome.Good;
    }

    /// <summary>A self-test goes on in the background; false where another one does already.</summary>
    protected bool TryBeginBackgroundSelfTest(TaskContext command, byte code)
    {
        lock (_gate)
        {
            if (_backgroundSelfTest is not null) return false;
            _backgroundSelfTest = command;
            _backgroundSelfTestCode = code;
            _selfTestAborted = false;
            return true;
        }
    }

    /// <summary>Whether a self-test goes on in the background.</summary>
    protected bool IsSelfTesting
    {
        get
        {
            lock (_gate) return _backgroundSelfTest is not null;
        }
    }

    /// <summary>The self-test in the background has ended; how, where something made it end.</summary>
    protected SelfTestOutcome EndBackgroundSelfTest()
    {
        lock (_gate)
        {
            _backgroundSelfTest = null;
            return _selfTestAborted ? SelfTestOutcome.AbortedByCommand : SelfTestOutcome.AbortedOtherwise;
        }
    }

    /// <summary>Aborts the self-test in the background; false where there is none.</summary>
    internal bool TryAbortSelfTest()
    {
        var effects = new Effects();
        lock (_gate)
        {
            if (_backgroundSelfTest is not { } command) return false;
            _selfTestAborted = true;
            TaskSet.Abort(command, aborter: null, reportAborted: false, ref effects.Posted);
        }
        effects.Act();
        return true;
    }
}
