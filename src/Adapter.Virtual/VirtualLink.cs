using Lunette.Adapter.Transports;
using Lunette.Port.Virtual;
using Lunette.Runtime.Loops;
using Lunette.Scsi;
using Lunette.Stmf.Contracts.Tasks;

namespace Lunette.Adapter.Virtual;

/// <summary>The session with one target; it belongs to the adapter's loop.</summary>
internal sealed class VirtualLink(VirtualTransport transport, VirtualBinding binding)
{
    private readonly Stack<CommandSlot> _idle = [];
    private readonly List<CommandSlot> _slots = [];
    private readonly List<TransportManagement> _resets = [];        // all are answered by the one that runs

    public VirtualBinding Binding => binding;

    public VirtualInitiator? Session { get; private set; }

    private bool IsResetting => _resets.Count > 0;

    private Loop Loop => transport.Loop;

    private AtEnd? _atEnd;

    public VirtualInitiator? TryConnect()
    {
        if (Session is not null || IsResetting) return Session;
        var session = VirtualInitiator.Login(binding.Framework, binding.Port, transport.InitiatorName,
            isid: binding.ScsiId + 1, transport.Loop, transport.Pool);
        if (session is null) return null;
        session.DataOutDelivery = transport.DataOutDelivery;
        session.LoggedOut += (_, _) => LoggedOut(session);
        session.LogoutRequested += (_, _) => session.BeginLogout();
        transport.Loop.AtEnd(_atEnd ??= new AtEnd(this));
        return Session = session;
    }

    public void Start(TransportCommand command)
    {
        if (TryConnect() is not { } session)
        {
            command.Complete(IsResetting ? TransportOutcome.Reset : TransportOutcome.NoDevice);
            return;
        }
        if (!_idle.TryPop(out var slot)) _slots.Add(slot = new CommandSlot(this));
        slot.Start(session, command);
    }

    public void Manage(TransportManagement management)
    {
        if (management.Function == TaskManagementFunction.ItNexusReset)
        {
            Reset(management);
            return;
        }
        if (TryConnect() is not { } session)
        {
            management.Complete(IsResetting ? TransportOutcome.Reset : TransportOutcome.NoDevice);
            return;
        }
        // A command that has ended meanwhile has no tag any more: to abort nothing succeeds.
        if (management.Function == TaskManagementFunction.AbortTask
            && management.Command?.TransportState is not CommandSlot)
        {
            management.Response = ServiceResponse.FunctionComplete;
            management.Complete(TransportOutcome.Answered);
            return;
        }
        binding.Framework.Manage(new Function(management)
        {
            Nexus = session.Nexus,
            Function = management.Function,
            Lun = management.Lun,
            ReferencedTag = (management.Command?.TransportState as CommandSlot)?.Tag ?? 0,
        });
    }

    public void Close() => Session?.BeginLogout();

    // AIX's bus reset: the session goes, its commands with it, and a new one is made.
    private void Reset(TransportManagement management)
    {
        if (IsResetting)
        {
            _resets.Add(management);
            return;
        }
        if (Session is not { } session)
        {
            Answer(management);
            return;
        }
        _resets.Add(management);
        session.BeginLogout();
    }

    private void LoggedOut(VirtualInitiator session)
    {
        if (Session == session)
        {
            Session = null;
            transport.Loop.NotAtEnd(_atEnd!);
        }
        if (!IsResetting)
        {
            transport.Observer.TargetReset(binding.ScsiId);
            return;
        }
        TransportManagement[] resets = [.. _resets];
        _resets.Clear();
        foreach (var management in resets) Answer(management);
    }

    private void Answer(TransportManagement management)
    {
        management.Response = ServiceResponse.FunctionComplete;
        management.Complete(TryConnect() is null ? TransportOutcome.NoDevice : TransportOutcome.Answered);
    }

    // The loop is over, and with it the session: no task of it gets at its data any more.
    private void LoopHasEnded()
    {
        foreach (var slot in _slots) slot.Lose();
    }

    // Others' ends on the loop may still end tasks; what is posted now is refused after the last of them.
    private sealed class AtEnd(VirtualLink link) : LoopWork
    {
        public override void Run() => link.Loop.Post(this);

        public override void Refused() => link.LoopHasEnded();
    }

    private sealed class Function(TransportManagement management) : TaskManagementRequest
    {
        protected override void Completed()
        {
            management.Response = Response;
            management.Complete(TransportOutcome.Answered);
        }
    }

    /// <summary>One command on its way; used again and again.</summary>
    private sealed class CommandSlot
    {
        private readonly VirtualLink _link;
        private readonly Action<VirtualCommand> _ended;
        private VirtualInitiator? _session;
        private TransportCommand? _command;
        private byte[] _gathered = [];
        private bool _isGathered;

        public CommandSlot(VirtualLink link)
        {
            _link = link;
            _ended = Ended;
        }

        public ulong Tag { get; private set; }

        public void Start(VirtualInitiator session, TransportCommand command)
        {
            _session = session;
            _command = command;
            command.TransportState = this;
            var data = Whole(command);
            var started = session.Start(new ScsiRequest(command.CdbMemory)
            {
                Lun = command.Lun,
                Attribute = command.Attribute,
                DataIn = command.Direction == TransferDirection.In ? data : default,
                DataOut = command.Direction == TransferDirection.Out ? data : default,
            }, _ended);
            Tag = started.Tag;
        }

        // The virtual port takes one piece of memory: spanned and gathered transfers are copied together.
        private Memory<byte> Whole(TransportCommand command)
        {
            _isGathered = !command.Data.TryGetWhole(out var whole);
            if (!_isGathered) return whole;
            if (_gathered.Length < command.Data.Length) _gathered = new byte[command.Data.Length];
            if (command.Direction == TransferDirection.Out) command.Data.CopyOut(_gathered);
            return _gathered.AsMemory(0, command.Data.Length);
        }

        /// <summary>The command will not end any more.</summary>
        public void Lose()
        {
            if (_command is not { } command) return;
            _command = null;
            command.TransportState = null;
            command.Complete(TransportOutcome.ConnectionLost);
        }

        private void Ended(VirtualCommand ended)
        {
            var command = _command!;
            command.TransportState = null;
            command.Status = ended.Status;
            command.SetSense(ended.Sense);
            if (command.Direction == TransferDirection.In)
            {
                command.TransferredBytes = ended.DataInLength;
                if (_isGathered) command.Data.CopyIn(0, _gathered.AsSpan(0, ended.DataInLength));
            }
            else
            {
                command.TransferredBytes = (int)Math.Min(command.Data.Length, ended.CommandTransferLength);
            }
            var outcome = ended.Answered ? TransportOutcome.Answered : TransportOutcome.Aborted;
            _session!.Recycle(ended);
            _session = null;
            _command = null;
            _link._idle.Push(this);
            command.Complete(outcome);
        }
    }
}
