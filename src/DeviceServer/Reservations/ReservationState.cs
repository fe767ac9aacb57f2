using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Lunette.Scsi;

namespace Lunette.DeviceServer.Reservations;

/// <summary>
/// Persistent reservations as they are saved with APTPL.
/// </summary>
/// <remarks>
/// <code>
/// +0 type, 0 for none   +1 reserved   +2 index of the holder, FFFFh for none   +4 number of registrations
/// per registration:  +0 key (8)   +8 relative target port (2)   +10 flags (1: all target ports)   +11 reserved
///                    +12 TransportID
/// </code>
/// PRGENERATION is not saved: it begins at zero with the power (SPC-6, PERSISTENT RESERVE IN command).
/// </remarks>
internal static class ReservationState
{
    private const int HeaderLength = 8;
    private const int RegistrantLength = 12;

    public static byte[] Encode(PersistentReservations reservations)
    {
        List<byte> bytes = [.. new byte[HeaderLength]];
        Span<byte> fixedPart = stackalloc byte[RegistrantLength];
        foreach (var registrant in reservations.Registrants)
        {
            fixedPart.Clear();
            BinaryPrimitives.WriteUInt64BigEndian(fixedPart, registrant.Key);
            BinaryPrimitives.WriteUInt16BigEndian(fixedPart[8..], registrant.TargetPort);
            fixedPart[10] = (byte)(registrant.AllTargetPorts ? 1 : 0);
            bytes.AddRange(fixedPart);
            bytes.AddRange(registrant.Initiator.Wire);
        }
        Span<byte> header = stackalloc byte[HeaderLength];
        header.Clear();
        header[0] = (byte)(reservations.Type ?? 0);
        var holder = reservations.Holder is { } one ? IndexOf(reservations.Registrants, one) : 0xFFFF;
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)holder);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], reservations.Registrants.Length);
        var encoded = bytes.ToArray();
        header.CopyTo(encoded);
        return encoded;
    }

    public static bool TryDecode(
        ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out PersistentReservations? reservations)
    {
        reservations = PersistentReservations.None;
        if (bytes.IsEmpty) return true;
        reservations = null;
        if (bytes.Length < HeaderLength) return false;
        var (type, holder) = (bytes[0], BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]));
        var count = BinaryPrimitives.ReadInt32BigEndian(bytes[4..]);
        if (count is < 0 or > PersistentReservations.RegistrantsMax) return false;
        var registrants = ImmutableArray.CreateBuilder<Registrant>(count);
        var rest = bytes[HeaderLength..];
        for (var i = 0; i < count; i++)
        {
            if (rest.Length < RegistrantLength) return false;
            if (!TransportId.TryRead(rest[RegistrantLength..], out var initiator, out var consumed, out _))
                return false;
            registrants.Add(new(initiator, BinaryPrimitives.ReadUInt16BigEndian(rest[8..]),
                BinaryPrimitives.ReadUInt64BigEndian(rest), (rest[10] & 1) != 0));
            rest = rest[(RegistrantLength + consumed)..];
        }
        if (type != 0 && !((PersistentReservationType)type).IsDefined()) return false;
        var one = holder < count ? registrants[holder] : null;
        if (type != 0 && one is null && !((PersistentReservationType)type).IsAllRegistrants()) return false;
        reservations = PersistentReservations.None with
        {
            Registrants = registrants.DrainToImmutable(),
            Type = type == 0 ? null : (PersistentReservationType)type,
            Holder = one,
            PersistsThroughPowerLoss = true,
        };
        return true;
    }

    private static int IndexOf(ImmutableArray<Registrant> registrants, Registrant one)
    {
        for (var i = 0; i < registrants.Length; i++)
            if (ReferenceEquals(registrants[i], one)) return i;
        return 0xFFFF;
    }
}
