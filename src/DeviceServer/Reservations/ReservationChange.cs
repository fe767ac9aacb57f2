using System.Collections.Immutable;
using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.DeviceServer.Reservations;

/// <summary>What a PERSISTENT RESERVE OUT command does: the next value, or why not, and what others hear of
/// it.</summary>
public sealed record ReservationChange
{
    /// <summary>Why nothing changes; GOOD where the change is to be done.</summary>
    public CommandOutcome Refusal { get; init; }

    /// <summary>The reservations as they will be.</summary>
    public PersistentReservations Next { get; init; } = PersistentReservations.None;

    /// <summary>Unit attentions for I_T nexuses, in the order established.</summary>
    public ImmutableArray<(ItPorts Nexus, AdditionalSense Code)> Attentions { get; init; } = [];

    /// <summary>The I_T nexuses whose tasks are aborted (PREEMPT AND ABORT).</summary>
    public ImmutableArray<ItPorts> Aborted { get; init; } = [];

    /// <summary>Nothing changes.</summary>
    public static ReservationChange Refused(in CommandOutcome outcome) => new() { Refusal = outcome };

    /// <summary>RESERVATION CONFLICT.</summary>
    public static ReservationChange Conflict { get; } = Refused(CommandOutcome.ReservationConflict);

    /// <summary>A change nobody else hears of.</summary>
    public static ReservationChange To(PersistentReservations next) => new() { Next = next };

    /// <summary>The same change, heard of by each registrant given, but for the one who asked.</summary>
    public ReservationChange Telling(
        IEnumerable<Registrant> registrants, ItPorts asking, AdditionalSense code) => this with
        {
            Attentions = Attentions.AddRange(registrants.Where(registrant => !registrant.IsOf(asking))
            .Select(registrant => (new ItPorts(registrant.Initiator, registrant.TargetPort), code))),
        };
}
