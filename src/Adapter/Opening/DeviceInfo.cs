using Lunette.Adapter.Transports;

namespace Lunette.Adapter.Opening;

/// <summary>Answer of IOCINFO (<c>devinfo</c>) for an adapter.</summary>
/// <param name="DeviceType">DD_BUS.</param>
/// <param name="Subtype">The kind of adapter.</param>
/// <param name="CardScsiId">Its own SCSI ID; parallel adapters only.</param>
/// <param name="MaxTransferBytes">The longest transfer.</param>
public sealed record DeviceInfo(char DeviceType, AdapterKind Subtype, ulong CardScsiId, int MaxTransferBytes)
{
    /// <summary>DD_BUS.</summary>
    public const char Bus = 'b';
}
