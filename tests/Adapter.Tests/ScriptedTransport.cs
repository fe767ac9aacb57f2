using Lunette.Adapter.Transports;
using Lunette.Runtime.Loops;
using Lunette.Scsi;

namespace Lunette.Adapter.Tests;

/// <summary>A transport at whose far end the test stands: it sees every request and answers when it likes.</summary>
internal sealed class ScriptedTransport : IAdapterTransport
{
    public List<TransportCommand> Commands { get; } = [];

    public List<TransportManagement> Functions { get; } = [];

    /// <summary>Answers a function at once; null keeps it for the test.</summary>
    public Func<TransportManagement, (TransportOutcome Outcome, ServiceResponse Response)?> OnManage { get; set; } =
        _ => (TransportOutcome.Answered, ServiceResponse.FunctionComplete);

    /// <summary>Whether a function that is complete ends the commands it covers, as targets do.</summary>
    public bool EndsCovered { get; set; } = true;

    public ITransportObserver Observer { get; private set; } = null!;

    public TransportDescription Description { get; init; } = new() { Kind = AdapterKind.Parallel };

    public IReadOnlyList<TransportTarget> Targets => [new(0, "zero"), new(2, "two", 0x5000_0000_0000_0002)];

    public void Attach(Loop loop, ITransportObserver observer) => Observer = observer;

    /// <summary>Logins that wait for the test, where it wants them to.</summary>
    public List<TransportConnection>? Connections { get; set; }

    public void Connect(TransportConnection connection)
    {
        if (Connections is not null) Connections.Add(connection);
        else connection.Complete(Targets.Any(target => target.ScsiId == connection.ScsiId)
            ? TransportOutcome.Answered
            : TransportOutcome.NoDevice);
    }

    /// <summary>Hears of each command as it comes; the object may have come before.</summary>
    public Action<TransportCommand>? Started { get; set; }

    public void Start(TransportCommand command)
    {
        Commands.Add(command);
        Started?.Invoke(command);
    }

    public void Manage(TransportManagement management)
    {
        Functions.Add(management);
        if (OnManage(management) is { } answer) Answer(management, answer.Outcome, answer.Response);
    }

    public void Answer(TransportManagement management, TransportOutcome outcome, ServiceResponse response)
    {
        if (EndsCovered && outcome == TransportOutcome.Answered && response == ServiceResponse.FunctionComplete)
            foreach (var command in Commands.Where(command => Covers(management, command)).ToArray())
                End(command, TransportOutcome.Aborted);
        management.Response = response;
        management.Complete(outcome);
    }

    public void End(TransportCommand command, TransportOutcome outcome)
    {
        Commands.Remove(command);
        command.Complete(outcome);
    }

    public void Answer(TransportCommand command, ScsiStatus status, ReadOnlySpan<byte> sense = default)
    {
        command.Status = status;
        command.SetSense(sense);
        command.TransferredBytes = status == ScsiStatus.Good ? command.Data.Length : 0;
        End(command, TransportOutcome.Answered);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static bool Covers(TransportManagement management, TransportCommand command) => management.Function switch
    {
        TaskManagementFunction.AbortTask => management.Command == command,
        TaskManagementFunction.TargetWarmReset or TaskManagementFunction.ItNexusReset =>
            management.ScsiId == command.ScsiId,
        TaskManagementFunction.ClearAca => false,
        _ => management.ScsiId == command.ScsiId && management.Lun == command.Lun,
    };
}
