using Lunette.Adapter.Transports;
using Lunette.Runtime.Loops;
using Lunette.Scsi;

namespace Lunette.Adapter.ErrorRecovery;

/// <summary>How a task management function went.</summary>
internal enum ManagementResult : byte
{
    Complete,
    Refused,
    NoAnswer,
    NoDevice,
    ConnectionLost,
    NoMemory,
    HostFailure,
}

/// <summary>
/// One task management function with the adapter's internal time-out. An answer that comes after it is not looked at.
/// </summary>
internal sealed class ManagementAttempt : LoopTimer
{
    private readonly ScsiAdapter _adapter;
    private readonly TransportManagement _management;
    private Action<ManagementResult>? _ended;

    private ManagementAttempt(ScsiAdapter adapter, TaskManagementFunction function, TransportCommand? command,
        Action<ManagementResult> ended)
    {
        _adapter = adapter;
        _ended = ended;
        _management = new TransportManagement(function, Answered) { Command = command };
    }

    public static void Start(ScsiAdapter adapter, TaskManagementFunction function, ulong scsiId, Lun lun,
        TransportCommand? command, Action<ManagementResult> ended)
    {
        var attempt = new ManagementAttempt(adapter, function, command, ended);
        adapter.Loop.Arm(attempt, adapter.Attributes.InternalTimeout);
        attempt._management.Begin(adapter.Loop, scsiId, lun);
        adapter.Transport.Manage(attempt._management);
    }

    public override void Fire() => End(ManagementResult.NoAnswer);

    private void Answered(TransportManagement management) => End(management.Outcome switch
    {
        TransportOutcome.Answered => management.Response switch
        {
            // A logical unit that is not there has no task either.
            ServiceResponse.FunctionComplete or ServiceResponse.FunctionSucceeded
                or ServiceResponse.IncorrectLogicalUnitNumber => ManagementResult.Complete,
            ServiceResponse.ServiceDeliveryOrTargetFailure => ManagementResult.ConnectionLost,
            _ => ManagementResult.Refused,
        },
        // The session went away under it, and every command with it.
        TransportOutcome.Aborted or TransportOutcome.Reset => ManagementResult.Complete,
        TransportOutcome.NoDevice => ManagementResult.NoDevice,
        TransportOutcome.ConnectionLost => ManagementResult.ConnectionLost,
        TransportOutcome.NoMemory => ManagementResult.NoMemory,
        _ => ManagementResult.HostFailure,
    });

    private void End(ManagementResult result)
    {
        _adapter.Loop.Disarm(this);
        var ended = _ended;
        _ended = null;
        ended?.Invoke(result);
    }
}
