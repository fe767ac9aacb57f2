using System.Collections.Immutable;
using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.DeviceServer.Reservations;

/// <summary>
/// The registrations and the reservation of one logical unit: an immutable value. Verbs make the next one and say what
/// the change does to others (see <see cref="ReservationChange"/>); nothing is done here.
/// </summary>
public sealed record PersistentReservations
{
    /// <summary>Registrations a logical unit has room for.</summary>
    public const int RegistrantsMax = 1024;

    /// <summary>Nothing registered.</summary>
    public static PersistentReservations None { get; } = new();

    /// <summary>PRGENERATION. It is not kept over a power cycle.</summary>
    public uint Generation { get; init; }

    /// <summary>The registrations, oldest first.</summary>
    public ImmutableArray<Registrant> Registrants { get; init; } = [];

    /// <summary>The type of the reservation; null where there is none.</summary>
    public PersistentReservationType? Type { get; init; }

    /// <summary>
    /// The registrant that holds the reservation; null where there is none, and where all registrants hold it.
    /// </summary>
    public Registrant? Holder { get; init; }

    /// <summary>APTPL: it survives the loss of power.</summary>
    public bool PersistsThroughPowerLoss { get; init; }

    /// <summary>The registration of an I_T nexus, or null.</summary>
    public Registrant? Find(ItPorts nexus)
    {
        foreach (var registrant in Registrants)
            if (registrant.IsOf(nexus)) return registrant;
        return null;
    }

    /// <summary>Whether a registrant holds the reservation, alone or with all others.</summary>
    public bool IsHeldBy(Registrant? registrant) => registrant is not null && Type is { } type
        && (type.IsAllRegistrants() || ReferenceEquals(Holder, registrant));

    /// <summary>
    /// The accesses the reservation denies to an I_T nexus (SPC-6, Commands that are allowed in the presence of various
    /// reservations).
    /// </summary>
    public ReservationAccess DeniedTo(ItPorts nexus)
    {
        if (Type is not { } type) return ReservationAccess.Always;
        var registrant = Find(nexus);
        if (IsHeldBy(registrant)) return ReservationAccess.Always;
        if (registrant is not null && type.IsForRegistrants()) return ReservationAccess.Always;
        return type.IsExclusiveAccess()
            ? ReservationAccess.WhenReading | ReservationAccess.WhenWriting
            : ReservationAccess.WhenWriting;
    }

    /// <summary>Without some registrations; a reservation whose holder goes goes with it.</summary>
    public PersistentReservations Without(Func<Registrant, bool> gone)
    {
        var left = Registrants.RemoveAll(registrant => gone(registrant));
        var lost = Type is { } type && (type.IsAllRegistrants() ? left.IsEmpty : gone(Holder!));
        return this with
        {
            Registrants = left,
            Type = lost ? null : Type,
            Holder = lost ? null : Holder,
        };
    }

    /// <summary>With a registration, which takes the place of the one of the same I_T nexus.</summary>
    public PersistentReservations WithRegistration(Registrant registrant)
    {
        var nexus = new ItPorts(registrant.Initiator, registrant.TargetPort);
        var before = Find(nexus);
        return this with
        {
            Registrants = before is null ? Registrants.Add(registrant) : Registrants.Replace(before, registrant),
            Holder = before is not null && ReferenceEquals(Holder, before) ? registrant : Holder,
        };
    }

    /// <summary>With a reservation held by one of the registrants.</summary>
    public PersistentReservations WithReservation(PersistentReservationType type, Registrant holder) => this with
    {
        Type = type,
        Holder = type.IsAllRegistrants() ? null : holder,
    };

    /// <summary>Without the reservation.</summary>
    public PersistentReservations WithoutReservation() => this with { Type = null, Holder = null };

    /// <summary>With the generation counted up.</summary>
    public PersistentReservations NextGeneration() => this with { Generation = unchecked(Generation + 1) };
}
