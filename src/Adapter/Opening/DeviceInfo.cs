using System.Buffers.Binary;
using Lunette.Adapter.Arguments;
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

    private const int UnionOffset = 4;

    /// <summary>
    /// The structure as a caller's program lays it out: device type, flags, subtype, then the part of this kind of
    /// adapter. Its fields and their order are the header's, the offsets are inferred.
    /// <code>
    /// 0 devtype  1 flags  2 devsubtype (short)
    /// 4 parallel: card_scsi_id (byte)                8 max_transfer
    /// 4 iSCSI:    flags           8 transfer_rate   12 max_transfer
    /// 4 others:   flags, or the server's identifier  8 max_transfer
    /// </code>
    /// </summary>
    public byte[] ToBytes(CallerAbi abi)
    {
        var transferAt = Subtype == AdapterKind.Iscsi ? UnionOffset + 8 : UnionOffset + 4;
        var bytes = new byte[transferAt + sizeof(int)];
        bytes[0] = (byte)DeviceType;
        if (Subtype == AdapterKind.Parallel) bytes[UnionOffset] = (byte)CardScsiId;
        if (abi.BigEndian)
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)Subtype);
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(transferAt), MaxTransferBytes);
        }
        else
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2), (ushort)Subtype);
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(transferAt), MaxTransferBytes);
        }
        return bytes;
    }
}
