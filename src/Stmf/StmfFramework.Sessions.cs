using System.Runtime.CompilerServices;
using Lunette.Runtime.Loops;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Contracts.Tasks;
using Lunette.Stmf.Observability;
using Lunette.Stmf.Transitions;

namespace Lunette.Stmf;

/// <content>What ports ask for: sessions and the task router.</content>
public sealed partial class StmfFramework
{
    /// <inheritdoc/>
    public ItNexus? OpenSession(TargetPort port, InitiatorPort initiator, Loop loop)
    {
        lock (_gate)
        {
            if (!_ports.TryGetValue(port.Name, out var managed) || !ReferenceEquals(managed.Port, port)) return null;
            if (managed.State != ObjectState.Online || _sessions.Count >= _options.SessionsMax) return null;
            var groups = _configuration.GroupsOfNexus(initiator.Name, port.Name);
            var map = _sessions.MapFor(groups, _configuration);
            var nexus = new ItNexus(++_nexusNumber, initiator, port, loop, map.Map, _time.GetUtcNow())
            {
                Activity = _activity.Opened(loop),
            };
            _sessions.Add(new(nexus, managed, map));
            _events.Publish(new SessionOpened(nexus));
            return nexus;
        }
    }

    /// <inheritdoc/>
    public void CloseSession(ItNexus nexus, LoopWork closed)
    {
        lock (_gate)
        {
            if (_sessions.Find(nexus) is { } session) session.Closing = true;
        }
        _router.Lose(nexus, () => Closed(nexus, closed));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Submit(ScsiTask task) => _router.Submit(task);

    /// <inheritdoc/>
    public void Manage(TaskManagementRequest request) => _router.Manage(request);

    private void Closed(ItNexus nexus, LoopWork closed)
    {
        lock (_gate)
        {
            if (_sessions.Find(nexus) is { } session)
            {
                _sessions.Remove(session);
                _activity.Closed(nexus, session.Port, _units.Values);
                _events.Publish(new SessionClosed(nexus));
            }
        }
        nexus.Loop.Post(closed);
    }
}
