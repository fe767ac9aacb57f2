using System.Collections.Immutable;
using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.DeviceServer.Reservations;

/// <summary>
/// The service actions of PERSISTENT RESERVE OUT (SPC-6) as decisions: from the reservations as they are, who asks and
/// what for, to a <see cref="ReservationChange"/>.
/// </summary>
internal static class ReserveOut
{
    /// <summary>REGISTER, and REGISTER AND IGNORE EXISTING KEY.</summary>
    /// <param name="now">The reservations.</param>
    /// <param name="asking">Who asks.</param>
    /// <param name="parameters">What for.</param>
    /// <param name="ignoreKey">Whatever key is registered now does not matter.</param>
    /// <param name="targetPorts">Every target port there is, for ALL_TG_PT.</param>
    public static ReservationChange Register(PersistentReservations now, ItPorts asking,
        ReserveOutParameters parameters, bool ignoreKey, IReadOnlyCollection<ushort> targetPorts)
    {
        var own = now.Find(asking);
        if (!ignoreKey && parameters.Key != (own?.Key ?? 0)) return ReservationChange.Conflict;
        // SPC-6, Registering: others can only be registered together with the first registration of the asking nexus.
        if (parameters.SpecifyInitiatorPorts && own is not null)
            return ReservationChange.Refused(CommandOutcome.InvalidFieldInCdb(1, bit: 4));
        if (parameters.ServiceActionKey == 0) return Unregister(now, asking, own, parameters.AllTargetPorts);

        var next = now;
        foreach (var initiator in parameters.Initiators.Insert(0, asking.Initiator).Distinct())
        {
            foreach (var port in parameters.AllTargetPorts ? targetPorts : [asking.TargetPort])
            {
                next = next.WithRegistration(
                    new(initiator, port, parameters.ServiceActionKey, parameters.AllTargetPorts));
            }
        }
        if (next.Registrants.Length > PersistentReservations.RegistrantsMax)
        {
            return ReservationChange.Refused(
                CommandOutcome.Check(Sense.Illegal(AdditionalSense.InsufficientRegistrationResources)));
        }
        return ReservationChange.To(next.NextGeneration() with
        {
            PersistsThroughPowerLoss = parameters.PersistThroughPowerLoss,
        });
    }

    private static ReservationChange Unregister(
        PersistentReservations now, ItPorts asking, Registrant? own, bool allTargetPorts)
    {
        if (own is null) return ReservationChange.To(now);
        var next = now.Without(registrant => ReferenceEquals(registrant, own)
            || allTargetPorts && registrant.Initiator.Equals(asking.Initiator)).NextGeneration();
        var change = ReservationChange.To(next);
        // SPC-6, Unregistering: the other registrants hear when a reservation they had part in is released by it.
        return now.Type is { } type && next.Type is null && type.IsForRegistrants() && !type.IsAllRegistrants()
            ? change.Telling(next.Registrants, asking, AdditionalSense.ReservationsReleased)
            : change;
    }

    /// <summary>RESERVE.</summary>
    public static ReservationChange Reserve(
        PersistentReservations now, ItPorts asking, ReserveOutParameters parameters, PersistentReservationType type)
    {
        if (now.Find(asking) is not { } own || own.Key != parameters.Key) return ReservationChange.Conflict;
        if (now.Type is null) return ReservationChange.To(now.WithReservation(type, own));
        return now.IsHeldBy(own) && now.Type == type ? ReservationChange.To(now) : ReservationChange.Conflict;
    }

    /// <summary>RELEASE.</summary>
    public static ReservationChange Release(
        PersistentReservations now, ItPorts asking, ReserveOutParameters parameters, int scope, int type)
    {
        if (now.Find(asking) is not { } own || own.Key != parameters.Key) return ReservationChange.Conflict;
        if (!now.IsHeldBy(own)) return ReservationChange.To(now);
        if (scope != 0 || type != (int)now.Type!)
        {
            return ReservationChange.Refused(
                CommandOutcome.Check(Sense.Illegal(AdditionalSense.InvalidReleaseOfPersistentReservation)));
        }
        var change = ReservationChange.To(now.WithoutReservation());
        return now.Type.Value.IsForRegistrants()
            ? change.Telling(now.Registrants, asking, AdditionalSense.ReservationsReleased)
            : change;
    }

    /// <summary>CLEAR.</summary>
    public static ReservationChange Clear(PersistentReservations now, ItPorts asking, ReserveOutParameters parameters)
    {
        if (now.Find(asking) is not { } own || own.Key != parameters.Key) return ReservationChange.Conflict;
        return ReservationChange.To(now.Without(static _ => true).NextGeneration())
            .Telling(now.Registrants, asking, AdditionalSense.ReservationsPreempted);
    }

