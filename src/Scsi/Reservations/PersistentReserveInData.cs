namespace Lunette.Scsi;

/// <summary>A registration as READ FULL STATUS reports it.</summary>
/// <param name="ReservationKey">RESERVATION KEY.</param>
/// <param name="AllTargetPorts">ALL_TG_PT: the registration is for every target port.</param>
/// <param name="HoldsReservation">R_HOLDER.</param>
/// <param name="Type">TYPE of the reservation it holds.</param>
/// <param name="RelativeTargetPort">RELATIVE TARGET PORT IDENTIFIER; no meaning with ALL_TG_PT.</param>
/// <param name="Initiator">The initiator port; null where untrusted bytes held none we know.</param>
public sealed record FullStatusDescriptor(
    ulong ReservationKey, bool AllTargetPorts, bool HoldsReservation, PersistentReservationType Type,
    ushort RelativeTargetPort, TransportId? Initiator);

/// <summary>A reservation as READ RESERVATION reports it.</summary>
/// <param name="ReservationKey">RESERVATION KEY; zero for the all registrants types.</param>
/// <param name="Type">TYPE.</param>
public readonly record struct ReservationDescriptor(ulong ReservationKey, PersistentReservationType Type);

/// <summary>PERSISTENT RESERVE IN parameter data (SPC-6): keys, reservation and full status.</summary>
public static class PersistentReserveInData
{
    private const int HeaderLength = 8;

    /// <summary>Writes READ KEYS data.</summary>
    public static void WriteKeys(ref ParameterDataWriter to, uint generation, scoped ReadOnlySpan<ulong> keys)
    {
        to.WriteUInt32(generation);
        to.WriteUInt32((uint)keys.Length * 8);
        foreach (var key in keys) to.WriteUInt64(key);
    }

    /// <summary>Writes READ RESERVATION data.</summary>
    public static void WriteReservation(ref ParameterDataWriter to, uint generation, ReservationDescriptor? reservation)
    {
        to.WriteUInt32(generation);
        to.WriteUInt32(reservation is null ? 0 : 16u);
        if (reservation is not { } held) return;
        to.WriteUInt64(held.ReservationKey);
        to.WriteZeros(5);
        to.WriteByte((byte)held.Type & 0x0F);           // scope 0h: logical unit
        to.WriteZeros(2);
    }

    /// <summary>Writes READ FULL STATUS data.</summary>
    public static void WriteFullStatus(
        ref ParameterDataWriter to, uint generation, IReadOnlyList<FullStatusDescriptor> registrations)
    {
        to.WriteUInt32(generation);
        var lengthAt = to.ReserveUInt32();
        for (var i = 0; i < registrations.Count; i++)
        {
            var registration = registrations[i];
            to.WriteUInt64(registration.ReservationKey);
            to.WriteZeros(4);
            to.WriteByte(VpdPage.Flag(registration.AllTargetPorts, 1) | VpdPage.Flag(registration.HoldsReservation, 0));
            to.WriteByte((byte)registration.Type & 0x0F);
            to.WriteZeros(4);
            to.WriteUInt16(registration.RelativeTargetPort);
            to.WriteUInt32((uint)(registration.Initiator?.Length ?? 0));
            if (registration.Initiator is { } initiator) to.Write(initiator.Wire);
        }

        to.CloseUInt32(lengthAt);
    }

    /// <summary>PRGENERATION, which all three begin with.</summary>
    public static uint Generation(ReadOnlySpan<byte> bytes) => new ParameterDataView(bytes).UInt32(0);

    /// <summary>Reads untrusted READ KEYS data: the whole keys that arrived.</summary>
    public static IReadOnlyList<ulong> ParseKeys(ReadOnlySpan<byte> bytes)
    {
        var view = Open(bytes);
        List<ulong> keys = [];
        for (var at = HeaderLength; view.Has(at, 8); at += 8) keys.Add(view.UInt64(at));
        return keys;
    }

    /// <summary>Reads untrusted READ RESERVATION data; null when there is no reservation, or it is cut off.</summary>
    public static ReservationDescriptor? ParseReservation(ReadOnlySpan<byte> bytes)
    {
        var view = Open(bytes);
        return view.Has(HeaderLength, 14)
            ? new(view.UInt64(8), (PersistentReservationType)view.Bits(21, 0, 4))
            : null;
    }

    /// <summary>Reads untrusted READ FULL STATUS data up to the first descriptor that is cut off.</summary>
    public static IReadOnlyList<FullStatusDescriptor> ParseFullStatus(ReadOnlySpan<byte> bytes)
    {
        var view = Open(bytes);
        List<FullStatusDescriptor> registrations = [];
        for (var at = HeaderLength; view.Has(at, 24);)
        {
            var length = view.UInt32(at + 20);
            if (length > (uint)view.Length || !view.Has(at + 24, (int)length)) break;
            TransportId.TryRead(view.Slice(at + 24, (int)length), out var initiator, out _, out _);
            registrations.Add(new(view.UInt64(at), view.Bit(at + 12, 1), view.Bit(at + 12, 0),
                (PersistentReservationType)view.Bits(at + 13, 0, 4), view.UInt16(at + 18), initiator));
            at += 24 + (int)length;
        }

        return registrations;
    }

    private static ParameterDataView Open(ReadOnlySpan<byte> bytes)
    {
        var view = new ParameterDataView(bytes);
        return view.CutAt(HeaderLength + (long)view.UInt32(4));
    }
}
