namespace Lunette.Adapter.Transports;

/// <summary>
/// The target side of a transport, for adapters that act as a processor device: other initiators SEND data to it. Any
/// thread may call either side.
/// </summary>
public interface ITargetModeTransport
{
    /// <summary>Takes the receiver of everything that is sent to this adapter.</summary>
    void AttachReceiver(ITargetModeReceiver receiver);
}

/// <summary>Receives what initiators SEND.</summary>
public interface ITargetModeReceiver
{
    /// <summary>
    /// One SEND command's data.
    /// </summary>
    /// <param name="senderId">SCSI ID of the initiator.</param>
    /// <param name="data">The data; it is copied before the call returns.</param>
    /// <returns>How it was received.</returns>
    TargetModeReception Receive(ulong senderId, ReadOnlySpan<byte> data);
}

/// <summary>What became of a SEND.</summary>
public enum TargetModeReception : byte
{
    /// <summary>It is in buffers of the receiver.</summary>
    Received,

    /// <summary>No path is started for this sender.</summary>
    NotStarted,

    /// <summary>No buffer is free, or none to say by TM_ERROR that it is too long: the data is held back until one is,
    /// answered BUSY here.</summary>
    HeldBack,

    /// <summary>All buffers of the path together could not hold it; the receiver was told by TM_ERROR.</summary>
    TooLong,
}
