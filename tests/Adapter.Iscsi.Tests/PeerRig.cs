using Lunette.Adapter.Arguments;
using Lunette.Adapter.ErrorLog;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Opening;
using Lunette.Adapter.Queues;
using Lunette.Adapter.Transactions;
using Lunette.Initiator.Iscsi;
using Lunette.Iscsi;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Testing.Wire;

namespace Lunette.Adapter.Iscsi.Tests;

/// <summary>An adapter whose SCSI ID 1 is a peer's disk, or ours, over TCP.</summary>
internal sealed class PeerRig : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly BufferPool _buffers = new(64 << 20);
    private readonly LoopGroup _loops;
    private readonly IscsiInitiator _initiator;

    public PeerRig(IWireTarget target, int? port = null, TimeSpan? internalTimeout = null)
    {
        Target = target;
        _loops = LoopGroup.Start(new LoopGroupOptions { Count = 1, Spin = false }, _buffers);
        _initiator = new IscsiInitiator(
            new IscsiInitiatorOptions { Name = IscsiName.Parse("iqn.2026-11.example:peer") }, _loops);
        var session = new IscsiSessionOptions
        {
            TargetName = IWireTarget.Name,
            Portals = [new PortalAddress("127.0.0.1", port ?? target.Port)],
            HeaderDigests = [Digest.None],
            DataDigests = [Digest.None],
        };
        Adapter = new ScsiAdapter(
            new AdapterAttributes
            {
                Name = "iscsi0",
                CommandDelaySeconds = 0,
                InternalTimeout = internalTimeout ?? TimeSpan.FromSeconds(20),
            },
            _loops.LeastLoaded(), new IscsiTransport(_initiator, [new IscsiBinding(1, session)]), Log);
        Adapter.Open(AdapterCaller.Kernel, OpenExtension.None, out var file);
        File = file!;
    }

    public IWireTarget Target { get; }

    public SystemErrorLog Log { get; } = new(TimeProvider.System);

    public ScsiAdapter Adapter { get; }

    public AdapterFile File { get; }

    public byte Lun => (byte)Target.LunNumber;

    public static async Task<IWireTarget> StartTargetAsync(string peer) => peer == "tgt"
        ? await TgtTarget.StartAsync(null, "", "")
        : await LunetteTarget.StartAsync(null);

    public Task<Errno> IoctlAsync(int number, object argument) => File.IoctlAsync(number, argument).WaitAsync(Patience);

    /// <summary>Starts a device and takes what its first commands meet.</summary>
    public async Task StartAsync(byte lun)
    {
        Assert.Equal(Errno.None, await IoctlAsync(IoctlNumber.SCIOSTART, new IdLun(1, lun)));
        for (var i = 0; i < 5; i++)
            if (await IoctlAsync(IoctlNumber.SCIOTUR, new ScReady { ScsiId = 1, LunId = lun }) == Errno.None) return;
    }

    public async Task<DeviceQueueState> StateAsync(byte lun) =>
        (await Adapter.DescribeAsync(1, Scsi.Lun.FromNumber(lun)))!.State;

    /// <summary>Hands over a structure; its error when it comes back.</summary>
    public Task<Errno> SendAsync(byte lun, ReadOnlySpan<byte> cdb, Memory<byte> dataIn = default,
        TransactionFlags flags = TransactionFlags.None, QueueTag tag = QueueTag.None)
    {
        var done = new TaskCompletionSource<Errno>(TaskCreationOptions.RunContinuationsAsynchronously);
        var structure = new ScBuf
        {
            ScsiId = 1,
            LogicalUnitNumber = lun,
            Flags = flags,
            Tag = tag,
            IoDone = ended => done.SetResult(ended.Bufstruct.Error),
        };
        structure.Bufstruct.Flags = BufFlags.Read;
        structure.Bufstruct.Memory = dataIn;
        structure.Bufstruct.Count = dataIn.Length;
        structure.SetCommand(cdb);
        Assert.Equal(Errno.None, File.Strategy(structure));
        return done.Task.WaitAsync(Patience);
    }

    /// <summary>SC_RESUME with TEST UNIT READY, again where a unit attention of a new session is in the way.</summary>
    public async Task<Errno> ResumeAsync(byte lun)
    {
        var error = Errno.EIO;
        for (var i = 0; i < 5 && error == Errno.EIO; i++)
            error = await SendAsync(lun, new byte[6], flags: TransactionFlags.Resume);
        return error;
    }

    public async ValueTask DisposeAsync()
    {
        File.Dispose();
        await Adapter.DisposeAsync();
        await _initiator.DisposeAsync();
        await _loops.DisposeAsync();
        _buffers.Dispose();
        await Target.DisposeAsync();
    }
}
