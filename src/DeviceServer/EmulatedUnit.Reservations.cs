using System.Collections.Immutable;
using Lunette.DeviceServer.Commands;
using Lunette.DeviceServer.Nexuses;
using Lunette.DeviceServer.Reservations;
using Lunette.DeviceServer.SavedState;
using Lunette.DeviceServer.Tasks;
using Lunette.Runtime.Loops;
using Lunette.Scsi;

namespace Lunette.DeviceServer;

/// <content>Reservations: what is reserved now, and how a decided change is done.</content>
public abstract partial class EmulatedUnit
{
    private PersistentReservations _reservations = PersistentReservations.None;
    private ItlNexus? _spc2Holder;

    /// <summary>Registrations and reservation. Changed by one configuration command at a time. Any thread.</summary>
    public PersistentReservations Reservations => Volatile.Read(ref _reservations);

    /// <summary>Whether an I_T nexus holds a reservation by RESERVE.</summary>
    internal bool IsReservedBySpc2
    {
        get
        {
            lock (_gate) return _spc2Holder is not null;
        }
    }

    internal bool TryReserveBySpc2(ItlNexus itl)
    {
        lock (_gate)
        {
            // With registrations nobody reserves so.
            if (!_reservations.Registrants.IsEmpty) return IgnoresSpc2(itl);
            if (_spc2Holder is not null && _spc2Holder != itl) return false;
            _spc2Holder = itl;
            ComputeDenied();
            return true;
        }
    }

    internal bool TryReleaseBySpc2(ItlNexus itl)
    {
        lock (_gate)
        {
            if (!_reservations.Registrants.IsEmpty) return IgnoresSpc2(itl);
            // SPC-2, RELEASE: from anybody else it does nothing, and that is GOOD.
            if (_spc2Holder == itl) ReleaseSpc2();
            return true;
        }
    }

    // SPC-4, Exceptions to SPC-2 RESERVE and RELEASE behavior: holders, and registrants where the type is for them, are
    // told that all is well. Where nothing is reserved there is no exception, and SPC-2, Reservations overview, lets
    // nobody through while anybody is registered.
    private bool IgnoresSpc2(ItlNexus itl) => _reservations.Type is not null
        && _reservations.Find(itl.Ports) is not null
        && _reservations.DeniedTo(itl.Ports) == ReservationAccess.Always;

    /// <summary>Every target port there is, for ALL_TG_PT.</summary>
    internal IReadOnlyCollection<ushort> TargetPorts(ushort own) =>
        [.. PortGroups.Groups.SelectMany(group => group.Ports).Append(own).Distinct().Order()];

    /// <summary>
    /// The initiator ports that TransportIDs name: iSCSI names without an ISID become the ports of that name that have
    /// been here; null where there is none of such a name.
    /// </summary>
    internal ImmutableArray<TransportId>? PortsOf(ImmutableArray<TransportId> named)
    {
        List<TransportId> ports = [];
        foreach (var id in named)
        {
            if (id.Protocol != ProtocolIdentifier.Iscsi || id.Isid is not null)
            {
                ports.Add(id);
                continue;
            }
            var before = ports.Count;
            lock (_gate)
            {
                for (var itl = _nexuses; itl is not null; itl = itl.Next)
                    if (itl.Ports.Initiator.IscsiName == id.IscsiName) ports.Add(itl.Ports.Initiator);
            }
            if (ports.Count == before) return null;
        }
        return [.. ports];
    }

    /// <summary>
    /// Does a change that is durable where it must be, and completes the command: for PREEMPT AND ABORT when the last
    /// aborted task is out of the medium.
    /// </summary>
    internal void ApplyReservations(TaskContext command, ReservationChange change)
    {
        command.Change = null;
        var abort = new CommandAbort(this, command);
        var effects = new Effects();
        int remaining;
        lock (_gate)
        {
            Volatile.Write(ref _reservations, change.Next);
            _obstacles &= ~Conditions.ReservationsLost;
            ComputeDenied();
            for (var itl = _nexuses; itl is not null; itl = itl.Next)
                foreach (var (nexus, code) in change.Attentions)
                    if (itl.Ports == nexus) Establish(itl, code);
            if (!change.Aborted.IsEmpty) AbortPreempted(command, change, abort, ref effects);
            remaining = abort.Remaining;
        }
        if (remaining > 0) abort.Wait(Options.AbortDeadline);
        effects.Act();
        if (remaining == 0) Complete(command, CommandOutcome.Good);
    }

