using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Contracts.Tasks;

namespace Lunette.Port.Virtual;

/// <summary>
/// An initiator port inside the process, logged in to a <see cref="VirtualTargetPort"/>: it submits CDBs and gets
/// status, data and sense. On a <see cref="ManualLoop"/> the calling thread does all the work (<see cref="Execute"/>);
/// on any other loop commands are awaited (<see cref="ExecuteAsync"/>).
/// </summary>
public sealed class VirtualInitiator : IDisposable
{
    private readonly BufferPool? _ownPool;
    private readonly Stack<VirtualCommand> _idle = new();
    private readonly Lock _gate = new();
    private readonly VirtualTargetPort _port;
    private ItNexus? _nexus;
    private ulong _tags;
    private bool _closing;

    private VirtualInitiator(ITargetFramework framework, VirtualTargetPort port, Loop loop, BufferPool? pool)
    {
        Framework = framework;
        _port = port;
        Loop = loop;
        _ownPool = pool is null ? new BufferPool(64 << 20) : null;
        Pool = pool ?? _ownPool!;
    }

    /// <summary>
    /// Logs in.
    /// </summary>
    /// <param name="framework">The target framework the port is registered with.</param>
    /// <param name="port">The port; it must be online.</param>
    /// <param name="name">The initiator's name, such as <c>iqn.2026-11.example:host</c>.</param>
    /// <param name="isid">48 bits that tell its ports apart.</param>
    /// <param name="loop">The loop of the nexus; a <see cref="ManualLoop"/> of its own where null.</param>
    /// <param name="pool">Where buffers come from; one of its own where null.</param>
    /// <returns>Null when the port takes no session.</returns>
    public static VirtualInitiator? Login(ITargetFramework framework, VirtualTargetPort port, string name,
        ulong isid = 1, Loop? loop = null, BufferPool? pool = null)
    {
        var transportId = TransportId.Iscsi(name, isid);
        var initiator = new VirtualInitiator(framework, port, loop ?? new ManualLoop(name), pool);
        var who = new InitiatorPort(
            transportId.IscsiName!, transportId.ToString(), transportId.Wire.ToArray(), "", "in process");
        initiator._nexus = port.IsOnline ? framework.OpenSession(port, who, initiator.Loop) : null;
        if (initiator._nexus is null)
        {
            initiator._ownPool?.Dispose();
            return null;
        }
        port.Opened(initiator);
        return initiator;
    }

    /// <summary>The nexus.</summary>
    public ItNexus Nexus => _nexus!;

    /// <summary>The loop everything of the nexus happens on.</summary>
    public Loop Loop { get; }

    /// <summary>Where buffers come from; look here for leaks.</summary>
    public BufferPool Pool { get; }

    /// <summary>How Data-Out gets to the target.</summary>
    public DataOutDelivery DataOutDelivery { get; set; }

    /// <summary>Whether the session is closed, all its tasks ended.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>The port is going offline and asks for a logout.</summary>
    public event EventHandler? LogoutRequested;

    /// <summary>The session is closed, all its tasks ended; raised on the nexus' loop.</summary>
    public event EventHandler? LoggedOut;

    internal ITargetFramework Framework { get; }

    /// <summary>
    /// Starts a command. On a manual loop it has made its first step when this returns; on others it is on its way.
    /// </summary>
    public VirtualCommand Start(in ScsiRequest request, Action<VirtualCommand>? ended = null)
    {
        VirtualCommand command;
        lock (_gate)
        {
            command = _idle.TryPop(out var idle) ? idle : new VirtualCommand(this);
            command.Ended = ended;
            command.Prepare(request, DataOutDelivery, ++_tags);
        }
        Loop.Post(command.Submission);
        if (Loop is ManualLoop manual && !manual.IsCurrent) manual.Pump();
        return command;
    }

    /// <summary>Takes back a command that has ended, to be used again.</summary>
    public void Recycle(VirtualCommand command)
    {
        Runtime.Invariant.That(command.HasEnded, "a command in progress is not recycled");
        lock (_gate) _idle.Push(command);
    }

    /// <summary>
    /// Carries out a command on the calling thread, which pumps the manual loop until it has ended. For targets whose
    /// stores answer on this thread; others need <see cref="ExecuteAsync"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The loop is not a manual one, or the command waits for something
    /// that pumping does not bring.</exception>
    public ScsiResult Execute(in ScsiRequest request)
    {
        if (Loop is not ManualLoop)
            throw new InvalidOperationException("Execute pumps a manual loop; use ExecuteAsync");
        var command = Start(request);
        if (!command.HasEnded)
            throw new InvalidOperationException("the command waits for something that pumping does not bring");
        var result = command.ToResult();
        Recycle(command);
        return result;
    }

    /// <summary>Carries out a command; completes when it has ended.</summary>
    public Task<ScsiResult> ExecuteAsync(in ScsiRequest request)
    {
        var done = new TaskCompletionSource<ScsiResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        Start(request, command =>
        {
            var result = command.ToResult();
            Recycle(command);
            done.TrySetResult(result);
        });
        return done.Task;
    }

    /// <summary>Asks for a task management function; completes with its service response.</summary>
    public Task<ServiceResponse> ManageAsync(
        TaskManagementFunction function, Lun lun = default, ulong referencedTag = 0)
    {
        var request = new Management
        {
            Nexus = Nexus,
            Function = function,
            Lun = lun,
            ReferencedTag = referencedTag,
        };
        Loop.Post(new Call(() => Framework.Manage(request)));
        if (Loop is ManualLoop manual && !manual.IsCurrent) manual.Pump();
        return request.Done;
    }

    /// <summary>Begins to close the session; <see cref="IsClosed"/> tells when nothing of it is left.</summary>
    public void BeginLogout()
    {
        lock (_gate)
        {
            if (_closing) return;
            _closing = true;
        }
        Loop.Post(new Call(() => Framework.CloseSession(Nexus, new Call(Closed))));
        if (Loop is ManualLoop manual && !manual.IsCurrent) manual.Pump();
    }

    /// <summary>Closes the session.</summary>
    public void Dispose() => BeginLogout();

    internal void RequestLogout() => LogoutRequested?.Invoke(this, EventArgs.Empty);

    private void Closed()
    {
        IsClosed = true;
        _ownPool?.Dispose();
        _port.Closed(this);
        LoggedOut?.Invoke(this, EventArgs.Empty);
    }

    private sealed class Call(Action action) : LoopWork
    {
        public override void Run() => action();
    }

    private sealed class Management : TaskManagementRequest
    {
        private readonly TaskCompletionSource<ServiceResponse> _done =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<ServiceResponse> Done => _done.Task;

        protected override void Completed() => _done.TrySetResult(Response);
    }
}
