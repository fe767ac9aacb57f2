using System.Numerics;
using Lunette.Runtime;
using Lunette.Scsi;

namespace Lunette.DeviceServer.UnitAttentions;

/// <summary>
/// The unit attention conditions pending for one I_T_L nexus, ordered by the standard's precedence (SAM-6, Unit
/// attention conditions): one bit each, so it is bounded, and a condition that is established twice is pending once.
/// </summary>
public struct UnitAttentionSet
{
    // Highest precedence first. Up to the I_T nexus loss the order is the standard's; below it all are equal there, and
    // the order is ours: what tells the initiator most goes first.
    private static readonly AdditionalSense[] s_precedence =
    [
        AdditionalSense.PowerOnOccurred,
        AdditionalSense.PowerOnResetOrBusDeviceResetOccurred,
        AdditionalSense.ScsiBusResetOccurred,
        AdditionalSense.BusDeviceResetFunctionOccurred,
        AdditionalSense.ItNexusLossOccurred,
        AdditionalSense.CommandsClearedByDeviceServer,
        AdditionalSense.NotReadyToReadyChangeMediumMayHaveChanged,
        AdditionalSense.CapacityDataHasChanged,
        AdditionalSense.RegistrationsPreempted,
        AdditionalSense.ReservationsPreempted,
        AdditionalSense.ReservationsReleased,
        AdditionalSense.CommandsClearedByAnotherInitiator,
        AdditionalSense.AsymmetricAccessStateChanged,
        AdditionalSense.ImplicitAsymmetricAccessStateTransitionFailed,
        AdditionalSense.ModeParametersChanged,
        AdditionalSense.LogParametersChanged,
        AdditionalSense.ParametersChanged,
        AdditionalSense.PriorityChanged,
        AdditionalSense.TimestampChanged,
        AdditionalSense.InquiryDataHasChanged,
        AdditionalSense.ThinProvisioningSoftThresholdReached,
        PreviousBusyStatus,
        PreviousTaskSetFullStatus,
        PreviousReservationConflictStatus,
        AdditionalSense.ReportedLunsDataHasChanged,
    ];

    // Of those, the first ones tell of a reset or of the loss of the nexus.
    private const int ResetCodes = 5;

    private const AdditionalSense PreviousBusyStatus = (AdditionalSense)0x2C07;
    private const AdditionalSense PreviousTaskSetFullStatus = (AdditionalSense)0x2C08;
    private const AdditionalSense PreviousReservationConflictStatus = (AdditionalSense)0x2C09;

    private ulong _pending;

    /// <summary>Every condition there is, highest precedence first.</summary>
    public static IReadOnlyList<AdditionalSense> Precedence => s_precedence;

    /// <summary>Whether nothing is pending.</summary>
    public readonly bool IsEmpty => _pending == 0;

    /// <summary>Whether the condition reported first tells of a reset, or that the nexus was lost: nothing goes before
    /// it (SAM-6, Status precedence).</summary>
    public readonly bool TellsOfReset => (_pending & ((1UL << ResetCodes) - 1)) != 0;

    /// <summary>Establishes a condition. Power on makes everything before it meaningless and clears it.</summary>
    public void Establish(AdditionalSense code)
    {
        if (IndexOf(code) == 0) _pending = 0;
        _pending |= 1UL << IndexOf(code);
    }

    /// <summary>Clears a condition; nothing where it is not pending.</summary>
    public void Clear(AdditionalSense code) => _pending &= ~(1UL << IndexOf(code));

    /// <summary>Whether a condition is pending.</summary>
    public readonly bool Contains(AdditionalSense code) => (_pending & 1UL << IndexOf(code)) != 0;

    /// <summary>The condition to be reported first; false where none is pending.</summary>
    public readonly bool TryPeek(out AdditionalSense code)
    {
        code = _pending == 0 ? default : s_precedence[BitOperations.TrailingZeroCount(_pending)];
        return _pending != 0;
    }

    private static int IndexOf(AdditionalSense code)
    {
        var index = Array.IndexOf(s_precedence, code);
        Invariant.That(index >= 0, "a unit attention condition has its place in the order of precedence");
        return index;
    }
}
