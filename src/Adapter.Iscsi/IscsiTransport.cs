using Lunette.Adapter.Transports;
using Lunette.Initiator.Iscsi;
using Lunette.Runtime.Loops;

namespace Lunette.Adapter.Iscsi;

/// <summary>
/// The adapter's way to iSCSI targets: one session per SCSI ID, logged in when it is first needed. The initiator is the
/// caller's and outlives the transport.
/// </summary>
public sealed class IscsiTransport : IAdapterTransport
{
    private readonly Dictionary<ulong, IscsiLink> _links = [];
    private readonly Lock _gate = new();
    private Task? _closing;

    /// <summary>Makes a transport.</summary>
    /// <param name="initiator">The initiator node.</param>
    /// <param name="bindings">The targets by SCSI ID.</param>
    public IscsiTransport(IscsiInitiator initiator, IEnumerable<IscsiBinding> bindings)
    {
        foreach (var binding in bindings) _links.Add(binding.ScsiId, new IscsiLink(this, initiator, binding));
    }

    /// <inheritdoc/>
    public TransportDescription Description { get; } = new()
    {
        Kind = AdapterKind.Iscsi,
        MaxTransferBytes = 8 << 20,
        CdbLengthMax = IscsiCommand.CdbLengthMax,
    };

    /// <inheritdoc/>
    public IReadOnlyList<TransportTarget> Targets =>
        [.. _links.Values.Select(link => new TransportTarget(link.ScsiId, link.TargetName))];

    internal ITransportObserver? Observer { get; private set; }

    /// <inheritdoc/>
    public void Attach(Loop loop, ITransportObserver observer) => Observer = observer;

    /// <inheritdoc/>
    public void Connect(TransportConnection connection)
    {
        if (_links.TryGetValue(connection.ScsiId, out var link)) link.Enter(connection);
        else connection.Complete(TransportOutcome.NoDevice);
    }

    /// <inheritdoc/>
    public void Start(TransportCommand command)
    {
        if (_links.TryGetValue(command.ScsiId, out var link)) link.Enter(command);
        else command.Complete(TransportOutcome.NoDevice);
    }

    /// <inheritdoc/>
    public void Manage(TransportManagement management)
    {
        if (_links.TryGetValue(management.ScsiId, out var link)) link.Enter(management);
        else management.Complete(TransportOutcome.NoDevice);
    }

    /// <summary>What the session with a target runs by; null where there is none yet, or any more.</summary>
    public IscsiSessionSettings? SettingsOf(ulong scsiId) => _links.GetValueOrDefault(scsiId)?.Settings;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        lock (_gate) return new(_closing ??= Task.WhenAll(_links.Values.Select(link => link.CloseAsync())));
    }
}