    /// <summary>PREEMPT, and PREEMPT AND ABORT.</summary>
    public static ReservationChange Preempt(PersistentReservations now, ItPorts asking,
        ReserveOutParameters parameters, int scope, int type, bool abort)
    {
        if (now.Find(asking) is not { } own || own.Key != parameters.Key) return ReservationChange.Conflict;
        var key = parameters.ServiceActionKey;
        var allRegistrants = now.Type is { } held && held.IsAllRegistrants();
        if (key == 0 && !allRegistrants)
            return ReservationChange.Refused(CommandOutcome.InvalidFieldInParameterList(8));

        // Whose reservation it takes: that of the holder of the key, or with key zero that of all registrants.
        var takes = allRegistrants ? key == 0 : now.Holder is { } holder && holder.Key == key;
        if (takes && scope != 0) return ReservationChange.Refused(CommandOutcome.InvalidFieldInCdb(2, bit: 7));
        if (takes && !((PersistentReservationType)type).IsDefined())
            return ReservationChange.Refused(CommandOutcome.InvalidFieldInCdb(2, bit: 3));

        var preempted = now.Registrants.Where(registrant => !ReferenceEquals(registrant, own)
            && (key == 0 || registrant.Key == key)).ToImmutableArray();
        if (preempted.IsEmpty && key != 0 && own.Key != key) return ReservationChange.Conflict;

        var next = now.Without(preempted.Contains).NextGeneration();
        if (takes) next = next.WithoutReservation().WithReservation((PersistentReservationType)type, own);
        var change = ReservationChange.To(next).Telling(preempted, asking, AdditionalSense.RegistrationsPreempted);
        // SPC-6, Preempting: where the type changes, those who stay registered hear that the old one is gone.
        if (takes && now.Type != (PersistentReservationType)type)
            change = change.Telling(next.Registrants, asking, AdditionalSense.ReservationsReleased);
        return abort ? change with { Aborted = [.. preempted.Select(PortsOf)] } : change;
    }

    /// <summary>REGISTER AND MOVE.</summary>
    public static ReservationChange Move(PersistentReservations now, ItPorts asking, MoveParameters parameters)
    {
        if (now.Find(asking) is not { } own || own.Key != parameters.Key) return ReservationChange.Conflict;
        if (now.Type is not { } type || type.IsAllRegistrants() || !now.IsHeldBy(own))
            return ReservationChange.Conflict;
        if (parameters.ServiceActionKey == 0)
            return ReservationChange.Refused(CommandOutcome.InvalidFieldInParameterList(8));
        var to = new ItPorts(parameters.Initiator, parameters.TargetPort);
        if (to == asking) return ReservationChange.Refused(CommandOutcome.InvalidFieldInParameterList(24));

        var moved = new Registrant(parameters.Initiator, parameters.TargetPort, parameters.ServiceActionKey);
        var next = now.WithRegistration(moved).WithReservation(type, moved);
        if (parameters.Unregister) next = next.Without(registrant => ReferenceEquals(registrant, own));
        if (next.Registrants.Length > PersistentReservations.RegistrantsMax)
        {
            return ReservationChange.Refused(
                CommandOutcome.Check(Sense.Illegal(AdditionalSense.InsufficientRegistrationResources)));
        }
        return ReservationChange.To(next.NextGeneration() with
        {
            PersistsThroughPowerLoss = parameters.PersistThroughPowerLoss,
        });
    }

    /// <summary>REPLACE LOST RESERVATION: who asks is the only registrant, and holds the reservation.</summary>
    public static ReservationChange ReplaceLost(
        PersistentReservations now, ItPorts asking, ReserveOutParameters parameters, PersistentReservationType type)
    {
        if (parameters.Key != 0) return ReservationChange.Refused(CommandOutcome.InvalidFieldInParameterList(0));
        if (parameters.ServiceActionKey == 0)
            return ReservationChange.Refused(CommandOutcome.InvalidFieldInParameterList(8));
        var own = new Registrant(asking.Initiator, asking.TargetPort, parameters.ServiceActionKey);
        return ReservationChange.To(now.Without(static _ => true).WithRegistration(own).WithReservation(type, own)
            .NextGeneration() with
        { PersistsThroughPowerLoss = parameters.PersistThroughPowerLoss });
    }

    private static ItPorts PortsOf(Registrant registrant) => new(registrant.Initiator, registrant.TargetPort);
}
