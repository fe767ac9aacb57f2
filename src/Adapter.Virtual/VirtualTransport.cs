using Lunette.Adapter.Transports;
using Lunette.Port.Virtual;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;

namespace Lunette.Adapter.Virtual;

/// <summary>
/// The adapter's way to targets in the same process. A target is logged in to when it is first needed, on the adapter's
/// own loop, so a command and its answer take no hop; a SCSI ID without a port, or whose port is offline, does not
/// answer.
/// </summary>
public sealed class VirtualTransport : IAdapterTransport
{
    private readonly Dictionary<ulong, VirtualLink> _links = [];
    private readonly string _initiatorName;
    private readonly BufferPool _pool;
    private Loop? _loop;
    private ITransportObserver? _observer;

    /// <summary>Makes a transport.</summary>
    /// <param name="initiatorName">The name it logs in with, such as <c>iqn.2026-11.example:host</c>.</param>
    /// <param name="bindings">The targets by SCSI ID.</param>
    /// <param name="pool">Where the port's buffers come from; one of its own where null.</param>
    /// <param name="targetMode">The adapter's own target side; null for none.</param>
    public VirtualTransport(string initiatorName, IEnumerable<VirtualBinding> bindings, BufferPool? pool = null,
        ITargetModeTransport? targetMode = null)
    {
        _initiatorName = initiatorName;
        _pool = pool ?? new BufferPool(64 << 20);
        foreach (var binding in bindings) _links.Add(binding.ScsiId, new VirtualLink(this, binding));
        Description = new TransportDescription
        {
            Kind = AdapterKind.VirtualClient,
            MaxTransferBytes = 8 << 20,
            TargetMode = targetMode,
        };
    }

    /// <inheritdoc/>
    public TransportDescription Description { get; }

    /// <summary>How writes reach the targets; takes effect with the next login.</summary>
    public DataOutDelivery DataOutDelivery { get; set; }

    /// <inheritdoc/>
    public IReadOnlyList<TransportTarget> Targets =>
        [.. _links.Values.Select(link => new TransportTarget(link.Binding.ScsiId, link.Binding.Port.Name))];

    internal Loop Loop => _loop!;

    internal BufferPool Pool => _pool;

    internal string InitiatorName => _initiatorName;

    internal ITransportObserver Observer => _observer!;

    /// <inheritdoc/>
    public void Attach(Loop loop, ITransportObserver observer)
    {
        _loop = loop;
        _observer = observer;
    }

    /// <summary>The session with a target as the port sees it; null while there is none.</summary>
    public VirtualInitiator? FindSession(ulong scsiId) => _links.GetValueOrDefault(scsiId)?.Session;

    /// <inheritdoc/>
    public void Connect(TransportConnection connection)
    {
        var connected = _links.GetValueOrDefault(connection.ScsiId)?.TryConnect() is not null;
        connection.Complete(connected ? TransportOutcome.Answered : TransportOutcome.NoDevice);
    }

    /// <inheritdoc/>
    public void Start(TransportCommand command)
    {
        if (_links.TryGetValue(command.ScsiId, out var link)) link.Start(command);
        else command.Complete(TransportOutcome.NoDevice);
    }

    /// <inheritdoc/>
    public void Manage(TransportManagement management)
    {
        if (_links.TryGetValue(management.ScsiId, out var link)) link.Manage(management);
        else management.Complete(TransportOutcome.NoDevice);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        foreach (var link in _links.Values) link.Close();
        return ValueTask.CompletedTask;
    }
}
