using Lunette.Adapter.Transports;

namespace Lunette.Adapter.TargetMode;

/// <summary>
/// The target side of an adapter whose senders have names: it gives each its SCSI ID and hands on what they send. What
/// serves the processor device calls <see cref="Receive"/>.
/// </summary>
/// <param name="senders">SCSI IDs by initiator name.</param>
public sealed class SenderNames(IReadOnlyDictionary<string, ulong> senders) : ITargetModeTransport
{
    private volatile ITargetModeReceiver? _receiver;

    /// <inheritdoc/>
    public void AttachReceiver(ITargetModeReceiver receiver) => _receiver = receiver;

    /// <summary>One SEND command's data; any thread.</summary>
    /// <param name="initiator">Name of the initiator; one without a SCSI ID is not listened to.</param>
    /// <param name="data">The data; it is copied before the call returns.</param>
    public TargetModeReception Receive(string initiator, ReadOnlySpan<byte> data) =>
        _receiver is { } receiver && senders.TryGetValue(initiator, out var scsiId)
            ? receiver.Receive(scsiId, data)
            : TargetModeReception.NotStarted;
}
