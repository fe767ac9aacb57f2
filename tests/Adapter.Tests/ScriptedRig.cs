using Lunette.Adapter.Arguments;
using Lunette.Adapter.ErrorLog;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Opening;
using Lunette.Adapter.Queues;
using Lunette.Adapter.Transactions;
using Lunette.Runtime.Loops;
using Lunette.Scsi;

namespace Lunette.Adapter.Tests;

/// <summary>An adapter on a scripted transport and a loop the test pumps; time moves when told.</summary>
internal sealed class ScriptedRig
{
    public static readonly TimeSpan InternalTimeout = TimeSpan.FromSeconds(5);

    public ScriptedRig(Func<AdapterAttributes, AdapterAttributes>? change = null, ScriptedTransport? transport = null)
    {
        Transport = transport ?? new ScriptedTransport();
        var attributes = new AdapterAttributes { Name = "scsi0", InternalTimeout = InternalTimeout };
        Adapter = new ScsiAdapter(change?.Invoke(attributes) ?? attributes, Loop, Transport, Log);
        Assert.Equal(Errno.None, Adapter.Open(AdapterCaller.Kernel, OpenExtension.None, out var file));
        File = file!;
    }

    public ManualLoop Loop { get; } = new();

    public SystemErrorLog Log { get; } = new(TimeProvider.System);

    public ScriptedTransport Transport { get; }

    public ScsiAdapter Adapter { get; }

    public AdapterFile File { get; }

    /// <summary>Structures in the order in which they came back.</summary>
    public List<ScBuf> Returned { get; } = [];

    public static IdLun Device => new(2, 0);

    /// <summary>An operation that answers without the transport's help.</summary>
    public Errno Ioctl(int number, object? argument = null)
    {
        var answer = Begin(number, argument);
        Assert.True(answer.IsCompleted, "the operation waits");
        return Now(answer);
    }

    public Task<Errno> Begin(int number, object? argument = null)
    {
        var answer = File.IoctlAsync(number, argument);
        Loop.Pump();
        return answer;
    }

    public static T Now<T>(Task<T> ended)
    {
        Assert.True(ended.IsCompleted, "not ended yet");
        return ended.GetAwaiter().GetResult();
    }

    public void Start(IdLun? device = null) =>
        Assert.Equal(Errno.None, Ioctl(IoctlNumber.SCIOSTART, device ?? Device));

    public ScBuf Send(TransactionFlags flags = TransactionFlags.None, QueueTag tag = QueueTag.Simple,
        IdLun? device = null, int timeoutSeconds = 0, bool command = true)
    {
        var structure = new ScBuf
        {
            ScsiId = (device ?? Device).ScsiId,
            LogicalUnitNumber = (device ?? Device).LunId,
            Flags = flags,
            Tag = tag,
            TimeoutSeconds = timeoutSeconds,
            IoDone = ended => Returned.Add((ScBuf)ended),
        };
        if (command) structure.SetCommand(new byte[6]);
        Assert.Equal(Errno.None, File.Strategy(structure));
        Loop.Pump();
        return structure;
    }

    public void Answer(ScBuf structure, ScsiStatus status = ScsiStatus.Good)
    {
        Transport.Answer(structure.Command, status, status == ScsiStatus.CheckCondition ? [0x70, 0, 5] : []);
        Loop.Pump();
    }

    public DeviceQueueState State(IdLun? device = null)
    {
        var status = Adapter.DescribeAsync((device ?? Device).ScsiId, Lun.FromNumber((device ?? Device).LunId));
        Loop.Pump();
        return Now(status)?.State ?? DeviceQueueState.Stopped;
    }

    public void AssertReturned(ScBuf structure, Errno error, AdapterQueueStatus queue = AdapterQueueStatus.Cleared)
    {
        Assert.Contains(structure, Returned);
        Assert.Equal(error != Errno.None, structure.Bufstruct.HasError);
        Assert.Equal(error, structure.Bufstruct.Error);
        Assert.Equal(queue, structure.QueueStatus);
        Assert.True((structure.Bufstruct.Flags & BufFlags.Done) != 0);
    }
}
