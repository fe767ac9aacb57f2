using Lunette.Adapter.ErrorLog;
using Lunette.Adapter.Transactions;
using Lunette.Scsi;

namespace Lunette.Adapter.Disks;

/// <summary>What scdisk makes of an error: whether the command is sent again, whom it is blamed on, what the caller is
/// told when it is not, what is logged then, whether a reservation of the I_T nexus is gone, whether the paths have
/// other access states now, and whether the medium may be another one.</summary>
internal readonly record struct DiskVerdict(Errno Error, bool Retries, ErrorLabel? Label = null, bool Waits = false,
    bool BlamesPath = false, bool LosesReservation = false, bool ChangesAccess = false,
    bool ChangesMedium = false)
{
    public static DiskVerdict Of(DiskRequest request) => request.Bufstruct.Error switch
    {
        // Its adapter is dead: another path may not be.
        _ when request.IsAdapterDead && request.StatusValidity != StatusValidity.Scsi =>
            new(Errno.ENODEV, Retries: true, BlamesPath: true),
        // Flushed with another's error, or by somebody's halt: it is to be started again.
        Errno.ENXIO => new(Errno.EIO, Retries: true),
        Errno.ENOMEM => new(Errno.ENOMEM, Retries: true, Waits: true),
        not Errno.EIO => new(request.Bufstruct.Error, Retries: false),
        _ when request.StatusValidity == StatusValidity.Scsi => OfStatus(request),
        _ => OfAdapter(request.AdapterStatus),
    };

    private static DiskVerdict OfAdapter(AdapterStatus status) => status switch
    {
        AdapterStatus.ErrorNoRetry => new(Errno.EIO, Retries: false, ErrorLabel.DISK_ERR3),
        AdapterStatus.NoDeviceResponse => new(Errno.ENODEV, Retries: true, ErrorLabel.DISK_ERR3, BlamesPath: true),
        AdapterStatus.CommandTimeout => new(Errno.ETIMEDOUT, Retries: true, ErrorLabel.DISK_ERR3, BlamesPath: true),
        AdapterStatus.TransportReset => new(Errno.EIO, Retries: true, ErrorLabel.DISK_ERR3),
        _ => new(Errno.EIO, Retries: true, ErrorLabel.DISK_ERR3, Waits: true, BlamesPath: true),
    };

    private static DiskVerdict OfStatus(DiskRequest request) => request.ScsiStatus switch
    {
        ScsiStatus.Busy or ScsiStatus.TaskSetFull => new(Errno.EBUSY, Retries: true, ErrorLabel.DISK_ERR5, Waits: true),
        ScsiStatus.TaskAborted => new(Errno.EIO, Retries: true),
        ScsiStatus.ReservationConflict => new(Errno.EBUSY, Retries: false),
        ScsiStatus.CheckCondition when Sense.TryParse(request.SenseBytes, out var sense) => OfSense(sense),
        _ => new(Errno.EIO, Retries: false, ErrorLabel.DISK_ERR5),
    };

    private static DiskVerdict OfSense(in Sense sense) => sense.Key switch
    {
        // Incompatible medium installed (30h), medium format corrupted (31h), in whatever words.
        not SenseKey.UnitAttention when (ushort)sense.Code >> 8 is 0x30 or 0x31 =>
            new(Errno.EFORMAT, Retries: false, ErrorLabel.DISK_ERR1),
        SenseKey.NoSense or SenseKey.RecoveredError or SenseKey.Completed =>
            new(Errno.None, Retries: false, ErrorLabel.DISK_ERR4),
        // Power on, resets, the loss of the nexus (29h): each ends what RESERVE had.
        SenseKey.UnitAttention when (ushort)sense.Code >> 8 == 0x29 =>
            new(Errno.EIO, Retries: true, ErrorLabel.DISK_ERR5, LosesReservation: true),
        SenseKey.UnitAttention when sense.Code == AdditionalSense.AsymmetricAccessStateChanged =>
            new(Errno.EIO, Retries: true, ErrorLabel.DISK_ERR5, ChangesAccess: true),
        SenseKey.UnitAttention when sense.Code == AdditionalSense.NotReadyToReadyChangeMediumMayHaveChanged =>
            new(Errno.EIO, Retries: true, ErrorLabel.DISK_ERR5, ChangesMedium: true),
        SenseKey.UnitAttention or SenseKey.AbortedCommand => new(Errno.EIO, Retries: true, ErrorLabel.DISK_ERR5),
        SenseKey.NotReady => OfNotReady(sense.Code),
        SenseKey.MediumError => new(Errno.EMEDIA, Retries: true, ErrorLabel.DISK_ERR1),
        SenseKey.HardwareError => new(Errno.EIO, Retries: true, ErrorLabel.DISK_ERR2),
        SenseKey.IllegalRequest when sense.Code == AdditionalSense.LogicalBlockAddressOutOfRange =>
            new(Errno.ENXIO, Retries: false),
        SenseKey.IllegalRequest => new(Errno.EINVAL, Retries: false),
        SenseKey.DataProtect => new(Errno.EWRPROTECT, Retries: false),
        _ => new(Errno.EIO, Retries: false, ErrorLabel.DISK_ERR5),
    };

    private static DiskVerdict OfNotReady(AdditionalSense code) => code switch
    {
        AdditionalSense.MediumNotPresent => new(Errno.ENOTREADY, Retries: false),
        AdditionalSense.LogicalUnitNotAccessibleTargetPortInStandbyState
            or AdditionalSense.LogicalUnitNotAccessibleTargetPortInUnavailableState =>
            new(Errno.EIO, Retries: true, ErrorLabel.DISK_ERR5, BlamesPath: true),
        _ => new(Errno.EIO, Retries: true, ErrorLabel.DISK_ERR5, Waits: true),
    };
}
