using Lunette.Scsi;

namespace Lunette.DeviceServer.Commands;

/// <summary>Carries out a command without data, or one that moves data itself.</summary>
public delegate CommandOutcome CommandHandler<in TUnit>(TUnit unit, TaskContext command) where TUnit : EmulatedUnit;

/// <summary>Writes parameter data; what passes the ALLOCATION LENGTH is dropped by the writer.</summary>
public delegate CommandOutcome ParameterDataHandler<in TUnit>(
    TUnit unit, TaskContext command, ref ParameterDataWriter data) where TUnit : EmulatedUnit;

/// <summary>
/// Takes a parameter list, complete and of the length the CDB states; it is readable until the handler returns.
/// </summary>
public delegate CommandOutcome ParameterListHandler<in TUnit>(
    TUnit unit, TaskContext command, ReadOnlySpan<byte> list) where TUnit : EmulatedUnit;

/// <summary>
/// What a device server does with one command: the row beside the handler. Dispatch, the stray-bit check, REPORT
/// SUPPORTED OPERATION CODES, reservation and condition checks and the generated tests read it.
/// </summary>
public abstract class SupportedCommand
{
    /// <summary>The longest parameter data or list of a row that does not say otherwise, in bytes.</summary>
    public const int DataLengthDefault = 4096;

    private protected SupportedCommand(CommandDescriptor descriptor) => Descriptor = descriptor;

    /// <summary>The command, narrowed to the fields that are supported.</summary>
    public CommandDescriptor Descriptor { get; }

    /// <summary>How it stands to others in the task set.</summary>
    public Ordering Ordering { get; init; }

    /// <summary>What reservations of others mean for it.</summary>
    public required ReservationAccess Access { get; init; }

    /// <summary>Tells the access from the CDB, where <see cref="Access"/> depends on a field; null where not.</summary>
    public ReservationAccessByCdb? AccessByCdb { get; private init; }

    /// <summary>The conditions it passes.</summary>
    public Conditions Passes { get; init; }

    /// <summary>RECOMMENDED COMMAND TIMEOUT, in seconds: when an initiator may give it up for lost.</summary>
    public uint TimeoutSeconds { get; private set; } = 30;

    /// <summary>It looks at the medium and moves none of its data (VERIFY): counted apart.</summary>
    public bool Verifies { get; private set; }

    /// <summary>The longest parameter data or parameter list, in bytes.</summary>
    public int DataLengthMax { get; init; } = DataLengthDefault;

    /// <summary>A command without data, or one whose handler moves its data and completes it itself.</summary>
    public static SupportedCommand Plain<TUnit>(CommandDescriptor descriptor, ReservationAccess access,
        CommandHandler<TUnit> handler, Conditions passes = Conditions.None, Ordering ordering = Ordering.Independent,
        ReservationAccessByCdb? accessByCdb = null) where TUnit : EmulatedUnit =>
        new PlainCommand<TUnit>(descriptor, handler)
        {
            Access = access,
            AccessByCdb = accessByCdb,
            Passes = passes,
            Ordering = ordering,
        };

    /// <summary>A command that answers parameter data.</summary>
    public static SupportedCommand DataIn<TUnit>(CommandDescriptor descriptor, ReservationAccess access,
        ParameterDataHandler<TUnit> handler, Conditions passes = Conditions.None,
        int dataLengthMax = DataLengthDefault) where TUnit : EmulatedUnit =>
        new ParameterDataCommand<TUnit>(descriptor, handler)
        {
            Access = access,
            Passes = passes,
            DataLengthMax = dataLengthMax,
        };

    /// <summary>A command that takes a parameter list.</summary>
    public static SupportedCommand DataOut<TUnit>(CommandDescriptor descriptor, ReservationAccess access,
        ParameterListHandler<TUnit> handler, Conditions passes = Conditions.None,
        Ordering ordering = Ordering.Independent, int dataLengthMax = DataLengthDefault)
        where TUnit : EmulatedUnit =>
        new ParameterListCommand<TUnit>(descriptor, handler)
        {
            Access = access,
            Passes = passes,
            Ordering = ordering,
            DataLengthMax = dataLengthMax,
        };

    /// <summary>Says how long it may take; when the row is made.</summary>
    public SupportedCommand Within(uint seconds)
    {
        TimeoutSeconds = seconds;
        return this;
    }

    /// <summary>Says that it verifies; when the row is made.</summary>
    public SupportedCommand Verifying()
    {
        Verifies = true;
        return this;
    }

    /// <summary>The access class of a CDB of this command.</summary>
    public ReservationAccess AccessOf(ReadOnlySpan<byte> cdb) => AccessByCdb is { } byCdb ? byCdb(cdb) : Access;

    /// <summary>Begins the command; enabled, on its loop, outside the lock.</summary>
    internal abstract void Start(EmulatedUnit unit, TaskContext command);

    /// <inheritdoc/>
    public override string ToString() => Descriptor.Name;

