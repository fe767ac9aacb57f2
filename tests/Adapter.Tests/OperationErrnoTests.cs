using Lunette.Adapter.Arguments;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Opening;
using Lunette.Adapter.Transactions;
using Lunette.Adapter.Transports;
using Lunette.Scsi;

namespace Lunette.Adapter.Tests;

/// <summary>
/// errno per operation: every row of <see cref="AdapterOperation.All"/> in every circumstance the reference tables, and
/// what of it is logged. SCIOHALT's own cases are in <see cref="ScioHaltTests"/>, the diagnostics' in
/// <see cref="DiagnosticsTests"/>.
/// </summary>
public class OperationErrnoTests
{
    private const byte Id = 2;
    private const uint Seconds = 5;

    // Rows by what they do to a device: nothing, a command, any command, a task management function.
    private static readonly string[] s_commands =
        ["SCIOINQU", "SCIOSTUNIT", "SCIOTUR", "SCIOREAD", "SCIOLINQU", "SCIOLSTUNIT", "SCIOLTUR", "SCIOLREAD"];

    private static readonly string[] s_passThrough = ["SCIOCMD", "SCIOLCMD"];

    private static readonly string[] s_functions = ["SCIOHALT", "SCIORESET", "SCIOLUNRST", "SCIOLHALT", "SCIOLRESET"];

    private static readonly string[] s_stops = ["SCIOSTOP", "SCIOLSTOP"];

    public static TheoryData<string> Every => new(AdapterOperation.All.Select(operation => operation.Name));

    public static TheoryData<string> Commands => new(s_commands.Concat(s_passThrough));

    public static TheoryData<string> OfAStartedDevice =>
        new(s_commands.Concat(s_passThrough).Concat(s_functions).Concat(s_stops));

    // A stop that waits for a stop is the queue's table's; a stop sends nothing.
    public static TheoryData<string> Sending => new(s_commands.Concat(s_passThrough).Concat(s_functions));

    /// <summary>What the far end does, the error, and whether it is logged; pass-through never is.</summary>
    public static MatrixTheoryData<string, (TransportOutcome Outcome, Errno Error, bool Logged)> Faults => new(
        [.. s_commands, .. s_passThrough, .. s_functions],
        [
            (TransportOutcome.NoDevice, Errno.ENODEV, false),
            (TransportOutcome.ConnectionLost, Errno.ENOCONNECT, false),
            (TransportOutcome.NoMemory, Errno.ENOMEM, false),
            (TransportOutcome.HostFailure, Errno.EIO, true),
        ]);

