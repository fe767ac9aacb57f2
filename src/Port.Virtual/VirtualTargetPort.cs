using Lunette.Runtime;
using Lunette.Stmf.Contracts;

namespace Lunette.Port.Virtual;

/// <summary>
/// A target port inside the process: no network, no copy more than the one into the caller's memory. Initiators are
/// <see cref="VirtualInitiator"/>s. It names itself as an iSCSI port does, so that what stands in parameter data is
/// well formed everywhere.
/// </summary>
/// <param name="name">Its name in canonical form, such as <c>iqn.2026-11.example:virtual</c>.</param>
/// <param name="alias">The administrator's alias; may be empty.</param>
public sealed class VirtualTargetPort(string name, string alias = "") : TargetPort
{
    private readonly Lock _gate = new();
    private readonly HashSet<VirtualInitiator> _initiators = [];
    private TaskCompletionSource? _drained;
    private bool _online;

    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override string PortName => name + ",t,0x0001";

    /// <inheritdoc/>
    public override string Alias => alias;

    /// <inheritdoc/>
    public override string ProviderName => "virtual";

    /// <inheritdoc/>
    public override byte ProtocolIdentifier => (byte)Scsi.ProtocolIdentifier.Iscsi;

    /// <summary>Whether sessions may be opened.</summary>
    public bool IsOnline
    {
        get
        {
            lock (_gate) return _online;
        }
    }

    /// <summary>The initiators that are logged in.</summary>
    public IReadOnlyList<VirtualInitiator> Initiators
    {
        get
        {
            lock (_gate) return [.. _initiators];
        }
    }

    /// <inheritdoc/>
    public override ValueTask<ControlResult> OnlineAsync(CancellationToken stop)
    {
        lock (_gate) _online = true;
        return new(ControlResult.Success);
    }

    /// <inheritdoc/>
    /// <remarks>Each initiator is asked to log out (<see cref="VirtualInitiator.LogoutRequested"/>); the sessions of
    /// those that have not by the deadline are closed.</remarks>
    public override async ValueTask<ControlResult> OfflineAsync(TimeSpan deadline, CancellationToken stop)
    {
        Task drained;
        lock (_gate)
        {
            _online = false;
            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_initiators.Count == 0) _drained.TrySetResult();
            drained = _drained.Task;
        }
        foreach (var initiator in Initiators) initiator.RequestLogout();
        if (!await drained.CompletesWithinAsync(deadline, TimeProvider.System, stop).ConfigureAwait(false))
        {
            foreach (var initiator in Initiators) initiator.BeginLogout();
            await drained.ConfigureAwait(false);
        }
        lock (_gate) _drained = null;
        return ControlResult.Success;
    }

    internal void Opened(VirtualInitiator initiator)
    {
        lock (_gate) _initiators.Add(initiator);
    }

    internal void Closed(VirtualInitiator initiator)
    {
        lock (_gate)
        {
            _initiators.Remove(initiator);
            if (_initiators.Count == 0) _drained?.TrySetResult();
        }
    }
}