    private sealed class PlainCommand<TUnit>(CommandDescriptor descriptor, CommandHandler<TUnit> handler)
        : SupportedCommand(descriptor) where TUnit : EmulatedUnit
    {
        internal override void Start(EmulatedUnit unit, TaskContext command)
        {
            var outcome = handler((TUnit)unit, command);
            if (!outcome.IsPending) unit.Complete(command, outcome);
        }
    }

    private sealed class ParameterDataCommand<TUnit>(
        CommandDescriptor descriptor, ParameterDataHandler<TUnit> handler) : SupportedCommand(descriptor)
        where TUnit : EmulatedUnit
    {
        private readonly CdbField _allocationLength = descriptor.AllocationLength
            ?? throw new ArgumentException(descriptor.Name + " has no ALLOCATION LENGTH", nameof(descriptor));

        // SPC-6, SECURITY PROTOCOL IN command: with INC_512 the allocation length counts 512 bytes each.
        private readonly CdbField? _increments = descriptor.Layout.Find("INC_512");

        internal override void Start(EmulatedUnit unit, TaskContext command)
        {
            var task = command.Task;
            var increment = _increments is { } field && field.Get(task.Cdb) != 0 ? 512UL : 1;
            var allocated = (int)Math.Min(_allocationLength.Get(task.Cdb) * increment, (ulong)DataLengthMax);
            if (allocated == 0)
            {
                Answer(unit, command, []);
                return;
            }
            if (!task.TryLeaseDataIn(allocated, out var lease))
            {
                unit.Complete(command, CommandOutcome.TaskSetFull);
                return;
            }
            var delivered = Answer(unit, command, lease.Span, out var outcome);
            Invariant(outcome);
            if (outcome.Status == ScsiStatus.Good && delivered > 0) task.DataIn.Add(lease.Slice(0, delivered));
            else lease.Release();
            unit.Complete(command, outcome);
        }

        private void Answer(EmulatedUnit unit, TaskContext command, Span<byte> nothing)
        {
            Answer(unit, command, nothing, out var outcome);
            Invariant(outcome);
            unit.Complete(command, outcome);
        }

        private int Answer(EmulatedUnit unit, TaskContext command, Span<byte> into, out CommandOutcome outcome)
        {
            var data = new ParameterDataWriter(into);
            outcome = handler((TUnit)unit, command, ref data);
            command.Task.CommandTransferLength = outcome.Status == ScsiStatus.Good ? data.Delivered : 0;
            return data.Delivered;
        }

        private static void Invariant(in CommandOutcome outcome) =>
            Runtime.Invariant.That(!outcome.IsPending, "parameter data is written at once");
    }

    private sealed class ParameterListCommand<TUnit> : SupportedCommand where TUnit : EmulatedUnit
    {
        private readonly ParameterListHandler<TUnit> _handler;
        private readonly CdbField _listLength;
        private readonly CommandStep _arrived;

        public ParameterListCommand(CommandDescriptor descriptor, ParameterListHandler<TUnit> handler)
            : base(descriptor)
        {
            _handler = handler;
            _listLength = descriptor.ParameterListLength ?? descriptor.TransferLength
                ?? throw new ArgumentException(descriptor.Name + " has no PARAMETER LIST LENGTH", nameof(descriptor));
            _arrived = Arrived;
        }

        internal override void Start(EmulatedUnit unit, TaskContext command)
        {
            var task = command.Task;
            var stated = _listLength.Get(task.Cdb);
            task.CommandTransferLength = (long)stated;
            // A list longer than any this command knows, or than the initiator has, cannot be taken whole.
            if (stated > (ulong)DataLengthMax || stated > task.ExpectedDataOutLength)
            {
                unit.Complete(command, CommandOutcome.ParameterListLengthError);
                return;
            }
            var length = (int)stated;
            if (length == 0) Take(unit, command, []);
            else if (command.ImmediateData.Length >= length) Take(unit, command, command.ImmediateData[..length]);
            else unit.RequestDataOut(command, length, _arrived);
        }

        private void Arrived(EmulatedUnit unit, TaskContext command)
        {
            var task = command.Task;
            var length = (int)task.CommandTransferLength;
            if (task.DataOut.Count == 1)
            {
                Take(unit, command, task.DataOut[0].Span[..length]);
                return;
            }
            // The port's pool gave pieces; a list is read as one.
            if (!task.TryLeaseDataIn(length, out var whole))
            {
                unit.Complete(command, CommandOutcome.TaskSetFull);
                return;
            }
            task.DataOut.Read(0, whole.Span);
            var outcome = _handler((TUnit)unit, command, whole.Span);
            whole.Release();
            if (!outcome.IsPending) unit.Complete(command, outcome);
        }

        private void Take(EmulatedUnit unit, TaskContext command, ReadOnlySpan<byte> list)
        {
            var outcome = _handler((TUnit)unit, command, list);
            if (!outcome.IsPending) unit.Complete(command, outcome);
        }
    }
}
