using Lunette.Scsi;

namespace Lunette.DeviceServer.Reservations;

/// <summary>The parameter list of PERSISTENT RESERVE OUT with REGISTER AND MOVE (SPC-6).</summary>
/// <param name="Key">RESERVATION KEY.</param>
/// <param name="ServiceActionKey">SERVICE ACTION RESERVATION KEY.</param>
/// <param name="Unregister">UNREG.</param>
/// <param name="PersistThroughPowerLoss">APTPL.</param>
/// <param name="TargetPort">RELATIVE TARGET PORT IDENTIFIER.</param>
/// <param name="Initiator">Where the reservation goes.</param>
public sealed record MoveParameters(
    ulong Key,
    ulong ServiceActionKey,
    bool Unregister,
    bool PersistThroughPowerLoss,
    ushort TargetPort,
    TransportId Initiator)
{
    private const int TransportIdAt = 24;

    /// <summary>Reads a list; the sense is null where its form is right, and only then there are parameters.</summary>
    public static Sense? Read(ReadOnlySpan<byte> list, out MoveParameters? parameters)
    {
        parameters = null;
        var reader = new ParameterListReader(list);
        var key = reader.ReadUInt64();
        var serviceActionKey = reader.ReadUInt64();
        reader.Reserved(1);
        var flags = reader.ReadByte();
        if ((flags & 0xFC) != 0) reader.Refuse(17, System.Numerics.BitOperations.Log2(flags));
        var port = reader.ReadUInt16();
        var length = reader.ReadUInt32();
        if (reader.Failure is null && length != reader.Remaining)
            reader.Fail(Sense.Illegal(AdditionalSense.ParameterListLengthError));
        if (reader.Failure is { } failure) return failure;
        if (!TransportId.TryRead(list[TransportIdAt..], out var initiator, out var consumed, out var errorAt))
        {
            return errorAt < 0
                ? Sense.Illegal(AdditionalSense.ParameterListLengthError)
                : Sense.InvalidFieldInParameterList(TransportIdAt + errorAt);
        }
        if (consumed != length) return Sense.Illegal(AdditionalSense.ParameterListLengthError);
        // The reservation goes to one port: an iSCSI name alone does not say which.
        if (initiator.Protocol == ProtocolIdentifier.Iscsi && initiator.Isid is null)
            return Sense.InvalidFieldInParameterList(TransportIdAt);
        parameters = new(key, serviceActionKey, (flags & 0x02) != 0, (flags & 0x01) != 0, port, initiator);
        return null;
    }
}
