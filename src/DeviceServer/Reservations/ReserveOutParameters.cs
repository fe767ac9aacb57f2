using System.Collections.Immutable;
using Lunette.Scsi;

namespace Lunette.DeviceServer.Reservations;

/// <summary>The parameter list of PERSISTENT RESERVE OUT (SPC-6), read and checked for its form.</summary>
/// <param name="Key">RESERVATION KEY.</param>
/// <param name="ServiceActionKey">SERVICE ACTION RESERVATION KEY.</param>
/// <param name="SpecifyInitiatorPorts">SPEC_I_PT.</param>
/// <param name="AllTargetPorts">ALL_TG_PT.</param>
/// <param name="PersistThroughPowerLoss">APTPL.</param>
/// <param name="Initiators">The TransportIDs of SPEC_I_PT.</param>
public sealed record ReserveOutParameters(
    ulong Key,
    ulong ServiceActionKey,
    bool SpecifyInitiatorPorts,
    bool AllTargetPorts,
    bool PersistThroughPowerLoss,
    ImmutableArray<TransportId> Initiators)
{
    /// <summary>Length of the list where no TransportIDs follow, in bytes.</summary>
    public const int Length = 24;

    /// <summary>Reads a list; the sense is null where its form is right.</summary>
    /// <param name="list">As received.</param>
    /// <param name="mayNameInitiators">Whether SPEC_I_PT has a meaning for the service action.</param>
    /// <param name="parameters">What was read.</param>
    public static Sense? Read(ReadOnlySpan<byte> list, bool mayNameInitiators, out ReserveOutParameters parameters)
    {
        var reader = new ParameterListReader(list);
        var key = reader.ReadUInt64();
        var serviceActionKey = reader.ReadUInt64();
        reader.Skip(4);                                 // obsolete: scope specific address
        var flags = reader.ReadByte();
        if ((flags & 0xF2) != 0) reader.Refuse(20, System.Numerics.BitOperations.Log2((uint)(flags & 0xF2)));
        reader.Reserved(1);
        reader.Skip(2);                                 // obsolete: extent length
        var specify = (flags & 0x08) != 0;
        if (specify && !mayNameInitiators) reader.Refuse(20, bit: 3);
        List<TransportId> initiators = [];
        if (specify && reader.Failure is null) reader = ReadInitiators(list, reader, initiators);
        else if (reader.Remaining > 0) reader.Fail(Sense.Illegal(AdditionalSense.ParameterListLengthError));
        parameters = new(key, serviceActionKey, specify, (flags & 0x04) != 0, (flags & 0x01) != 0, [.. initiators]);
        return reader.Failure;
    }

    private static ParameterListReader ReadInitiators(
        ReadOnlySpan<byte> list, ParameterListReader reader, List<TransportId> initiators)
    {
        var length = reader.ReadUInt32();
        if (reader.Failure is null && length != reader.Remaining)
            reader.Fail(Sense.Illegal(AdditionalSense.ParameterListLengthError));
        for (var at = Length + 4; reader.Failure is null && at < list.Length;)
        {
            if (TransportId.TryRead(list[at..], out var id, out var consumed, out var errorAt))
            {
                initiators.Add(id);
                at += consumed;
            }
            else if (errorAt < 0)
            {
                reader.Fail(Sense.Illegal(AdditionalSense.ParameterListLengthError));
            }
            else
            {
                reader.Refuse(at + errorAt);
            }
        }
        return reader;
    }
}
