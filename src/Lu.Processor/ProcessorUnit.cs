using Lunette.DeviceServer;
using Lunette.DeviceServer.Commands;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;

namespace Lunette.Lu.Processor;

/// <summary>
/// A processor device (SPC-2, Processor devices): a host as a target. What initiators SEND goes to its receiver, one
/// command's data at a time; it keeps nothing of it.
/// </summary>
public sealed class ProcessorUnit : EmulatedUnit
{
    /// <summary>The longest SEND in bytes.</summary>
    public const int SendLengthMax = 1 << 20;

    private static readonly CommandTable<SupportedCommand> s_rows = TableOf(
        SupportedCommand.DataOut<ProcessorUnit>(ProcessorCommands.Send, ReservationAccess.WhenWriting, Send,
            dataLengthMax: SendLengthMax));

    private readonly SendReceiver _receiver;

    /// <summary>Makes a processor device; it is out of service until it is taken online.</summary>
    /// <param name="options">Who it is.</param>
    /// <param name="receiver">Receives what is sent.</param>
    public ProcessorUnit(UnitOptions options, SendReceiver receiver) : base(options, s_rows) => _receiver = receiver;

    /// <inheritdoc/>
    protected override Peripheral Peripheral => new(default, PeripheralDeviceType.Processor);

    /// <inheritdoc/>
    protected override ValueTask<ControlResult> OpenAsync(CancellationToken stop) => new(ControlResult.Success);

    /// <inheritdoc/>
    protected override ValueTask<ControlResult> CloseAsync(CancellationToken stop) => new(ControlResult.Success);

    private static CommandOutcome Send(ProcessorUnit unit, TaskContext command, ReadOnlySpan<byte> data) =>
        unit._receiver(command.Task.Nexus.Initiator.Name, data) switch
        {
            SendReception.Received => CommandOutcome.Good,
            // SAM-6, BUSY status: the initiator comes again; nothing of this command was taken.
            SendReception.HeldBack => CommandOutcome.Busy,
            SendReception.TooLong => CommandOutcome.ParameterListLengthError,
            _ => CommandOutcome.Check(SenseKey.NotReady, AdditionalSense.LogicalUnitNotReadyManualInterventionRequired),
        };
}

/// <summary>Receives one SEND command's data; on the loop of the nexus, and it must not block.</summary>
/// <param name="initiator">Name of the initiator.</param>
/// <param name="data">The data; it is to be copied before the call returns.</param>
public delegate SendReception SendReceiver(string initiator, ReadOnlySpan<byte> data);

/// <summary>What became of a SEND.</summary>
public enum SendReception : byte
{
    /// <summary>The receiver has all of it.</summary>
    Received,

    /// <summary>The receiver has no room now: BUSY.</summary>
    HeldBack,

    /// <summary>The receiver could not take as much at once whatever room it had.</summary>
    TooLong,

    /// <summary>Nobody listens to this initiator: NOT READY.</summary>
    NobodyListens,
}