    private void AbortPreempted(
        TaskContext command, ReservationChange change, CommandAbort abort, ref Effects effects)
    {
        for (var context = _tasks.Oldest; context is not null; context = context.Younger)
        {
            if (context != command && change.Aborted.Contains(context.Itl.Ports))
                AbortOne(context, abort, byOther: context.Itl != command.Itl, ref effects);
        }
        for (var itl = _nexuses; itl is not null; itl = itl.Next)
            if (change.Aborted.Contains(itl.Ports)) _tasks.ClearAca(itl, ref effects.Posted);
    }

    // Once per change, so that a command only looks at one mask.
    private void ComputeDenied()
    {
        for (var itl = _nexuses; itl is not null; itl = itl.Next) itl.Denied = DeniedTo(itl);
    }

    private ReservationAccess DeniedTo(ItlNexus itl)
    {
        if (_spc2Holder is null) return _reservations.DeniedTo(itl.Ports);
        return _spc2Holder == itl
            ? ReservationAccess.Always
            : ReservationAccess.WhenReading | ReservationAccess.WhenWriting | ReservationAccess.UnlessReserved;
    }

    private void ReleaseSpc2()
    {
        _spc2Holder = null;
        ComputeDenied();
    }

    private void ReleaseSpc2Of(ItlNexus itl)
    {
        if (_spc2Holder == itl) ReleaseSpc2();
    }

    /// <summary>Whether persistent reservations are lost, until REPLACE LOST RESERVATION.</summary>
    internal bool HasLostReservations
    {
        get
        {
            lock (_gate) return (_obstacles & Conditions.ReservationsLost) != 0;
        }
    }

    // SPC-6, Replacing lost persistent reservations: what cannot be read is not taken for nothing reserved.
    private void RestoreReservations(UnitState state)
    {
        var known = ReservationState.TryDecode(state[StateSection.PersistentReservations], out var reservations);
        lock (_gate)
        {
            Volatile.Write(ref _reservations, reservations ?? PersistentReservations.None);
            _spc2Holder = null;
            if (known) _obstacles &= ~Conditions.ReservationsLost;
            else _obstacles |= Conditions.ReservationsLost;
            ComputeDenied();
        }
    }

    // Waits, on the loop of the command that aborts others.
    private sealed class CommandAbort(EmulatedUnit unit, TaskContext command) : TaskAborter
    {
        private readonly Deadline _deadline = new();
        private readonly Loop _loop = command.Task.Nexus.Loop;
        private bool _answered;

        public void Wait(TimeSpan deadline)
        {
            _deadline.Owner = this;
            _loop.Arm(_deadline, deadline);
        }

        public override void AllEnded() => _loop.Post(new End(this));

        private void Finish()
        {
            if (_answered)
            {
                unit.OverdueAbortEnded();
                return;
            }
            _answered = true;
            _loop.Disarm(_deadline);
            unit.Complete(command, CommandOutcome.Good);
        }

        private void Expire()
        {
            if (_answered) return;
            _answered = true;
            unit.AbortOverdue($"tasks that {command.Command} was to abort did not end in time");
            unit.Complete(command,
                CommandOutcome.Check(SenseKey.HardwareError, AdditionalSense.InternalTargetFailure));
        }

        private sealed class Deadline : LoopTimer
        {
            public CommandAbort? Owner { get; set; }

            public override void Fire() => Owner!.Expire();
        }

        private sealed class End(CommandAbort abort) : LoopWork
        {
            public override void Run() => abort.Finish();
        }
    }
}
