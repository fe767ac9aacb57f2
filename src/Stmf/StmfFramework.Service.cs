using Lunette.Runtime;
using Lunette.Stmf.Objects;
using Lunette.Stmf.Observability;
using Lunette.Stmf.Transitions;

namespace Lunette.Stmf;

/// <content>The service as a whole.</content>
public sealed partial class StmfFramework
{
    private readonly Machine<ServiceState, ServiceEvent, ServiceAction> _service;

    // What the service has still to ask, one wave after the other has settled.
    private readonly Queue<Action> _waves = new();
    private TaskCompletionSource? _serviceSettled;
    private bool _running;
    private bool _evaluating;
    private int _onlining;
    private int _offlining;

    /// <summary>
    /// Takes the service online: logical units come online first and then target ports, unless their default state is
    /// offline, so that an initiator that logs in finds its logical units. Accepted when this returns. The
    /// configuration must be loaded: ConfigurationNone, ServiceOnline, Busy.
    /// </summary>
    public StmfResult Online()
    {
        lock (_gate)
        {
            if (_loading.State == ConfigurationState.Init)
                return StmfResult.Refused(Refusal.Busy, "the configuration is being loaded");
            if (_loading.State != ConfigurationState.InitDone) return s_noConfiguration;
            return RequestService(ServiceEvent.OnlineRequested);
        }
    }

    /// <summary>
    /// Takes the service offline: target ports go first, so that initiators can finish, then logical units. Accepted
    /// when this returns. ServiceOffline, Busy.
    /// </summary>
    public StmfResult Offline()
    {
        lock (_gate) return RequestService(ServiceEvent.OfflineRequested);
    }

    /// <summary>Waits until no object is on its way any more; the answer is the state of the service.</summary>
    public async ValueTask<ServiceState> WaitForServiceAsync(CancellationToken stop = default)
    {
        Task settled;
        lock (_gate) settled = _serviceSettled?.Task ?? Task.CompletedTask;
        if (!await settled.CompletesAsync(stop)) throw new OperationCanceledException(stop);
        await settled;
        return State.Service;
    }

    /// <summary>Takes the service offline from wherever it is and waits for it; for the end of a process.</summary>
    /// <param name="stop">Gives up waiting.</param>
    public async ValueTask ShutDownAsync(CancellationToken stop = default)
    {
        while (await WaitForServiceAsync(stop) != ServiceState.Offline) Offline();
    }

    private StmfResult RequestService(ServiceEvent request)
    {
        switch (FireService(request))
        {
            case ServiceAction.RefuseOnline:
                return StmfResult.Refused(Refusal.ServiceOnline, "the service is online already");
            case ServiceAction.RefuseOffline:
                return StmfResult.Refused(Refusal.ServiceOffline, "the service is offline already");
            case ServiceAction.RefuseBusy:
                return StmfResult.Refused(Refusal.Busy, $"the service is {_service.State}");
            case ServiceAction.BringObjectsOnline:
                _running = true;
                _waves.Enqueue(BringUnitsOnline);
                _waves.Enqueue(BringPortsOnline);
                break;
            case ServiceAction.TakeObjectsOffline:
                _running = false;
                _waves.Enqueue(() => TakeOffline(_ports.Values));
                _waves.Enqueue(() => TakeOffline(_units.Values));
                break;
        }
        EvaluateService();
        return StmfResult.Success;
    }

    private void BringUnitsOnline()
    {
        if (_configuration.Properties.LogicalUnitsOnline) BringOnline(_units.Values);
    }

    private void BringPortsOnline()
    {
        if (!_configuration.Properties.TargetPortsOnline) return;
        foreach (var port in _ports.Values) port.Flaps.Reset();
        BringOnline(_ports.Values);
    }

    // A refusal of one object (forced offline, on its way elsewhere) is no refusal of the service.
    private void BringOnline(IEnumerable<ManagedObject> objects)
    {
        foreach (var managed in objects) Request(managed, ObjectEvent.AutomaticOnlineRequested, "service online");
    }

    private void TakeOffline(IEnumerable<ManagedObject> objects)
    {
        foreach (var managed in objects)
        {
            if (managed is ManagedPort { State: ObjectState.Online } port)
                port.Deadline = _options.TargetOfflineDeadline;
            Request(managed, ObjectEvent.OfflineRequested, "service offline");
        }
    }

    /// <summary>
    /// Under the lock, after every change of an object: sends out the next wave when the one before has settled, and
    /// says where the service is. While it runs, ONLINING as long as any object is; while it does not, OFFLINING.
    /// </summary>
    private void EvaluateService()
    {
        if (_evaluating) return;        // a wave's own requests come back here
        _evaluating = true;
        while (!IsMoving && _waves.TryDequeue(out var wave)) wave();
        _evaluating = false;
        if (IsMoving)
        {
            FireService(ServiceEvent.ObjectMoving);
        }
        else if (_service.State is ServiceState.Onlining or ServiceState.Offlining)
        {
            FireService(ServiceEvent.ObjectsSettled);
        }
    }

    private bool IsMoving => (_running ? _onlining : _offlining) > 0;

    private ServiceAction FireService(ServiceEvent happened)
    {
        var before = _service.State;
        var action = _service.Fire(happened, happened.ToString());
        if (_service.State == before) return action;
        _events.Publish(new ServiceStateChanged(_service.State));
        if (_service.State is ServiceState.Onlining or ServiceState.Offlining)
        {
            _serviceSettled ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        else
        {
            _serviceSettled?.TrySetResult();
            _serviceSettled = null;
        }
        return action;
    }
}