    [Theory]
    [MemberData(nameof(Every))]
    public void Every_FromAProcess_EPERMWhereItIsForKernelExtensions(string name)
    {
        var operation = Find(name);
        var rig = new ScriptedRig();
        rig.File.Dispose();
        var file = Open(rig, AdapterCaller.Privileged, operation.Mode == OperationMode.Diagnostic);

        Assert.Equal(operation.KernelOnly, Ask(rig, file, operation.Number, "another") == Errno.EPERM);
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void Every_InTheOtherMode_EACCES(string name)
    {
        var operation = Find(name);
        var rig = new ScriptedRig();
        rig.File.Dispose();
        var file = Open(rig, AdapterCaller.Kernel, operation.Mode != OperationMode.Diagnostic);

        Assert.Equal(operation.Mode != OperationMode.Either,
            Ask(rig, file, operation.Number, "another") == Errno.EACCES);
        file.Dispose();
        Assert.Equal(Errno.EINVAL, Ask(rig, file, operation.Number, "another"));
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void Every_WithAnothersArgument_EFAULT(string name)
    {
        var operation = Find(name);
        var rig = new ScriptedRig();
        rig.File.Dispose();
        var file = Open(rig, AdapterCaller.Kernel, operation.Mode == OperationMode.Diagnostic);
        var expected = operation.Unsupported ? Errno.EINVAL
            : operation.Number is IoctlNumber.IOCINFO or IoctlNumber.SCIOGTHW ? Errno.None
            : Errno.EFAULT;

        Assert.Equal(expected, Ask(rig, file, operation.Number, "another"));
    }

    [Theory]
    [MemberData(nameof(OfAStartedDevice))]
    public void Device_NotStarted_EINVAL(string name)
    {
        var rig = new ScriptedRig();

        Assert.Equal(Errno.EINVAL, rig.Ioctl(Find(name).Number, ArgumentOf(name)));

        Assert.Empty(rig.Transport.Commands);
        Assert.Empty(rig.Transport.Functions);
        Assert.Empty(rig.Log.Entries);
    }

    [Theory]
    [MemberData(nameof(Sending))]
    public void Device_Stopping_EIO(string name)
    {
        var rig = new ScriptedRig();
        rig.Start();
        rig.Send();
        rig.Begin(IoctlNumber.SCIOSTOP, ScriptedRig.Device);

        Assert.Equal(Errno.EIO, rig.Ioctl(Find(name).Number, ArgumentOf(name)));

        Assert.Single(rig.Transport.Commands);
        Assert.Empty(rig.Log.Entries);
    }

    [Theory]
    [MemberData(nameof(OfAStartedDevice))]
    public void Device_Answers_0(string name)
    {
        var rig = new ScriptedRig();
        rig.Start();
        var answer = rig.Begin(Find(name).Number, ArgumentOf(name));
        foreach (var command in rig.Transport.Commands.ToArray()) rig.Transport.Answer(command, ScsiStatus.Good);
        rig.Loop.Pump();

        Assert.Equal(Errno.None, ScriptedRig.Now(answer));
        Assert.Empty(rig.Log.Entries);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void Device_Faults_ErrnoAndLoggingAsTabled(
        string name, (TransportOutcome Outcome, Errno Error, bool Logged) fault)
    {
        var rig = new ScriptedRig();
        rig.Start();
        rig.Transport.OnManage = _ => (fault.Outcome, default);
        var answer = rig.Begin(Find(name).Number, ArgumentOf(name));
        foreach (var command in rig.Transport.Commands.ToArray()) rig.Transport.End(command, fault.Outcome);
        rig.Loop.Pump();

        Assert.Equal(fault.Error, ScriptedRig.Now(answer));
        Assert.Equal(fault.Logged && !s_passThrough.Contains(name), rig.Log.Entries.Count > 0);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Command_CheckCondition_EIOAndTheStatusNotLogged(string name)
    {
        var rig = new ScriptedRig();
        rig.Start();
        var argument = ArgumentOf(name);
        var answer = rig.Begin(Find(name).Number, argument);
        rig.Transport.Answer(Assert.Single(rig.Transport.Commands), ScsiStatus.CheckCondition, [0x70, 0, 2]);
        rig.Loop.Pump();

        Assert.Equal(Errno.EIO, ScriptedRig.Now(answer));
        Assert.Empty(rig.Log.Entries);
        (StatusValidity, byte)? told = argument switch
        {
            ScReady ready => (ready.StatusValidity, ready.ScsiStatus),
            ScPassthru passed => (passed.StatusValidity, passed.ScsiBusStatus),
            SamArgument sam => (sam.StatusValidity, sam.ScsiStatus),
            _ => null,                                  // the structure has no place for it
        };
        if (told is { } status) Assert.Equal((StatusValidity.Scsi, (byte)ScsiStatus.CheckCondition), status);
    }

    [Theory]
    [MemberData(nameof(Sending))]
    public void Device_GivesNoStatus_ETIMEDOUTAndTheHangIsLogged(string name)
    {
        var rig = new ScriptedRig();
        rig.Start();
        rig.Transport.OnManage = _ => null;
        var answer = rig.Begin(Find(name).Number, ArgumentOf(name));

        for (var i = 0; i < 60 && !answer.IsCompleted; i++) rig.Loop.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(Errno.ETIMEDOUT, ScriptedRig.Now(answer));
        // What is never logged is the command; that the bus hung on the way is.
        Assert.NotEmpty(rig.Log.Entries);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Command_AbortedInTime_ETIMEDOUTLoggedUnlessPassThrough(string name)
    {
        var rig = new ScriptedRig();
        rig.Start();
        var answer = rig.Begin(Find(name).Number, ArgumentOf(name));

        rig.Loop.Advance(TimeSpan.FromSeconds(Seconds + 1));

        Assert.Equal(Errno.ETIMEDOUT, ScriptedRig.Now(answer));
        Assert.Equal(TaskManagementFunction.AbortTask, Assert.Single(rig.Transport.Functions).Function);
        Assert.Equal(s_passThrough.Contains(name), rig.Log.Entries.Count == 0);
    }

    [Theory]
    [InlineData("SCIOREAD", 4097)]
    [InlineData("SCIOLREAD", 4097)]
    public void Read_BlockLongerThan4096_EINVAL(string name, int length)
    {
        var rig = new ScriptedRig();
        rig.Start();
        object argument = name == "SCIOREAD"
            ? new ScReadBlock { ScsiId = Id, BlockLength = (ushort)length, Data = new byte[length] }
            : new ScsiReadBlock { ScsiId = Id, BlockLength = (ushort)length, Data = new byte[length] };

        Assert.Equal(Errno.EINVAL, rig.Ioctl(Find(name).Number, argument));
        Assert.Empty(rig.Transport.Commands);
    }

    [Fact]
    public void Start_AgainOrTheAdaptersOwnIdOrReservedBytes_EINVAL()
    {
        var rig = new ScriptedRig();
        rig.Start();
        Assert.Equal(Errno.EINVAL, rig.Ioctl(IoctlNumber.SCIOSTART, ScriptedRig.Device));
        var own = new IdLun((byte)rig.Adapter.Attributes.CardScsiId, 0);
        Assert.Equal(Errno.EINVAL, rig.Ioctl(IoctlNumber.SCIOSTART, own));
        Assert.Equal(Errno.EINVAL, rig.Ioctl(IoctlNumber.SCIOSTART, new IdLun(0x0001_0000u)));

        var again = new ScsiSciolst { ScsiId = Id };
        Assert.Equal(Errno.EINVAL, rig.Ioctl(IoctlNumber.SCIOLSTART, again));
        Assert.Equal(ScsiSciolst.DeviceStarted, again.AdapterSetFlags);
    }

    [Theory]
    [InlineData(TransportOutcome.Answered, Errno.None)]
    [InlineData(TransportOutcome.NoDevice, Errno.ENODEV)]
    [InlineData(TransportOutcome.ConnectionLost, Errno.ENOCONNECT)]
    [InlineData(TransportOutcome.NoMemory, Errno.ENOMEM)]
    [InlineData(TransportOutcome.HostFailure, Errno.EIO)]
    public void SamStart_WithALogin_ErrnoOfTheLoginAndNothingStaysStartedAfterAFailure(
        TransportOutcome outcome, Errno error)
    {
        var rig = new ScriptedRig();
        rig.Transport.Connections = [];
        var answer = rig.Begin(IoctlNumber.SCIOLSTART, new ScsiSciolst { ScsiId = Id, Flags = ScsiSciolst.IssueLogin });
        rig.Transport.Connections[0].Complete(outcome);
        rig.Loop.Pump();

        Assert.Equal(error, ScriptedRig.Now(answer));
        Assert.Equal(error == Errno.None ? Errno.None : Errno.EINVAL,
            rig.Ioctl(IoctlNumber.SCIOLHALT, new ScsiSciolst { ScsiId = Id }));
        Assert.Empty(rig.Log.Entries);
    }

    private static AdapterOperation Find(string name) =>
        AdapterOperation.All.Single(operation => operation.Name == name);

    private static AdapterFile Open(ScriptedRig rig, AdapterCaller caller, bool diagnostic)
    {
        Assert.Equal(Errno.None, rig.Adapter.Open(caller,
            diagnostic ? OpenExtension.Diagnostic : OpenExtension.None, out var file));
        return file!;
    }

    private static Errno Ask(ScriptedRig rig, AdapterFile file, int number, object? argument)
    {
        var answer = file.IoctlAsync(number, argument);
        rig.Loop.Pump();
        return ScriptedRig.Now(answer);
    }

    private static object ArgumentOf(string name) => name switch
    {
        "SCIOINQU" => new ScInquiry { ScsiId = Id, InquiryLength = 36, Inquiry = new byte[36] },
        "SCIOSTUNIT" => new ScStartUnit { ScsiId = Id, TimeoutSeconds = Seconds },
        "SCIOTUR" => new ScReady { ScsiId = Id },
        "SCIOREAD" => new ScReadBlock
        {
            ScsiId = Id,
            BlockLength = 512,
            Data = new byte[512],
            TimeoutSeconds = Seconds,
        },
        "SCIOCMD" => new ScPassthru { ScsiId = Id, CommandLength = 6, TimeoutSeconds = Seconds },
        "SCIOLINQU" => new ScsiInquiry { ScsiId = Id, InquiryLength = 36, Inquiry = new byte[36] },
        "SCIOLSTUNIT" => new ScsiStartUnit { ScsiId = Id, TimeoutSeconds = Seconds },
        "SCIOLTUR" => new ScsiReady { ScsiId = Id },
        "SCIOLREAD" => new ScsiReadBlock
        {
            ScsiId = Id,
            BlockLength = 512,
            Data = new byte[512],
            TimeoutSeconds = Seconds,
        },
        "SCIOLCMD" => new ScsiIocmd { ScsiId = Id, CommandLength = 6, TimeoutSeconds = Seconds },
        "SCIOLSTOP" or "SCIOLHALT" or "SCIOLRESET" => new ScsiSciolst { ScsiId = Id },
        _ => ScriptedRig.Device,
    };
}
